"""What is folded under More isn't forgotten there: the fold says what a link, or the hand, has changed in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1.element_tree import Block

from pages.parts.shell.controls import controls_of
from pages.parts.shell.screens import SCREENS
from pages.parts.widgets.more import label_of
from tests.support.whole_app import app
from tests.test_amount import CONTROLS

FOLDED = ("adversarial", "backpropagation", "defence", "feature_maps", "filters", "hidden_units", "hierarchy",
          "invariance", "learning", "match", "motion", "neurons", "patterns", "plan", "signals", "where")  # fmt: skip


def every(block: Block, wanted: tuple[str, ...] = CONTROLS) -> Iterator[Any]:
    for node in block.children.values():
        if node.type in wanted:
            yield node
        if isinstance(node, Block):
            yield from every(node, wanted)


def folds(screen: str, **link: str) -> list[Any]:
    return [fold for fold in every(app(screen, query=link).main, ("popover",)) if "More" in fold.proto.popover.label]


def test_what_is_changed_is_called_as_its_control_is():
    assert label_of("attack_steps") == "Steps"
    assert label_of("hierarchy_angle1") == "Angle"
    assert label_of("hierarchy_max_pool5") == "Max pool"  # whose title depends on the stage


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
    assert [file for file, *_ in SCREENS if any(folds(file))] == sorted(FOLDED, key=[f for f, *_ in SCREENS].index)


@pytest.mark.parametrize("screen", FOLDED)
def test_a_fold_says_what_is_changed_in_it(screen):
    for number, fold in enumerate(folds(screen)):
        assert fold.proto.popover.label == "More"
        for control in every(fold):
            changed = folds(screen, **{control.key: another(control)})[number].proto.popover
            assert changed.label == "More (1)", control.key
            assert changed.help == f"Changed: {label_of(control.key)}.", control.key


@pytest.mark.parametrize("screen", [file for file, *_ in SCREENS])
def test_search_lessons_and_paths_know_every_control_that_the_link_holds(screen):
    bound = {control.proto.query_param_key for control in every(app(screen).main)} - {""}
    assert {key for key in bound if not any(control.holds(key) for control in controls_of(screen))} == set()
