"""Who computes when: a few threads step all jobs, one step at a time, each visitor in turn.

With a thread for each job one takes 46 steps where another takes 6, and every thread keeps an arena of memory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from explorer.cache import content_key
from explorer.compute import cores
from explorer.jobs import Job, K, T

PATIENCE = 10.0  #: seconds after which a job that nobody looks at waits until somebody does again
_FORGET = 600.0  # seconds after which one that nobody has looked at ends
_LOOK_EVERY = 0.5  # seconds in which the threads see that the program is ending


class Scheduler:
    """Steps all jobs by `workers` threads: the visitor who waited longest comes first, with their oldest job."""

    def __init__(self, workers: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.patience = PATIENCE
        self._clock = clock
        self._jobs: dict[Hashable, Job[Any, Any]] = {}  # by key, in the order in which they came
        self._stepping: set[Hashable] = set()
        self._served: dict[str, int] = {}  # by visitor: the how many-th step of all was their last
        self._steps = 0
        self._changed = threading.Condition()
        # daemons would be cut off in the middle of torch when the program ends, which aborts it
        self._threads = [threading.Thread(target=self._work, name=f"jobs-{i}", daemon=False) for i in range(workers)]
        self._awake = False

    def run(self, key: Hashable, start: Callable[[], Iterator[T]], keep: Callable[[T], K], visitor: str) -> Job[T, K]:
        """The job for `key`, which `visitor` looks at from now on: one that somebody has already, or a new one."""
        with self._changed:
            job = self._jobs.get(content_key(key))
            if job is None:
                job = Job(key, start(), keep)
                self._jobs[job.content_key] = job
            job.seen[visitor] = self._clock()
            self._wake()
        return job

    def look(self, job: Job[Any, Any], visitor: str) -> int:
        """Say that `visitor` looks at the job; returns how many are stepped before it."""
        with self._changed:
            if visitor in job.seen:
                job.seen[visitor] = self._clock()
                self._changed.notify()
            ready = self._ready()
            return ready.index(job) if job in ready else 0

    def leave(self, job: Job[T, K], visitor: str) -> Job[T, K]:
        """Say that `visitor` wants no more of it; returns what they have then. One that nobody wants ends."""
        with self._changed:
            if job.finished.is_set():
                return job
            job.seen.pop(visitor, None)
            self._end_unwanted()
            return job.so_far() if job.seen else job

    def leave_all(self, visitor: str) -> None:
        """Say that `visitor` has gone."""
        with self._changed:
            for job in self._jobs.values():
                job.seen.pop(visitor, None)
            self._served.pop(visitor, None)
            self._end_unwanted()

    def end_all(self) -> None:
        """End every job, after the step it is at."""
        with self._changed:
            for job in self._jobs.values():
                job.stop()
            self._end_unwanted()

    def __len__(self) -> int:
        """How many jobs there are, those that wait for somebody to look at them too."""
        return len(self._jobs)

    def _wake(self) -> None:
        if not self._awake:
            self._awake = True
            for thread in self._threads:
                thread.start()
        self._changed.notify()

    def _turn(self, job: Job[Any, Any]) -> int:
        """When those who look at it were served last: the least goes first."""
        return min((self._served.get(visitor, 0) for visitor in job.seen), default=0)

    def _ready(self) -> list[Job[Any, Any]]:
        """The jobs that may be stepped, the next one first."""
        since = self._clock() - self.patience
        looked_at = [job for job in self._jobs.values() if any(seen >= since for seen in job.seen.values())]
        return sorted((job for job in looked_at if job.content_key not in self._stepping), key=self._turn)

    def _end_unwanted(self) -> None:
        """With the lock held: end what nobody wants any more, or has not for a long time; not what is being stepped."""
        since = self._clock() - max(_FORGET, self.patience)
        for key, job in list(self._jobs.items()):
            if key not in self._stepping and not any(seen >= since for seen in job.seen.values()):
                del self._jobs[key]
                job.end(early=True)

    def _work(self) -> None:
        while threading.main_thread().is_alive():
            with self._changed:
                self._end_unwanted()
                ready = self._ready()
                if not ready:
                    self._changed.wait(_LOOK_EVERY)
                    continue
                job = ready[0]
                self._stepping.add(job.content_key)
                self._steps += 1
                self._served.update(dict.fromkeys(job.seen, self._steps))
            goes_on = job.step()
            with self._changed:
                self._stepping.discard(job.content_key)
                if not goes_on:
                    del self._jobs[job.content_key]
                    job.end(early=not job.seen)  # stopped in its last step: stopped it is
                self._changed.notify()


scheduler = Scheduler(cores())
downloads = Scheduler(4)  #: what waits for another server, and must not keep others from computing
