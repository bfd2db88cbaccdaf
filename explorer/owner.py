"""For whom something is computed: what is made of a visitor's own things is theirs, and goes when they go."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class Owner:
    """Someone with things of their own; once they are `gone`, nothing that is computed for them is kept."""

    gone: bool = False


_mine: ContextVar[Owner | None] = ContextVar("whose", default=None)
_asked: list[Callable[[], Owner | None]] = []


def whose() -> Owner | None:
    """The one for whom this is computed, if they work with things of their own."""
    return _mine.get() or next((said for ask in _asked if (said := ask())), None)


def computed_for(owner: Owner | None) -> None:
    """Say, in this context of threads' variables, for whom all is computed: a job has no other way to know."""
    _mine.set(owner)


def in_name_of(owner: Owner | None, compute: Callable[[], T]) -> T:
    """What `compute` returns, computed for that owner whichever thread this is."""
    context = copy_context()
    context.run(computed_for, owner)
    return context.run(compute)


def told_by(ask: Callable[[], Owner | None]) -> None:
    """Let an app say, by `ask`, whose turn it is in the thread that asks."""
    _asked[:] = [ask]
