"""The one memo: results by exact key, bounded in bytes, shared by all visitors, each key computed once at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

from cachetools import LRUCache

P = ParamSpec("P")
T = TypeVar("T")

MOST_BYTES = 1 << 30
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


class Memo:
    """Keeps results up to `max_bytes`; the least recently used go first. Safe for any number of threads."""

    def __init__(self, max_bytes: int) -> None:
        self._kept: LRUCache[Hashable, Any] = LRUCache(max_bytes, getsizeof=size_of)
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
        with self._lock:
            if key in self._kept:
                return cast(T, self._kept[key])
            running = self._running.get(key)
            if running is None:
                mine: Future[T] = Future()
                self._running[key] = mine
        if running is not None:
            return cast(T, running.result())
        return self._compute(key, compute, mine)

    def peek(self, key: Hashable) -> Any | None:
        """The result for `key` if it is kept; computes nothing and waits for nobody."""
        with self._lock:
            return self._kept.get(key)

    def drop(self, key: Hashable) -> None:
        """Keep the result for `key` no longer, if it is kept: the next one who asks computes it anew."""
        with self._lock:
            self._kept.pop(key, None)

    def forget(self) -> None:
        """Keep nothing any more; what is in use elsewhere lives on."""
        with self._lock:
            self._kept.clear()

    def _compute(self, key: Hashable, compute: Callable[[], T], mine: Future[T]) -> T:
        try:
            value = compute()
        except BaseException as error:  # also a visitor's stop: whoever waits must not wait for ever
            with self._lock:
                del self._running[key]
            mine.set_exception(error if isinstance(error, Exception) else _AbandonedError())
            raise
        with self._lock:
            if size_of(value) <= self._kept.maxsize:
                self._kept[key] = value
            del self._running[key]
        mine.set_result(value)
        return value


class _AbandonedError(RuntimeError):
    """Whoever computed this was stopped."""


def fitting_bytes() -> int:
    """A fifth of the memory that this machine or container has, 128 MB to 1 GB: torch needs much of the rest."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    limit = _CONTAINER.read_text().strip() if _CONTAINER.is_file() else ""
    memory = min(memory, int(limit)) if limit.isdecimal() else memory
    return min(max(memory // 5, LEAST_BYTES), MOST_BYTES)


memo = Memo(fitting_bytes())


def memoised(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the function's results in the one memo; its arguments are the key and so must be hashable by content.

    Results are shared: return frozen records and read-only arrays only.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        while True:
            try:
                return memo((name, args, tuple(sorted(kwargs.items()))), lambda: function(*args, **kwargs))
            except _AbandonedError:  # the visitor who was computing it left; this one still wants it
                continue

    return remembered
