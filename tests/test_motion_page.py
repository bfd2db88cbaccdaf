"""The motion screen: which direction wins in its words, from a link, and on a picture without any change."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest

from explorer.pictures.images import from_array
from tests.support.alone import open_alone
from tests.support.whole_app import shown

pytestmark = pytest.mark.usefixtures("cold")

app = partial(open_alone, "motion")


def answers(test) -> tuple[float, float]:
    """The numbers of right and left in the words."""
    found = re.search(r"\*right\* answers \*\*([\d.]+)\*\* and \*left\* \*\*([\d.]+)\*\*", shown(test))
    assert found
    return float(found[1]), float(found[2])


def test_right_wins_and_a_negative_velocity_swaps_them():
    test = app()
    assert not test.exception
    right, left = answers(test)
    assert right > 3 * left
    assert re.search(r": \*right\* is \*\*[1-9]", shown(test))
    assert "*right* responds most to **1**." in shown(test)
    test.slider("motion_velocity").set_value(-1.0).run()
    assert answers(test) == pytest.approx((left, right), abs=0.002)
    assert re.search(r": \*left\* is \*\*[1-9]", shown(test))
    test.slider("motion_velocity").set_value(0.0).run()
    assert "both leaning kernels answer **0.000**" in shown(test)


@pytest.mark.parametrize("kernel", ["left", "frame average"])
def test_a_link_brings_all_controls(kernel):
    query = {"motion_kind": "dots", "motion_velocity": "-2", "motion_k": "9", "motion_kernel": kernel}
    test = app(query=query)
    assert not test.exception
    assert "2 pixels a frame to the left" in shown(test)
    chosen = [button.value for button in test.get("button_group")]
    assert {"dots", 9, kernel} <= set(chosen)


def test_a_picture_slides_and_one_without_change_gets_a_sentence():
    query = {"motion_kind": "your picture", "picture": "cat"}
    right, left = answers(app(query=query))
    assert right > 3 * left
    assert "comes back mirrored" in shown(app(query=query))
    dot = from_array(np.zeros((1, 1, 3), np.uint8))
    assert "All of it is alike" in shown(app(query=query, own_picture=dot))
