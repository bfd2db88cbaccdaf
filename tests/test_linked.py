"""Values in session and link: the link rules, leaving and returning keeps them, damage is said and left out."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.shell.controls import linked_of
from tests.support.alone import open_alone
from tests.support.whole_app import app

SCRIPT = """
import streamlit as st
from pages.parts.widgets import linked

st.button("keep", on_click=linked.keep, args=("number", "7"))
st.button("forget", on_click=linked.forget, args=("number",))
st.markdown(linked.value("number", linked.whole, 3))
"""


def opened(link: str | None = None, kept: str | None = None, script: str = SCRIPT) -> AppTest:
    at = AppTest.from_string(script)
    if link is not None:
        at.query_params["number"] = link
    if kept is not None:
        at.session_state["number"] = kept
    return at.run()


def pressed(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def link_of(at: AppTest) -> list[str]:
    return list(at.query_params.get("number", []))


@pytest.mark.parametrize(
    ("link", "kept", "value", "then"),
    [(None, None, "3", []), ("5", None, "5", ["5"]), (None, "4", "4", ["4"]), ("5", "4", "5", ["5"])],
    ids=["usual", "by link", "kept", "the link rules"],
)
def test_the_link_then_the_visit_then_the_usual(link, kept, value, then):
    at = opened(link, kept)
    assert at.markdown[0].value == value
    assert link_of(at) == then
    assert not at.toast


def test_what_is_kept_stands_in_both_and_is_forgotten_in_both():
    at = pressed(opened("5"), "keep")
    assert at.markdown[0].value == "7"
    assert link_of(at) == ["7"]
    assert at.session_state["number"] == "7"
    at = pressed(at, "forget")
    assert at.markdown[0].value == "3"
    assert link_of(at) == []


def test_the_link_is_written_again_after_navigation_has_dropped_it():
    at = pressed(opened(), "keep")
    del at.query_params["number"]
    assert at.run().markdown[0].value == "7"
    assert link_of(at) == ["7"]


@pytest.mark.parametrize("garbled", ["", "x", "-1", "1.5", "٣", "9" * 8, "**7**"])
def test_a_damaged_link_is_said_once_and_the_usual_stands(garbled):
    at = opened(garbled, kept="4")
    assert not at.exception
    assert at.markdown[0].value == "3"
    (toast,) = at.toast
    assert "number" in toast.value
    assert "**7**" not in toast.value
    assert link_of(at) == []
    assert not at.run().toast


def test_what_ends_with_the_screen_is_of_the_link_alone():
    script = SCRIPT.replace("linked.value", "linked.from_link")
    assert opened(kept="4", script=script).markdown[0].value == "3"
    at = opened("5", script=script)
    assert at.markdown[0].value == "5"
    assert "number" not in at.session_state
    at = opened("x", script=script)
    assert at.markdown[0].value == "3"
    assert len(at.toast) == 1
    assert link_of(at) == []


DAMAGED = {
    "convolution": ("conv_question", "999", {}),
    "hidden_units": ("plane_question", "999", {}),
    "match": ("match_checked", "7", {}),
    "signals": ("at", "x", {}),
    "patterns": ("box", "1_2_3", {}),
    "descriptors": ("hog_cell", "-3", {}),
    "eye": ("eye_frame", "1e3", {}),
    "filters": ("filter", "x", {}),
    "feature_maps": ("place", "3", {"maps_view": "One place"}),
}


@pytest.mark.parametrize("page", DAMAGED)
def test_every_screen_says_what_of_its_link_is_damaged(page):
    name, garbled, query = DAMAGED[page]
    test = (app if page in ("convolution", "filters", "feature_maps") else open_alone)(
        page, query=query | {name: garbled}
    )
    assert not test.exception
    assert any(name in toast.value.replace("\\", "") for toast in test.toast)
    assert test.query_params.get(name) != [garbled]


@pytest.mark.parametrize("number", ["map", "depth"])
def test_the_maps_too(number):
    test = app("feature_maps", query={number: "x"} | ({"maps_view": "All depths"} if number == "depth" else {}))
    assert not test.exception
    assert test.toast


def _comes_late() -> None:
    import streamlit as st

    from pages.parts.shell.live import live, redrawn_every

    def block() -> None:
        st.toggle("Flicker", key="flicker", bind="query-params")

    redrawn_every(block, None)
    live(lambda: st.toggle("Whole", key="whole", bind="query-params") and None)()


def test_a_control_that_a_block_draws_later_is_looked_at_too():
    test = AppTest.from_function(_comes_late)
    test.query_params.update({"flicker": "cat", "whole": "cat"})
    assert [toast.value.partition(" can")[0] for toast in test.run().toast] == [
        r"Damaged link: flicker\=cat", r"Damaged link: whole\=cat",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("screen", "name"),
    [("convolution", "conv_question"), ("hidden_units", "plane_question"), ("match", "match_checked"),
     ("signals", "past"), ("descriptors", "hog_cell"), ("backpropagation", "net")],
)  # fmt: skip
def test_what_a_screens_parts_keep_is_found_in_their_source(screen, name):
    """Else a scene, a lesson or a path would leave it as the visitor had it."""
    assert name in linked_of(screen)
