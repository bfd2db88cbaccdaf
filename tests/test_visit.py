"""A visit: when it ends, its jobs end, and nothing that was made of the visitor's own things is kept."""

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from explorer.cache import memo
from explorer.compute import in_parallel
from explorer.scheduler import scheduler

SCREEN = """
import itertools
import streamlit as st
from explorer.scheduler import scheduler
from pages.parts.shell.visit import note_own_things, visitor
from tests import test_visit

if st.session_state.get("own"):
    note_own_things()
st.session_state["work"] = scheduler.run("visit test", itertools.count, float, visitor())
st.session_state["done"] = test_visit.done_for_a_visitor()
"""


def done_for_a_visitor():
    """Computes in the script's thread, in those beside it and in a job, and returns the keys."""
    memo("in the script", lambda: 1)
    in_parallel([lambda: memo("beside it", lambda: 2)])

    def steps():
        yield memo("in a job", lambda: 3)

    job = scheduler.run("visit test, a step", steps, float, "somebody")
    assert job.finished.wait(10)
    return ["in the script", "beside it", "in a job"]


@pytest.fixture(autouse=True)
def nothing_of_other_tests():
    for key in ("in the script", "beside it", "in a job"):
        memo.drop(key)


def visiting(own=False):
    at = AppTest.from_string(SCREEN, default_timeout=30)
    at.session_state["own"] = own
    at.run()
    assert not at.exception
    return at


def test_the_visitor_is_the_same_from_run_to_run():
    at = visiting()
    job = at.session_state["work"]
    at.run()
    assert list(job.seen) == list(at.session_state["work"].seen)


@pytest.mark.parametrize("own", [True, False])
def test_at_its_end_jobs_end_and_what_was_computed_for_own_things_goes(own):
    at = visiting(own)
    job = at.session_state["work"]
    assert not job.finished.is_set()
    assert all(memo.peek(key) for key in at.session_state["done"])
    at.session_state["visit"].end()
    assert job.finished.wait(10)
    assert job.stopped
    kept = [memo.peek(key) is not None for key in at.session_state["done"]]
    assert kept == [not own] * 3


GOES_ON = """
import streamlit as st
from explorer.cache import memo
from pages.parts.shell.visit import hold_visit, note_own_things

hold_visit()
note_own_things()
st.session_state["visit"].end()
st.session_state.clear()
memo("after its end", lambda: 1)
"""


def test_a_run_that_goes_on_after_its_session_has_ended_leaves_nothing():
    at = AppTest.from_string(GOES_ON, default_timeout=30).run()
    assert not at.exception
    assert memo.peek("after its end") is None


BREAKS = """
import itertools
import streamlit as st
from streamlit.runtime.caching import clear_session_resource_cache
from explorer.cache import memo
from explorer.scheduler import scheduler
from pages.parts.shell.visit import note_own_things, visitor

if "work" not in st.session_state:
    note_own_things()
    st.session_state["work"] = scheduler.run("over a break", itertools.count, float, visitor())
else:
    memo("after a break", lambda: 1)
clear_session_resource_cache(st.runtime.scriptrunner.get_script_run_ctx().session_id)  # as Streamlit, when it breaks
"""


def test_a_connection_that_breaks_ends_no_visit():
    at = AppTest.from_string(BREAKS, default_timeout=30).run().run()
    assert not at.session_state["work"].finished.is_set()
    assert memo.peek("after a break") == 1
    at.session_state["visit"].end()
    assert memo.peek("after a break") is None
    assert at.session_state["work"].finished.wait(10)


SAVES = """
import streamlit as st
from explorer.cache import memo
from pages.parts.shell.visit import in_this_visit, note_own_things

note_own_things()
st.session_state["make"] = in_this_visit(lambda: memo("in a file", lambda: b"1"))
"""


def test_what_was_computed_for_a_file_goes_though_files_are_made_outside_of_any_run():
    at = AppTest.from_string(SAVES, default_timeout=30).run()
    assert at.session_state["make"]() == b"1"
    assert memo.peek("in a file") == b"1"
    at.session_state["visit"].end()
    assert memo.peek("in a file") is None


def test_another_visitor_s_work_goes_on():
    work = scheduler.run("another's", itertools.count, float, "somebody else")
    at = visiting()
    at.session_state["visit"].end()
    assert at.session_state["work"].finished.wait(10)
    assert not work.finished.is_set()
    work.stop()
