"""For whom something is computed: what is made of a visitor's own things is theirs, and goes when they go."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

_mine: ContextVar[str] = ContextVar("whose", default="")
_asked: list[Callable[[], str]] = []


def whose() -> str:
    """The visitor for whom this is computed, if they work with things of their own; else ""."""
    return _mine.get() or next((said for ask in _asked if (said := ask())), "")


def computed_for(visitor: str) -> None:
    """Say, in this context of threads' variables, for whom all is computed: a job has no other way to know."""
    _mine.set(visitor)


def told_by(ask: Callable[[], str]) -> None:
    """Let an app say, by `ask`, whose turn it is in the thread that asks."""
    _asked[:] = [ask]
