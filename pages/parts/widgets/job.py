"""Long work beside the page: a generator runs in a thread of its own, the page looks at it now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar

import streamlit as st

from explorer.cache import memo, size_of

T = TypeVar("T")
K = TypeVar("K")
_LOOK_EVERY = 0.25  # seconds
_PATIENCE = 0.15  # seconds: a first step that takes less is drawn at once, not at the next look


class Job(Generic[T, K]):
    """Runs through the steps of a generator; `latest` is the newest, `kept` what `keep` made of each."""

    def __init__(self, key: Hashable, steps: Iterator[T], keep: Callable[[T], K]) -> None:
        self.key = key
        self.latest: T | None = None
        self.kept: list[K] = []
        self.error: Exception | None = None
        self.begun = threading.Event()
        self.finished = threading.Event()
        self._cancelled = threading.Event()
        # as a daemon, as it would be by inheritance, torch is cut off in the middle and aborts when the server ends
        self._thread = threading.Thread(target=self._run, args=(steps, keep), daemon=False)
        self._thread.start()

    def stop(self) -> None:
        """End after the step now in progress; what has been reached stays."""
        self._cancelled.set()

    @property
    def memory_bytes(self) -> int:
        """What a job weighs in the memo."""
        return size_of(self.latest) + size_of(self.kept)

    @property
    def stopped(self) -> bool:
        return self._cancelled.is_set()

    def _run(self, steps: Iterator[T], keep: Callable[[T], K]) -> None:
        try:
            for step in steps:
                self.kept.append(keep(step))
                self.latest = step
                self.begun.set()
                if self._cancelled.is_set() or not threading.main_thread().is_alive():  # the server is ending
                    break
        except Exception as error:  # the page shows it: a thread has nobody else to tell
            self.error = error
        finally:
            self.finished.set()
            self.begun.set()


def run(slot: str, key: Hashable, start: Callable[[], Iterator[T]], keep: Callable[[T], K]) -> Job[T, K]:
    """The job for `key` in this visitor's slot; one for another key is stopped and replaced.

    A job that ran to its end is kept in the one memo, so the next visitor who asks the same sees it at once.
    """
    job: Job[T, K] | None = st.session_state.get(slot)
    if job is not None and job.key == key:
        return job
    if job is not None:
        job.stop()
    job = memo.peek(key) or Job(key, start(), keep)
    st.session_state[slot] = job
    return job


def watch(slot: str, draw: Callable[[Any], None], beneath: Callable[[Any], None] = lambda _: None) -> None:
    """Draw the slot's job, again and again while it runs, with a button that stops it, and what stands beneath that."""
    job: Job[Any, Any] = st.session_state[slot]
    job.begun.wait(_PATIENCE)

    @st.fragment(run_every=None if job.finished.is_set() else _LOOK_EVERY)
    def view() -> None:
        running = not job.finished.is_set()
        draw(job)
        if running:
            st.button("Stop", on_click=job.stop, icon=":material/stop_circle:", key=f"stop_{slot}")
        beneath(job)
        if not running and view_was_running:
            _keep(job)
            st.rerun()  # once more as a whole, which ends the timer

    view_was_running = not job.finished.is_set()
    view()


def again(slot: str) -> None:
    """Forget the slot's job, also one that ran to its end, so that the next run starts anew."""
    job: Job[Any, Any] | None = st.session_state.pop(slot, None)
    if job is not None:
        job.stop()
        memo.drop(job.key)


def _keep(job: Job[Any, Any]) -> None:
    if not job.stopped and job.error is None:
        memo(job.key, lambda: job)
