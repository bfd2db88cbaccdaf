"""One visitor's visit: who it is for the scheduler, and what goes with it when it ends.

It lives in the session's state and not in a cache of the session: those Streamlit empties when the connection breaks,
and whoever comes back within two minutes goes on with all that was theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st

from explorer.cache import drop_all_of
from explorer.owner import Owner, in_name_of, told_by
from explorer.scheduler import downloads, scheduler
from pages.parts.shell.streamlit_run import session_id

T = TypeVar("T")
_VISIT = "visit"  # in the session


@dataclass(eq=False)
class Visit:
    """A name that nobody can guess, and whether the visitor works with anything of their own."""

    visitor: str
    own: bool = False
    _owner: Owner = field(default_factory=Owner)

    @property
    def owner(self) -> Owner | None:
        """For whom is computed what is computed in this visit."""
        return self._owner if self.own else None

    def end(self) -> None:
        """Nobody waits for its work any more, and nothing that was or will be computed in it is kept."""
        scheduler.leave_all(self.visitor)
        downloads.leave_all(self.visitor)
        drop_all_of(self._owner)


_held: ContextVar[tuple[str, Visit] | None] = ContextVar("visit", default=None)  # with its session's name


def visitor() -> str:
    """Who is visiting, as long as the page is open (and two minutes more, in case the connection broke)."""
    return _visit().visitor


def note_own_things() -> None:
    """Say that the visitor brings things of their own: what is computed for them from now on isn't kept longer than
    the visit."""
    _visit().own = True


def hold_visit() -> None:
    """Hold on to the visit until this run ends, before it takes up anything of the visitor's.

    Else what a run still computes after its session has ended would be computed in a visit of its own, that nobody
    ever ends. A session that has ended before goes no further than this: whoever asks for its state is stopped.
    """
    _visit()
    st.session_state.get(_VISIT)


def visit_of(state: Any) -> Visit | None:
    """The visit in a session's state, as Streamlit keeps it, if there has been one."""
    with suppress(KeyError):
        return state[_VISIT]
    return None


def in_this_visit(make: Callable[[], T]) -> Callable[[], T]:
    """`make`, computed for this visitor wherever it is called: a saved file is made outside of any run."""
    return partial(_made_in, _visit(), make)


def _made_in(visit: Visit, make: Callable[[], T]) -> T:
    return in_name_of(visit.owner, make)


def _owner() -> Owner | None:
    """The visitor whose page is drawn in this thread, if they work with things of their own."""
    return _visit().owner if session_id() else None


def _visit() -> Visit:
    """The visit whose page is drawn in this thread, the same one until the run ends."""
    session = session_id()
    held = _held.get()
    if held is None or held[0] != session:
        if _VISIT not in st.session_state:
            st.session_state[_VISIT] = Visit(uuid4().hex)
        held = (session, st.session_state[_VISIT])
        _held.set(held)
    return held[1]


told_by(_owner)
