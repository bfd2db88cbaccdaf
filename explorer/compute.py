"""How many heavy passes may run at once, on how many threads, and what happens when the memory of a device ends."""

from __future__ import annotations

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from functools import cache
from pathlib import Path
from threading import Event, Lock, current_thread, local
from traceback import clear_frames
from types import TracebackType
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits  # comes with scikit-learn

from explorer.cache import forget_all
from explorer.owner import in_name_of, whose

_FULL = ("out of memory", "can't allocate memory", "not enough memory")  # CUDA's and Apple's; the CPU's


class MemoryFullError(ValueError):
    """A pass that needed more memory than there is: one sentence says what was done and what to do."""


def cores() -> int:
    """The cores this process may use (a container may see more than it is given)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


in_background: ContextVar[bool] = ContextVar("in_background", default=False)
"""Set where a job's steps are computed, for which nobody waits with a finger on a control."""


class TurnQueue:
    """So many may compute at once; of those who wait, the light ones come first, and each kind as it came."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._lock = Lock()
        self._light: deque[Event] = deque()
        self._heavy: deque[Event] = deque()

    def take(self) -> None:
        """Wait for a turn; in the background behind all who don't compute there."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = Event()
            (self._heavy if in_background.get() else self._light).append(mine)
        mine.wait()

    def give(self) -> None:
        """Hand the turn to the next who waits."""
        with self._lock:
            if waiting := self._light or self._heavy:
                waiting.popleft().set()
            else:
                self._free += 1


_turns = TurnQueue(cores())
_held = local()  # `turn`: whether this thread has one
_gpu_full = Event()  # once the GPU was full, networks are loaded on the CPU


@cache
def most_threads() -> int:
    """As many as torch has been allowed by the time of the first pass."""
    import torch

    return min(torch.get_num_threads(), 8)


def threads(pictures: int = 1) -> int:
    """How many threads a pass over so many pictures is given on the CPU.

    A pass over one picture, or two, has hundreds of short operations. Where there are two threads, waking the second
    for each of them costs more than it brings (EfficientNet-Lite0: 44 instead of 27 ms forward, 99 instead of 70 with
    the gradient; two pictures with the gradient take as long, and a third more of CPU), and it is free for another
    visitor's pass.
    """
    most = most_threads()
    return 1 if pictures <= 2 and most == 2 else most


T = TypeVar("T")
_IN_PARALLEL = "in_parallel"  # what the names of its threads begin with


def in_parallel(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Do all, as many at the same time as there are cores, and return what they return, in their order.

    By the same few threads for everyone: each thread that torch has run in keeps memory of its own. Not from within
    another such task.
    """
    assert not current_thread().name.startswith(_IN_PARALLEL), "tasks that wait for each other's threads wait for ever"
    running = [_threads().submit(copy_context().run, in_name_of, whose(), task) for task in tasks]
    return [one.result() for one in running]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix=_IN_PARALLEL)


def passes_at_once() -> int:
    """In how many parts a batch is done soonest: passes over one picture each that keep all cores busy."""
    return most_threads() // threads()


class compute_slot:  # noqa: N801 - used as a verb: with compute_slot()
    """Wait for a turn at a heavy pass over so many pictures. Hold it for one pass or step only, never inside another.

    Raises MemoryFullError when the pass runs out of memory; what nobody needs is freed.
    """

    def __init__(self, pictures: int = 1) -> None:
        self._pictures = pictures

    def __enter__(self) -> None:
        assert not getattr(_held, "turn", False), (
            "this thread has its turn already: two that wait so would wait for ever"
        )
        if "torch" in sys.modules:
            import torch  # waits until another thread has imported it

            if (count := threads(self._pictures)) != torch.get_num_threads():
                torch.set_num_threads(count)  # for this thread of Python's
        _turns.take()
        _held.turn = True

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        _held.turn = False
        _turns.give()
        if not isinstance(error, (MemoryError, RuntimeError)) or not is_memory_full(error):
            return
        on_gpu = "out of memory" in str(error).lower()
        clear_frames(trace)  # they hold the tensors of the pass
        free_memory(on_gpu=on_gpu)
        raise MemoryFullError(
            "The GPU's memory was full and has been freed: from now on the CPU computes; ask again."
            if on_gpu
            else "This needs more memory than the computer has free: choose a smaller network, or less at a time."
        ) from None


class _OneBlasThread:
    """NumPy's matrices by one thread while anybody is within: `with one_blas_thread:`.

    Threads that wait for each other over matrices of some 60 rows take three to a hundred times as long, the more the
    busier the machine. The number is the whole process's, so the last to leave sets it back.
    """

    def __init__(self) -> None:
        self._lock, self._within = Lock(), 0
        self._limits: Any = None

    def __enter__(self) -> None:
        with self._lock:
            self._within += 1
            if self._within == 1:
                self._limits = threadpool_limits(1, "blas")

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                self._limits.restore_original_limits()


one_blas_thread = _OneBlasThread()


def is_memory_full(error: BaseException) -> bool:
    """Whether this is torch's or Python's way of saying that memory has run out."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _FULL)


def free_memory(*, on_gpu: bool) -> None:
    """Give back what is no longer needed, results kept for later too; a GPU that was full is not chosen any more."""
    if on_gpu:
        _gpu_full.set()
    forget_all()
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def gpu_was_full() -> bool:
    """Whether a pass has run out of the GPU's memory since the program began."""
    return _gpu_full.is_set()


def memory_in_use(device: str) -> int:
    """The bytes that tensors take on a GPU, or all of this process on the CPU; 0 where nobody says."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.memory_allocated(device)
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
