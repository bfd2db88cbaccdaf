"""Long work that was stopped goes on from the step that it had reached, if it is still the same that is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.cache import memo

SCREEN = """
import streamlit as st
from pages.parts.widgets import job, resumable
from tests import test_resumable

kind = st.text_input("Kind", "one", key="kind")
resumable.run("work", ("resumable test", kind), test_resumable.steps)
job.watch("work", lambda running: st.write(f"reached {running.newest}"), resume=resumable.go_on)
"""
BEGUN: list[int | None] = []  # what each start was given to go on from
AT_ONE, MAY_GO_ON = threading.Event(), threading.Event()


def steps(begun: int | None) -> Iterator[int]:
    """From 0 to 3, or on from where it was."""
    BEGUN.append(begun)
    yield begun or 0
    for number in range((begun or 0) + 1, 4):
        AT_ONE.set()
        assert MAY_GO_ON.wait(10)
        yield number


@pytest.fixture
def stopped() -> Iterator[AppTest]:
    """The screen, where work was stopped at step 1."""
    BEGUN.clear()
    AT_ONE.clear()
    MAY_GO_ON.clear()
    at = AppTest.from_string(SCREEN, default_timeout=30).run()
    assert AT_ONE.wait(10)
    at.button("stop_work").click().run()
    MAY_GO_ON.set()
    yield done(at)
    for kind in ("one", "other"):
        memo.drop(("resumable test", kind))


def done(at: AppTest) -> AppTest:
    assert at.session_state["work"].finished.wait(10)
    at.run()
    assert not at.exception
    return at


def test_it_goes_on_from_the_step_that_it_had_reached(stopped: AppTest) -> None:
    assert stopped.markdown[0].value == "reached 1"
    assert done(stopped.button("resume_work").click().run()).markdown[0].value == "reached 3"
    assert BEGUN == [None, 1]
    assert "work_left" not in stopped.session_state


def test_other_work_begins_anew(stopped: AppTest) -> None:
    stopped.text_input("kind").set_value("other")
    assert done(stopped.button("resume_work").click().run()).markdown[0].value == "reached 3"
    assert BEGUN == [None, None]
