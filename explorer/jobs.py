"""Long work as a generator of steps: what it has reached, who looks at it, how it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from contextvars import Context
from typing import Any, Generic, TypeVar

from explorer.cache import content_key, size_of
from explorer.compute import in_background
from explorer.owner import computed_for, whose

T = TypeVar("T")
K = TypeVar("K")


class Job(Generic[T, K]):
    """Runs through the steps of a generator; `latest` is the newest, `kept` what `keep` made of each.

    Several visitors may share one, and once it is `finished` nothing of it changes any more.
    """

    def __init__(self, key: Hashable, steps: Iterator[T], keep: Callable[[T], K]) -> None:
        self.key: Any = key
        self.content_key = content_key(key)
        self.latest: T | None = None
        self.kept: list[K] = []
        self.error: Exception | None = None
        self.stopped = False  # before the generator's end
        self.begun = threading.Event()  # set after the first step
        self.finished = threading.Event()  # set when there will be no other
        self.seen: dict[str, float] = {}  # by visitor: when they last looked
        self._steps, self._keep = steps, keep
        self._context = Context()  # a generator's context variables go with it from thread to thread
        self._context.run(in_background.set, True)
        self._context.run(computed_for, whose())

    @property
    def newest(self) -> T:
        """`latest`, where a first step is known to be there."""
        assert self.latest is not None
        return self.latest

    @property
    def completed(self) -> bool:
        """Whether it has come to its end, neither stopped before it nor by an error."""
        return self.finished.is_set() and not self.stopped and self.error is None

    @property
    def stopping(self) -> bool:
        """Whether nobody wants it any more, though it is still at its last step."""
        return not self.seen and not self.finished.is_set()

    @property
    def memory_bytes(self) -> int:
        """What a job weighs in the memo."""
        asked = self.key if isinstance(self.key, tuple) else (self.key,)
        own = sum(size_of(part) for part in asked if not hasattr(part, "module"))  # networks are shared
        return own + size_of(self.latest) + size_of(self.kept)

    def step(self) -> bool:
        """Take one step; whether there may be another."""
        try:
            step = self._context.run(next, self._steps)
            self.kept.append(self._keep(step))
            self.latest = step
        except StopIteration:
            return False
        except ValueError as error:  # a sentence for the visitor
            self.error = error
            return False
        except Exception as error:  # the page shows it: the threads here have nobody else to tell
            logging.getLogger(__name__).exception("a job failed")
            self.error = error
            return False
        self.begun.set()
        return True

    def end(self, *, early: bool) -> None:
        """Close the generator and let go of what it holds."""
        self.stopped = early
        try:
            self._context.run(getattr(self._steps, "close", lambda: None))
        except Exception:
            logging.getLogger(__name__).exception("a job failed as it ended")
        self._steps = iter(())
        self.finished.set()
        self.begun.set()

    def stop(self) -> None:
        """Let nobody want it any more: it ends after the step in progress, with what has been reached."""
        self.seen.clear()

    @classmethod
    def ended(cls, key: Hashable, latest: T, kept: list[K]) -> Job[T, K]:
        """One that ran to its end elsewhere."""
        job = cls(key, iter(()), lambda _: kept[-1])
        job.latest, job.kept = latest, kept
        job.end(early=False)
        return job

    def so_far(self) -> Job[T, K]:
        """What has been reached, as a job that was stopped here, for one who wants no more while others do."""
        other = Job[T, K](self.key, iter(()), self._keep)
        other.kept = list(self.kept)
        other.latest = self.latest
        other.end(early=True)
        return other
