"""The one memo: results by exact key, bounded in bytes, shared by all visitors, each key computed once at a time.

And a second one of its kind, for networks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

from cachetools import LRUCache

from explorer.owner import Owner, whose

P = ParamSpec("P")
T = TypeVar("T")

RESULTS_BYTES = 128 << 20  #: what results may take: of a class of thirty, the last few minutes'
MOST_BYTES = 1 << 30  #: what networks may take
LEAST_BYTES = 128 << 20
_CONTAINER = Path("/sys/fs/cgroup/memory.max")  # "max", or the bytes that this container may use


def size_of(value: Any) -> int:
    """About how many bytes a result holds: arrays and tensors by their data, records and sequences by their parts."""
    if hasattr(value, "memory_bytes"):
        return int(value.memory_bytes)
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    if is_dataclass(value) and not isinstance(value, type):
        return sum(size_of(getattr(value, f.name)) for f in fields(value))
    if isinstance(value, dict):
        return sum(size_of(k) + size_of(v) for k, v in value.items())
    if isinstance(value, (tuple, list, set, frozenset)):
        return sys.getsizeof(value) + sum(map(size_of, value))
    return sys.getsizeof(value)


def content_key(key: Any) -> Hashable:
    """The same key by content alone: a picture's digest, a network's key and so on, never the objects themselves.

    What is in a key stays in memory as long as its result, and nobody weighs it: the pictures of a hundred visitors
    once weighed 868 MB so. Whoever is known by content says how by a `content_key`.
    """
    if hasattr(key, "content_key"):
        return cast(Hashable, key.content_key)
    if isinstance(key, tuple):
        return tuple(map(content_key, key))
    if is_dataclass(key) and not isinstance(key, type) and type(key).__eq__ is not object.__eq__:
        return (type(key), *(content_key(getattr(key, f.name)) for f in fields(key) if f.compare))
    return cast(Hashable, key)


class Memo:
    """Keeps results up to `max_bytes`; the least recently used go first. Safe for any number of threads.

    Keys are taken by their content (`content_key`) and weighed with the results.
    """

    def __init__(self, max_bytes: int) -> None:
        self._kept: LRUCache[Hashable, _Kept] = LRUCache(max_bytes, getsizeof=lambda kept: kept.bytes)
        self._running: dict[Hashable, Future[Any]] = {}
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """What the kept results weigh."""
        return int(self._kept.currsize)

    def __call__(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The result for `key`: kept, awaited from whoever is computing it, or computed here.

        A failure goes to all who wait for it and is forgotten, so that the next one tries again. A result larger than
        the memo is returned and not kept.
        """
        key, owner = content_key(key), whose()
        with self._lock:
            if key in self._kept:
                return cast(T, self._kept[key].value)
            running = self._running.get(key)
            if running is None:
                mine: Future[T] = Future()
                self._running[key] = mine
        if running is not None:
            return cast(T, running.result())
        return self._compute(key, compute, mine, owner)

    def peek(self, key: Hashable) -> Any | None:
        """The result for `key` if it is kept; computes nothing and waits for nobody."""
        with self._lock:
            kept = self._kept.get(content_key(key))
            return None if kept is None else kept.value

    def drop(self, key: Hashable) -> None:
        """Keep the result for `key` no longer, if it is kept: the next one who asks computes it anew."""
        with self._lock:
            self._kept.pop(content_key(key), None)

    def drop_all_of(self, owner: Owner) -> None:
        """Keep nothing any more of what was computed for this owner, nor what still will be: they are gone."""
        owner.gone = True
        with self._lock:
            for key in [key for key, kept in self._kept.items() if kept.whose is owner]:
                del self._kept[key]

    def forget(self) -> None:
        """Keep nothing any more; what is in use elsewhere lives on."""
        with self._lock:
            self._kept.clear()

    def _compute(self, key: Hashable, compute: Callable[[], T], mine: Future[T], owner: Owner | None) -> T:
        try:
            value = compute()
        except BaseException as error:  # also a visitor's stop: whoever waits must not wait for ever
            with self._lock:
                del self._running[key]
            mine.set_exception(error if isinstance(error, Exception) else _AbandonedError())
            raise
        with self._lock:
            kept = _Kept(value, size_of(key) + size_of(value), owner)
            if kept.bytes <= self._kept.maxsize and not (owner and owner.gone):
                self._kept[key] = kept
            del self._running[key]
        mine.set_result(value)
        return value


@dataclass(frozen=True, eq=False)
class _Kept:
    value: Any
    bytes: int
    whose: Owner | None  # for whom it was computed, if they work with things of their own


class _AbandonedError(RuntimeError):
    """Whoever computed this was stopped."""


def fitting_bytes() -> int:
    """What networks may take: a fifth of what this machine or container has, 128 MB to 1 GB; torch needs much more."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    limit = _CONTAINER.read_text().strip() if _CONTAINER.is_file() else ""
    memory = min(memory, int(limit)) if limit.isdecimal() else memory
    return min(max(memory // 5, LEAST_BYTES), MOST_BYTES)


memo = Memo(RESULTS_BYTES)
networks = Memo(fitting_bytes())  #: one network weighs as much as the results of a class: neither shall push out others
_MEMOS = (memo, networks)


def forget_all() -> None:
    """Keep nothing any more, results and networks."""
    for one in _MEMOS:
        one.forget()


def drop_all_of(owner: Owner) -> None:
    """Keep nothing any more of what was computed for this owner, nor what still will be."""
    for one in _MEMOS:
        one.drop_all_of(owner)


def memoised(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the function's results in the one memo; its arguments are the key and so must be hashable by content.

    Results are shared: return frozen records and read-only arrays only.
    """
    return _remembered(function, memo)


def kept_network(function: Callable[P, T]) -> Callable[P, T]:
    """As `memoised`, for what returns a network or what weighs as much."""
    return _remembered(function, networks)


def _remembered(function: Callable[P, T], kept: Memo) -> Callable[P, T]:
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        while True:
            try:
                return kept((name, args, tuple(sorted(kwargs.items()))), lambda: function(*args, **kwargs))
            except _AbandonedError:  # the visitor who was computing it left; this one still wants it
                continue

    return remembered
