"""One visitor's visit: who it is for the scheduler, and what goes with it when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st

from explorer.cache import memo
from explorer.pictures.images import Image
from explorer.scheduler import downloads, scheduler


@dataclass(frozen=True, eq=False)
class Visit:
    """A name that nobody can guess, and the keys of the pictures that the visitor brought."""

    visitor: str
    pictures: set[str] = field(default_factory=set)


def visitor() -> str:
    """Who is visiting, as long as the page is open (and two minutes more, in case the connection broke)."""
    return _visit().visitor


def brought(image: Image) -> None:
    """Remember that a picture is the visitor's own: what was made from it is not kept longer than the visit."""
    _visit().pictures.add(image.content_key)


def _ended(visit: Visit) -> None:
    scheduler.leave_all(visit.visitor)
    downloads.leave_all(visit.visitor)
    memo.drop_made_from(visit.pictures)


@st.cache_resource(scope="session", on_release=_ended, show_spinner=False)
def _visit() -> Visit:
    return Visit(uuid4().hex)
