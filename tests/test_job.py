"""Long work beside the page: it runs, it stops, it says what went wrong, it leaves nothing behind."""

import subprocess
import sys
import threading

import numpy as np

from explorer.cache import size_of
from pages.parts.widgets.job import Job


def counted(limit, gate=None):
    for number in range(limit):
        if gate is not None:
            gate.wait(5)
        yield number


def test_runs_to_the_end_and_keeps_the_newest():
    job = Job("key", counted(5), float)
    assert job.finished.wait(5)
    assert job.latest == 4
    assert job.kept == [0, 1, 2, 3, 4]
    assert not job.stopped
    assert job.error is None


def test_a_stop_ends_it_after_the_step_in_progress_and_closes_the_generator():
    closed, gate = threading.Event(), threading.Event()

    def steps():
        try:
            yield from counted(1_000_000, gate)
        finally:
            closed.set()

    job = Job("key", steps(), float)
    job.stop()
    gate.set()
    assert job.finished.wait(5)
    assert closed.wait(5)
    assert job.stopped
    assert len(job.kept) <= 1


def test_what_goes_wrong_is_kept_for_the_page():
    def steps():
        yield 1
        raise ValueError("no such unit")

    job = Job("key", steps(), float)
    assert job.finished.wait(5)
    assert str(job.error) == "no such unit"
    assert job.latest == 1


def test_weighs_what_it_holds():
    job = Job("key", iter([np.zeros(1000)]), lambda _: 0.0)
    assert job.finished.wait(5)
    assert 8000 <= size_of(job) < 9000


def test_the_thread_is_no_daemon_although_scripts_run_in_daemons():
    """A daemon that is inside torch when the interpreter ends aborts the process."""
    kinds = []

    def script():
        kinds.append(Job("key", counted(1), float)._thread.daemon)

    runner = threading.Thread(target=script, daemon=True)
    runner.start()
    runner.join(5)
    assert kinds == [False]


def test_the_end_of_the_server_ends_it_after_the_step_in_progress():
    code = (
        "import itertools, time\nfrom pages.parts.widgets.job import Job\n"
        "job = Job('key', (time.sleep(0.01) for _ in itertools.count()), lambda _: 0.0)\nassert job._thread.is_alive()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
