"""What a screen opens with: at most three controls, the rest at one click, under More."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1.element_tree import Block

from pages.parts.shell.screens import SCREENS
from tests.support.whole_app import app

MOST = 3
CONTROLS = ("selectbox", "slider", "select_slider", "number_input", "text_input", "text_area", "checkbox", "toggle",
            "button_group", "multiselect", "radio")  # fmt: skip
FOLDED = ("popover", "expander", "dialog")


def controls(block: Block) -> Iterator[str]:
    """The keys of the controls that are seen, without the row of views, which are a screen's tabs."""
    for node in block.children.values():
        if isinstance(node, Block):
            if node.type not in FOLDED:
                yield from controls(node)
        elif node.type in CONTROLS and node.proto.label != "View":
            yield str(node.key)


@pytest.mark.parametrize("screen", [file for file, *_ in SCREENS])
def test_a_screen_opens_with_at_most_three_controls(screen):
    # a row of one and the same, such as the answers of Match or the stages of Hierarchy, is one
    found = {re.sub(r"\d+$", "", key) for key in controls(app(screen).main)}
    assert len(found) <= MOST, found
