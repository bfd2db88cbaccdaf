"""Long work beside the page: the scheduler steps a generator, the page looks at it now and then."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from explorer.cache import content_key, memo
from explorer.jobs import Job
from explorer.scheduler import Scheduler, scheduler
from explorer.shipped_results import file_of
from pages.parts.shell.live import redrawn_every
from pages.parts.shell.visit import visitor
from pages.parts.shell.words import plain

__all__ = ["PATIENCE_S", "Job", "again", "counted", "numbered", "run", "sentence", "watch"]

T = TypeVar("T")
K = TypeVar("K")
Progress = Callable[["Job[Any, Any]"], tuple[float, str]]  #: the share that is done, and in words
_LOOK_EVERY = 0.25  # seconds
PATIENCE_S = 0.15  #: a first step that takes less is drawn at once, not at the next look


def run(
    slot: str,
    key: Hashable,
    start: Callable[[], Iterator[T]],
    keep: Callable[[T], K],
    *,
    by: Scheduler = scheduler,
    read: Callable[[Path], tuple[T, list[K]]] | None = None,
) -> Job[T, K]:
    """The job for `key` in this visitor's slot; one for another key is left and replaced.

    Visitors who ask the same share one. What ran to its end is kept in the one memo: the next who asks sees it at once.
    Where results come with the app (`explorer.shipped_results`), `read` gives the latest step and all that was kept.
    """
    job: Job[T, K] | None = st.session_state.get(slot)
    if job is not None and job.content_key == content_key(key):
        return job
    if job is not None:
        by.leave(job, visitor())
    job = memo.peek(key) or _shipped(key, read) or by.run(key, start, keep, visitor())
    st.session_state[slot] = job
    return job


def _shipped(key: Hashable, read: Callable[[Path], tuple[T, list[K]]] | None) -> Job[T, K] | None:
    if read is None or not (file := file_of(key)).is_file():
        return None
    return Job.ended(key, *read(file))


def watch(
    slot: str,
    draw: Callable[[Any], None],
    *,
    progress: Progress | None = None,
    waiting: str = "",
    beneath: Callable[[Any], None] = lambda _: None,
    resume: Callable[[str], None] | None = None,
    by: Scheduler = scheduler,
) -> None:
    """Draw the slot's job, again and again while it runs, with its progress and a button that stops it.

    `draw` gets the job, once there is a first step; until then stands `waiting`, if it is given, or which place in the
    line the visitor has. `progress` gets the job and says which share is done, and in words; `beneath` is drawn under
    that. What went wrong is said by a sentence above what had been reached. What was stopped or went wrong can be run
    again; what was stopped goes on by `resume`, which gets the slot.
    """
    job: Job[Any, Any] = st.session_state[slot]
    job.begun.wait(PATIENCE_S)
    going = not job.finished.is_set()

    def view() -> None:
        running = not job.finished.is_set()
        before = by.look(job, visitor())
        _say(job, _in_line(before) if before else waiting, running)
        if job.latest is not None or (job.error is None and not waiting):
            draw(job)
        if running:
            _controls(slot, job, by, progress if job.latest is not None else None)
        beneath(job)
        if not running:
            _keep(job)
        if going and not running:
            st.rerun()  # once more as a whole, which ends the timer

    redrawn_every(view, _LOOK_EVERY if going else None)
    if not going:
        _offer_another_run(slot, job, resume)


def counted(total: int, things: str) -> Progress:
    """The progress of a job with one step for each of the `things`."""
    return lambda job: (len(job.kept) / total, f"{len(job.kept)} of {total} {things}")


def numbered(total: int) -> Progress:
    """The progress of a job whose steps have a number from 0 to `total`."""
    return lambda job: (job.newest.number / total, f"Step {job.newest.number} of {total}")


def _say(job: Job[Any, Any], waiting: str, running: bool) -> None:
    """What went wrong, or why there is nothing to be seen yet."""
    if job.error is not None:
        st.error(plain(sentence(job.error)), icon=":material/error:")
    if running and job.latest is None and waiting:
        st.caption(waiting)
    if not running and job.stopped and job.latest is None:
        st.caption("Stopped before its first step.")


def _in_line(before: int) -> str:
    ordinal = {1: "second", 2: "third", 3: "fourth"}.get(before, f"{before + 1}th")
    return f"The server is busy with others: you are {ordinal} in line."


def _controls(slot: str, job: Job[Any, Any], by: Scheduler, progress: Progress | None) -> None:
    if progress is not None:
        share, words = progress(job)
        st.progress(min(1.0, max(0.0, share)), words)
    st.button(
        "Stopping …" if job.stopping else "Stop", on_click=_stop, args=(slot, by), disabled=job.stopping,
        icon=":material/stop_circle:", key=f"stop_{slot}",
    )  # fmt: skip


def _stop(slot: str, by: Scheduler) -> None:
    st.session_state[slot] = by.leave(st.session_state[slot], visitor())


def _offer_another_run(slot: str, job: Job[Any, Any], resume: Callable[[str], None] | None) -> None:
    """A button for work that did not reach its end."""
    if job.stopped and resume is not None:
        st.button("Resume", on_click=resume, args=(slot,), icon=":material/play_arrow:", key=f"resume_{slot}")
    elif job.stopped or job.error is not None:
        st.button("Run again", on_click=again, args=(slot,), icon=":material/replay:", key=f"again_{slot}")


def sentence(error: Exception) -> str:
    """What a visitor is told: our own errors are sentences, others stand in the server's log."""
    if isinstance(error, ValueError):
        return str(error)
    return "Something unexpected went wrong. The details are in the server's log; other settings may work."


def again(slot: str, by: Scheduler = scheduler) -> None:
    """Forget the slot's job, also one that ran to its end, so that the next run starts anew."""
    job: Job[Any, Any] | None = st.session_state.pop(slot, None)
    if job is not None:
        by.leave(job, visitor())
        memo.drop(job.key)


def _keep(job: Job[Any, Any]) -> None:
    if not job.stopped and job.error is None:
        memo(job.key, lambda: job)
