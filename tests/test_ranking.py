"""Feature maps in order, and how far those of two pictures are apart."""

import numpy as np
import pytest

from explorer.responses.ranking import ORDERS, differences, order

MAPS = np.array([[[1, 1], [1, 1]], [[0, 9], [0, -9]], [[2, 2], [2, 3]], [[0, 0], [0, 0]]], np.float32)


@pytest.mark.parametrize(
    ("by", "first"),
    [("number", [0, 1, 2, 3]), ("mean", [2, 0, 1, 3]), ("maximum", [1, 2, 0, 3]), ("variance", [1, 2, 0, 3])],
)
def test_the_largest_come_first_and_ties_by_number(by, first):
    assert order(MAPS, by).tolist() == first
    assert set(ORDERS) == {"number", "mean", "maximum", "variance"}


def test_maps_are_apart_from_0_for_equal_to_1_for_nothing_shared():
    others = MAPS.copy()
    others[1], others[2] = -MAPS[1], 0
    assert differences(MAPS, others) == pytest.approx([0, 1, 1, 0])
    assert differences(MAPS, 3 * MAPS)[0] == pytest.approx(0.5)
    assert differences(MAPS, others) == pytest.approx(differences(others, MAPS))


def test_an_unknown_order_is_not_guessed():
    with pytest.raises(KeyError):
        order(MAPS, "beauty")
