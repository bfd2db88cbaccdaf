"""Long work beside the page: a generator runs in a thread of its own, the page looks at it now and then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar

import streamlit as st

from explorer.cache import memo, size_of
from pages.parts.shell.live import ticking
from pages.parts.shell.words import plain

T = TypeVar("T")
K = TypeVar("K")
Progress = Callable[["Job[Any, Any]"], tuple[float, str]]  #: the share that is done, and in words
_LOOK_EVERY = 0.25  # seconds
_PATIENCE = 0.15  # seconds: a first step that takes less is drawn at once, not at the next look


class Job(Generic[T, K]):
    """Runs through the steps of a generator; `latest` is the newest, `kept` what `keep` made of each.

    Once it is `finished` nothing of it changes any more: it may be shown to many visitors.
    """

    def __init__(self, key: Hashable, steps: Iterator[T], keep: Callable[[T], K]) -> None:
        self.key: Any = key  # hashable
        self.latest: T | None = None
        self.kept: list[K] = []
        self.error: Exception | None = None
        self.stopped = False  # before the generator's end
        self.begun = threading.Event()
        self.finished = threading.Event()
        self._cancelled = threading.Event()
        # as a daemon, as it would be by inheritance, torch is cut off in the middle and aborts when the server ends
        self._thread = threading.Thread(target=self._run, args=(steps, keep), daemon=False)
        self._thread.start()

    def stop(self) -> None:
        """End after the step now in progress; what has been reached stays. One that has ended stays as it is."""
        self._cancelled.set()

    @property
    def newest(self) -> T:
        """`latest`, where a first step is known to be there."""
        assert self.latest is not None
        return self.latest

    @property
    def stopping(self) -> bool:
        """Whether it was told to end and is still at its last step."""
        return self._cancelled.is_set() and not self.finished.is_set()

    @property
    def memory_bytes(self) -> int:
        """What a job weighs in the memo."""
        return size_of(self.latest) + size_of(self.kept)

    def _run(self, steps: Iterator[T], keep: Callable[[T], K]) -> None:
        try:
            for step in steps:
                self.kept.append(keep(step))
                self.latest = step
                self.begun.set()
                if self._cancelled.is_set() or not threading.main_thread().is_alive():  # the server is ending
                    self.stopped = True
                    break
        except ValueError as error:  # a sentence for the visitor
            self.error = error
        except Exception as error:  # the page shows it: a thread has nobody else to tell
            logging.getLogger(__name__).exception("a job failed")
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


def watch(
    slot: str,
    draw: Callable[[Any], None],
    *,
    progress: Progress | None = None,
    waiting: str = "",
    beneath: Callable[[Any], None] = lambda _: None,
    resume: Callable[[], None] | None = None,
) -> None:
    """Draw the slot's job, again and again while it runs, with its progress and a button that stops it.

    `draw` gets the job, once there is a first step; until then stands `waiting`, if it is given. `progress` gets the
    job and says which share is done, and in words; `beneath` is drawn under that. What went wrong is said by a sentence
    above what had been reached. What was stopped or went wrong can be run again; what was stopped goes on by `resume`.
    """
    job: Job[Any, Any] = st.session_state[slot]
    job.begun.wait(_PATIENCE)
    going = not job.finished.is_set()

    def view() -> None:
        running = not job.finished.is_set()
        if job.error is not None:
            st.error(plain(sentence(job.error)), icon=":material/error:")
        if job.latest is not None or (job.error is None and not waiting):
            draw(job)
        elif running:
            st.caption(waiting)
        if running:
            _controls(slot, job, progress if job.latest is not None else None)
        beneath(job)
        if not running:
            _keep(job)
        if going and not running:
            st.rerun()  # once more as a whole, which ends the timer

    ticking(view, _LOOK_EVERY if going else None)
    if not going and job.stopped and resume is not None:
        st.button("Go on", on_click=resume, icon=":material/play_arrow:", key=f"resume_{slot}")
    elif not going and (job.stopped or job.error is not None):
        st.button("Run again", on_click=again, args=(slot,), icon=":material/replay:", key=f"again_{slot}")


def counted(total: int, things: str) -> Progress:
    """The progress of a job with one step for each of the `things`."""
    return lambda job: (len(job.kept) / total, f"{len(job.kept)} of {total} {things}")


def numbered(total: int) -> Progress:
    """The progress of a job whose steps have a number from 0 to `total`."""
    return lambda job: (job.newest.number / total, f"Step {job.newest.number} of {total}")


def _controls(slot: str, job: Job[Any, Any], progress: Progress | None) -> None:
    if progress is not None:
        share, words = progress(job)
        st.progress(min(1.0, max(0.0, share)), words)
    st.button(
        "Stopping …" if job.stopping else "Stop", on_click=job.stop, disabled=job.stopping,
        icon=":material/stop_circle:", key=f"stop_{slot}",
    )  # fmt: skip


def sentence(error: Exception) -> str:
    """What a visitor is told: our own errors are sentences, others stand in the server's log."""
    if isinstance(error, ValueError):
        return str(error)
    return "Something went wrong here that nobody foresaw. It stands in the server's log; other settings may work."


def again(slot: str) -> None:
    """Forget the slot's job, also one that ran to its end, so that the next run starts anew."""
    job: Job[Any, Any] | None = st.session_state.pop(slot, None)
    if job is not None:
        job.stop()
        memo.drop(job.key)


def _keep(job: Job[Any, Any]) -> None:
    if not job.stopped and job.error is None:
        memo(job.key, lambda: job)
