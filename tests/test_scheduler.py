"""Who computes when: visitors in turn, shared jobs once, those that nobody looks at not at all."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest

from explorer.cache import size_of
from explorer.compute import TurnQueue, in_background
from explorer.scheduler import PATIENCE, Scheduler


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def scheduler(clock):
    """One that is stepped by one thread."""
    one = Scheduler(1, clock)
    yield one
    one.end_all()


def gated(gate, name, order):
    """Steps that note who took them, none before the gate opens."""
    for number in itertools.count():
        gate.wait(10)
        order.append(name)
        yield number


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_runs_to_the_end_and_keeps_the_newest(scheduler):
    job = scheduler.run("key", lambda: iter(range(5)), float, "ann")
    assert job.finished.wait(5)
    assert (job.latest, job.kept, job.error, job.stopped) == (4, [0, 1, 2, 3, 4], None, False)
    assert len(scheduler) == 0


def test_what_goes_wrong_is_kept_for_the_page(scheduler):
    def steps():
        yield 1
        raise ValueError("no such unit")

    job = scheduler.run("key", steps, float, "ann")
    assert job.finished.wait(5)
    assert (str(job.error), job.latest, job.stopped) == ("no such unit", 1, False)


def test_each_visitor_gets_as_many_steps_however_many_jobs_they_have(scheduler):
    gate, order = threading.Event(), []
    for name, count in (("ann", 1), ("bob", 3), ("cyd", 1)):
        for number in range(count):
            scheduler.run((name, number), lambda name=name: gated(gate, name, order), float, name)
    gate.set()
    wait_for(lambda: len(order) >= 30)
    for name in ("ann", "bob", "cyd"):
        scheduler.leave_all(name)
    counts = Counter(order[3:30])  # the first ones were chosen before all had come
    assert max(counts.values()) - min(counts.values()) <= 1


def test_the_same_job_runs_once_for_two_and_goes_on_for_the_other_when_one_leaves(scheduler):
    gate, order = threading.Event(), []
    first = scheduler.run("key", lambda: gated(gate, "once", order), float, "ann")
    second = scheduler.run("key", lambda: gated(gate, "twice", order), float, "bob")
    assert first is second
    gate.set()
    wait_for(lambda: len(order) > 3)
    anns = scheduler.leave(first, "ann")
    reached = len(order)
    wait_for(lambda: len(order) > reached + 3)
    assert set(order) == {"once"}
    assert (anns.stopped, anns.finished.is_set(), first.stopped) == (True, True, False)
    assert 3 <= len(anns.kept) <= reached
    assert scheduler.leave(first, "bob") is first
    assert first.finished.wait(5)
    assert first.stopped


def test_a_job_that_is_left_closes_its_generator_after_the_step_in_progress(scheduler):
    gate, closed = threading.Event(), threading.Event()

    def steps():
        try:
            yield from gated(gate, "", [])
        finally:
            closed.set()

    job = scheduler.run("key", steps, float, "ann")
    wait_for(lambda: scheduler._stepping)
    scheduler.leave(job, "ann")
    gate.set()
    assert closed.wait(5)
    assert job.finished.wait(5)
    assert len(job.kept) <= 1


def test_a_job_that_nobody_looks_at_waits_and_goes_on_where_it_was(scheduler, clock):
    gate = threading.Event()
    job = scheduler.run("key", lambda: gated(gate, "", []), float, "ann")
    gate.set()
    wait_for(lambda: len(job.kept) > 3)
    clock.now += PATIENCE + 1
    with scheduler._changed:
        pass  # whoever chose a job by the old time has begun its step
    wait_for(lambda: not scheduler._stepping)
    stood = len(job.kept)
    other = scheduler.run("other", lambda: iter(range(3)), float, "bob")
    assert other.finished.wait(5)
    assert len(job.kept) == stood
    scheduler.look(job, "ann")
    wait_for(lambda: len(job.kept) > stood)
    scheduler.leave_all("ann")
    assert job.finished.wait(5)


def test_one_that_nobody_has_looked_at_for_long_ends(scheduler, clock):
    gate = threading.Event()
    job = scheduler.run("key", lambda: gated(gate, "", []), float, "ann")
    gate.set()
    wait_for(lambda: len(job.kept) > 3)
    clock.now += 3600
    assert job.finished.wait(5)
    assert job.stopped


def test_a_finished_job_stays_as_it_is_whoever_leaves_it(scheduler):
    job = scheduler.run("key", lambda: iter(range(3)), float, "ann")
    assert job.finished.wait(5)
    assert scheduler.leave(job, "ann") is job
    assert (job.stopped, job.stopping) == (False, False)


def test_steps_know_that_they_are_computed_in_the_background(scheduler):
    job = scheduler.run("key", lambda: (in_background.get() for _ in range(1)), bool, "ann")
    assert job.finished.wait(5)
    assert job.kept == [True]
    assert not in_background.get()


def test_a_step_that_fails_unforeseen_stands_in_the_log(scheduler, caplog):
    job = scheduler.run("key", lambda: (1 / zero for zero in (0,)), float, "ann")
    assert job.finished.wait(5)
    assert isinstance(job.error, ZeroDivisionError)
    assert "division" in caplog.text


def test_says_how_many_go_before(scheduler):
    gate = threading.Event()
    jobs = [scheduler.run(name, lambda: gated(gate, "", []), float, name) for name in ("ann", "bob", "cyd", "dan")]
    wait_for(lambda: scheduler._stepping)
    assert [scheduler.look(job, name) for job, name in zip(jobs[1:], ("bob", "cyd", "dan"), strict=True)] == [0, 1, 2]
    gate.set()
    for name in ("ann", "bob", "cyd", "dan"):
        scheduler.leave_all(name)


def test_weighs_what_it_holds(scheduler):
    job = scheduler.run("key", lambda: iter([np.zeros(1000)]), lambda _: 0.0, "ann")
    assert job.finished.wait(5)
    assert 8000 <= size_of(job) < 9000


def test_light_turns_go_before_those_in_the_background():
    turns, order, ready = TurnQueue(1), [], threading.Barrier(5)

    def one(name, behind):
        in_background.set(behind)
        ready.wait(5)
        turns.take()
        order.append(name)
        turns.give()

    turns.take()
    threads = [threading.Thread(target=one, args=(f"{kind}", kind == "job")) for kind in ("job", "job", "tap", "tap")]
    for thread in threads:
        thread.start()
    ready.wait(5)
    wait_for(lambda: len(turns._light) + len(turns._heavy) == 4)
    turns.give()
    for thread in threads:
        thread.join(5)
    assert order == ["tap", "tap", "job", "job"]


def test_no_more_compute_at_once_than_may():
    turns, inside, most, lock = TurnQueue(2), [], [0], threading.Lock()
    both_in = threading.Barrier(2)  # so that two do compute at once

    def one():
        for _ in range(20):
            turns.take()
            with lock:
                inside.append(1)
                most[0] = max(most[0], len(inside))
            both_in.wait(10)
            with lock:
                inside.pop()
            turns.give()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most[0] == 2


def test_the_end_of_the_program_ends_it_after_the_step_in_progress():
    code = (
        "import itertools, threading\nfrom explorer.scheduler import scheduler\n"
        "stepped = threading.Event()\n"
        "scheduler.run('key', lambda: (stepped.set() for _ in itertools.count()), str, 'ann')\n"
        "assert stepped.wait(10)\nassert len(scheduler) == 1"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stderr) == (0, "")
