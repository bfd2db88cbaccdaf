"""The projector's scenes: each sets what its screen has, and the visitor's hand does not stand in its way."""

from __future__ import annotations

import pytest

from pages.parts.lesson.scenes import scenes
from pages.parts.shell.controls import controls_of, linked_of
from pages.parts.shell.screens import SECTIONS, exists
from tests.support.whole_app import app

# Whose key is not written out where it is used.
OTHERS = {"convolution": {"x", "k", "p", "show"}, "hierarchy": {"hierarchy_built", "hierarchy_grown"}}
PROJECTED = {"project": "1"}


def test_every_screen_of_the_subject_has_scenes():
    assert {file for section, screens in SECTIONS.items() if section for file, *_ in screens} == set(scenes())


@pytest.mark.parametrize("screen", scenes())
def test_each_scene_sets_what_its_screen_has(screen: str):
    assert exists(screen)
    assert len({one.say for one in scenes()[screen]}) == len(scenes()[screen])
    for key, value in (pair for one in scenes()[screen] for pair in one.link.items()):
        held = [control for control in controls_of(screen) if control.holds(key)]
        assert held or key in (*linked_of(screen), *OTHERS.get(screen, ())), key
        assert not key.endswith("_view") or value in held[0].choices, (key, value)


def said(test) -> str:
    (words,) = (one.value for one in test.markdown if " of 3**" in one.value)
    return words


def test_the_scenes_follow_one_another_whatever_was_done_in_between():
    test = app("edges", query=PROJECTED)
    test.button("scene_on").click().run()
    assert said(test).startswith("**1 of 3**")
    assert test.button("scene_back").disabled
    test.slider("edges_angle").set_value(200).run()
    test.button("scene_on").click().run()
    assert test.slider("edges_angle").value == 0
    test.slider("edges_angle").set_value(45).run()
    test.button("scene_back").click().run()
    assert test.slider("edges_angle").value == 90
    test.button("scene_on").click().run()
    test.button("scene_on").click().run()
    assert (test.slider("edges_angle").value, test.button("scene_on").disabled) == (45, True)
    assert not test.exception
    assert not test.toast


def test_what_was_done_in_a_screens_own_parts_is_not_in_the_next_scene():
    test = app("match", query=PROJECTED)
    test.button("match_check").click().run()
    assert test.session_state["match_checked"] == "1"
    test.button("scene_on").click().run()
    assert said(test).startswith("**1 of 3**")
    assert ("match_checked" in test.session_state, test.info) == (False, [])
    test.button("scene_on").click().run()
    assert "dashed: yours" in " ".join(one.value for one in test.markdown)
    test.button("scene_back").click().run()
    assert "dashed: yours" not in " ".join(one.value for one in test.markdown)


def test_a_scene_that_is_not_there_is_said():
    test = app("edges", query=PROJECTED | {"scene": "99"})
    assert ["99" in one.value for one in test.toast] == [True]
    assert test.button("scene_on").label == "Begin"  # as where none was asked for


@pytest.mark.parametrize("query", [{}, PROJECTED | {"path": "lecture.4"}])
def test_there_are_none_off_the_wall_nor_on_a_path(query):
    assert not [one for one in app("edges", query=query).button if one.key == "scene_on"]
