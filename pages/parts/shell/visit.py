"""One visitor's visit: who it is for the scheduler, and what goes with it when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.cache import drop_all_of
from explorer.scheduler import downloads, scheduler
from explorer.whose import told_by


@dataclass(eq=False)
class Visit:
    """A name that nobody can guess, and whether the visitor works with anything of their own."""

    visitor: str
    own: bool = False


def visitor() -> str:
    """Who is visiting, as long as the page is open (and two minutes more, in case the connection broke)."""
    return _visit().visitor


def own_things() -> None:
    """Say that the visitor brings things of their own: what is computed for them from now on isn't kept longer than
    the visit."""
    _visit().own = True


def _owner() -> str:
    """The visitor whose page is drawn in this thread, if they work with things of their own."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    visit = _visit()
    return visit.visitor if visit.own else ""


def _ended(visit: Visit) -> None:
    scheduler.leave_all(visit.visitor)
    downloads.leave_all(visit.visitor)
    drop_all_of(visit.visitor)


@st.cache_resource(scope="session", on_release=_ended, show_spinner=False)
def _visit() -> Visit:
    return Visit(uuid4().hex)


told_by(_owner)
