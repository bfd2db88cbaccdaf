"""A visit: when it ends, its jobs end, and nothing that was made of the visitor's own pictures is kept."""

import itertools

import numpy as np
import pytest
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import AppTest

from explorer.cache import memo
from explorer.pictures.images import from_array
from explorer.scheduler import scheduler

SCREEN = """
import itertools
import streamlit as st
from explorer.scheduler import scheduler
from pages.parts.shell.visit import brought, visitor
from tests import test_visit

brought(test_visit.MINE)
st.session_state["session"] = st.runtime.scriptrunner.get_script_run_ctx().session_id
st.session_state["work"] = scheduler.run("visit test", itertools.count, float, visitor())
"""
MINE = from_array(np.full((20, 20, 3), 0.3), "mine")


@pytest.fixture
def visiting():
    at = AppTest.from_string(SCREEN, default_timeout=30).run()
    assert not at.exception
    return at


def test_the_visitor_is_the_same_from_run_to_run(visiting):
    job = visiting.session_state["work"]
    visiting.run()
    assert list(job.seen) == list(visiting.session_state["work"].seen)


def test_at_its_end_jobs_end_and_what_was_made_of_own_pictures_goes(visiting):
    memo(("made of", MINE), lambda: 1)
    memo("made of nothing", lambda: 2)
    job = visiting.session_state["work"]
    assert not job.finished.is_set()
    clear_session_resource_cache(visiting.session_state["session"])
    assert job.finished.wait(10)
    assert job.stopped
    assert memo.peek(("made of", MINE)) is None
    assert memo.peek("made of nothing") == 2


def test_another_visitor_s_work_goes_on():
    work = scheduler.run("another's", itertools.count, float, "somebody else")
    at = AppTest.from_string(SCREEN, default_timeout=30).run()
    clear_session_resource_cache(at.session_state["session"])
    assert at.session_state["work"].finished.wait(10)
    assert not work.finished.is_set()
