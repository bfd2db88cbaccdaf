"""What a screen opens with: at most three controls, the rest at one click, under More, which says what is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from pages.parts.shell.controls import controls_of
from pages.parts.shell.screens import SCREENS
from pages.parts.widgets.more import label_of
from tests.support.whole_app import app

MOST = 3
CONTROLS = ("selectbox", "slider", "select_slider", "number_input", "text_input", "text_area", "checkbox", "toggle",
            "button_group", "multiselect", "radio")  # fmt: skip
FOLDED = ("popover", "expander", "dialog")
FOLDING = ("adversarial", "backpropagation", "defence", "feature_maps", "filters", "hidden_units", "hierarchy",
          "invariance", "learning", "match", "motion", "neurons", "patterns", "plan", "signals", "where")  # fmt: skip
NAMES = [file for file, *_ in SCREENS]


@cache
def opened(screen: str) -> AppTest:
    return app(screen)


def controls(block: Block) -> Iterator[str]:
    """The keys of the controls that are seen, without the row of views, which are a screen's tabs."""
    for node in block.children.values():
        if isinstance(node, Block):
            if node.type not in FOLDED:
                yield from controls(node)
        elif node.type in CONTROLS and node.proto.label != "View":
            yield str(node.key)


@pytest.mark.parametrize("screen", NAMES)
def test_a_screen_opens_with_at_most_three_controls(screen):
    # a row of one and the same, such as the answers of Match or the stages of Hierarchy, is one
    found = {re.sub(r"\d+$", "", key) for key in controls(opened(screen).main)}
    assert len(found) <= MOST, found


def every(block: Block, wanted: tuple[str, ...] = CONTROLS) -> Iterator[Any]:
    for node in block.children.values():
        if node.type in wanted:
            yield node
        if isinstance(node, Block):
            yield from every(node, wanted)


def folds(test: AppTest) -> list[Any]:
    return [fold for fold in every(test.main, ("popover",)) if "More" in fold.proto.popover.label]


def test_what_is_changed_is_called_as_its_control_is():
    assert label_of("adversarial", "attack_steps") == "Steps"
    assert label_of("hierarchy", "hierarchy_angle1") == "Angle"
    assert label_of("hierarchy", "hierarchy_max_pool5") == "Max pool"  # whose title depends on the stage


def another(control: Any) -> str:
    """A value that the control does not have yet, as a link says it."""
    if control.type == "toggle":
        return str(not control.value).lower()
    if control.type in ("number_input", "slider"):
        return f"{control.value + control.step:g}"
    options = list(control.proto.options)
    texts = [getattr(option, "content", option) for option in options]
    return str(next(text for text in texts if text != str(control.format_func(control.value))))


def test_every_screen_that_folds_is_tried_here():
    assert [screen for screen in NAMES if folds(opened(screen))] == sorted(FOLDING, key=NAMES.index)


@pytest.mark.parametrize("screen", FOLDING)
def test_a_fold_says_what_is_changed_in_it(screen):
    for number, fold in enumerate(folds(opened(screen))):
        assert fold.proto.popover.label == "More"
        for control in every(fold):
            changed = folds(app(screen, query={control.key: another(control)}))[number].proto.popover
            assert changed.label == "More (1)", control.key
            assert changed.help == f"Changed: {label_of(screen, control.key)}.", control.key


@pytest.mark.parametrize("screen", FOLDING)
def test_a_fold_does_not_count_what_its_control_refuses(screen):
    for number, fold in enumerate(folds(opened(screen))):
        for control in every(fold):
            refused = folds(app(screen, query={control.key: "neither-this-nor-that"}))[number]
            assert (refused.proto.popover.label, refused.proto.popover.help) == ("More", ""), control.key
            assert not any("Changed" in caption.value for caption in every(refused, ("caption",))), control.key
            assert not list(every(refused, ("warning",))), f"{control.key}: said where nobody sees it"


@pytest.mark.parametrize("screen", NAMES)
def test_search_lessons_and_paths_know_every_control_that_the_link_holds(screen):
    bound = {control.proto.query_param_key for control in every(opened(screen).main)} - {""}
    assert {key for key in bound if not any(control.holds(key) for control in controls_of(screen))} == set()
