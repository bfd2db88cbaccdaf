"""Long work beside the page: it runs, it stops, it says what went wrong, it leaves nothing behind."""

import threading

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

from explorer.cache import memo
from explorer.scheduler import scheduler
from tests.support.messages import bad_paths, recorded, ticking_fragments

# A screen with work whose steps come out of STEPS, by the kind that the visitor has chosen.
SCREEN = """
import streamlit as st
from pages.parts.widgets import job
from tests import test_job

kind = st.text_input("Kind", "whole", key="kind")
running = job.run("work", ("job test", kind), test_job.STEPS[kind], str)
job.watch("work", lambda running: st.write(f"reached {running.newest}"), progress=job.counted(3, "things"),
          waiting="One moment …", beneath=lambda running: st.caption("beneath"))
st.write("what follows")
"""
STEPS = {}


@pytest.fixture
def screen(monkeypatch):
    """Opens the screen for a visitor, with steps for "whole" and for "other"."""

    def opened(whole, other=lambda: iter([7])):
        monkeypatch.setitem(STEPS, "whole", whole)
        monkeypatch.setitem(STEPS, "other", other)
        return AppTest.from_string(SCREEN, default_timeout=30).run()

    yield opened
    for kind in STEPS:
        memo.drop(("job test", kind))


def done(at):
    assert at.session_state["work"].finished.wait(10)
    at.run()
    assert not at.exception
    return at


def said(at):
    return [element.value for element in (*at.markdown, *at.caption)]


def labels(at):
    return [button.label for button in at.button]


def counted(limit, gate=None):
    for number in range(limit):
        if gate is not None:
            gate.wait(5)
        yield number


def test_what_one_visitor_does_marks_no_finished_work_of_another(screen):
    first, second = done(screen(lambda: counted(3))), done(screen(lambda: counted(3)))
    job = first.session_state["work"]
    assert second.session_state["work"] is job
    second.text_input("kind").set_value("other").run()
    assert done(second).session_state["work"] is not job
    first.run()
    assert not job.stopped
    assert labels(first) == []
    assert "reached 2" in said(first)


def test_a_screen_waits_shows_its_progress_stops_and_runs_again(screen):
    gate, more = threading.Event(), threading.Event()

    def steps():
        assert gate.wait(10)
        yield 0
        assert more.wait(10)
        yield from (1, 2)

    at = screen(steps)
    assert "One moment …" in said(at)
    assert labels(at) == ["Stop"]
    gate.set()
    assert at.session_state["work"].begun.wait(10)
    at.run()
    assert "reached 0" in said(at)
    assert at.get("progress")[0].proto.text == "1 of 3 things"
    at.button("stop_work").click().run()
    assert labels(at) == ["Stopping …"]
    more.set()
    done(at)
    assert labels(at) == ["Run again"]
    assert "reached 1" in said(at)
    assert "beneath" in said(at)
    at.button("again_work").click().run()
    assert labels(done(at)) == []
    assert "reached 2" in said(at)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("Only *so* many [things]."), r"Only \*so\* many \[things\]\."),
        (RuntimeError("mat1 and mat2"), "log"),
    ],
)
def test_what_went_wrong_is_a_sentence_above_what_was_reached(screen, error, says, caplog):
    def steps():
        yield 0
        raise error

    at = done(screen(steps))
    (box,) = at.error
    assert says in box.value
    assert "mat1" not in box.value
    assert ("mat1 and mat2" in caplog.text) == isinstance(error, RuntimeError)  # who runs the server reads it there
    assert "reached 0" in said(at)
    assert labels(at) == ["Run again"]
    STEPS["whole"] = lambda: counted(3)
    at.button("again_work").click().run()
    assert "reached 2" in said(done(at))
    assert not at.error


@pytest.mark.parametrize("waiting", ["One moment …", ""])
def test_who_waits_for_others_is_told_their_place_in_the_line(screen, waiting, monkeypatch):
    monkeypatch.setitem(globals(), "SCREEN", SCREEN.replace("One moment …", waiting).replace("newest", "latest"))
    monkeypatch.setattr(scheduler, "look", lambda job, visitor: 2)
    gate = threading.Event()
    at = screen(lambda: counted(3, gate))
    assert "The server is busy with others: you are third in line." in said(at)
    gate.set()
    assert "The server is busy with others: you are third in line." not in said(done(at))


def test_what_was_stopped_before_its_first_step_says_so(screen):
    gate = threading.Event()

    def slow():
        gate.wait(5)
        yield from ()

    at = screen(slow)
    at.button("stop_work").click().run()
    gate.set()
    assert "Stopped before its first step." in said(done(at))


def test_a_look_before_the_page_was_sent_leaves_no_block_without_its_place(screen, monkeypatch):
    """Streamlit takes what a fragment has in the queue out of it when the clock draws that fragment anew."""
    gate = threading.Event()
    at = screen(lambda: counted(3, gate))
    with recorded(monkeypatch) as messages:
        at.run()
    (clock,) = ticking_fragments(messages)
    assert bad_paths(messages) == []
    assert bad_paths(messages, without=clock) == []
    gate.set()
    done(at)


KEPT = """
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from pages.parts.shell.live import redrawn_every

class All(frozenset):
    __contains__ = lambda *_: True  # the browser keeps whatever it was sent

get_script_run_ctx().cached_message_hashes = All()
redrawn_every(lambda: st.columns(2)[0].markdown("a" * 20_000), {every})
st.markdown("b" * 20_000)
"""


@pytest.mark.parametrize(("every", "references"), [(0.25, 1), (None, 2)])
def test_what_is_drawn_anew_by_the_clock_is_sent_whole(every, references, monkeypatch):
    """Streamlit takes a block's columns out of its queue, but not the references to what stands in them."""
    with recorded(monkeypatch) as messages:
        AppTest.from_string(KEPT.format(every=every)).run()
    assert [message.WhichOneof("type") for message in messages].count("ref_hash") == references


def test_streamlit_still_leaves_references_in_its_queue():
    """Once it takes them out as well, what `sent_whole` does is needed no more."""
    queue, reference = ForwardMsgQueue(), ForwardMsg(ref_hash="kept")
    reference.metadata.delta_path.extend([0, 0, 1])
    block = ForwardMsg()
    block.metadata.delta_path.extend([0, 0])
    block.delta.add_block.allow_empty, block.delta.fragment_id = True, "ticking"
    queue.enqueue(block)
    queue.enqueue(reference)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["ticking"])
    assert [message.ref_hash for message in queue.flush()] == ["kept"]
