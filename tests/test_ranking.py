"""Feature maps in order, and how far those of two pictures are apart."""

import numpy as np
import pytest

from explorer.responses.ranking import ORDERS, difference_shares, least_apart, order

MAPS = np.array([[[1, 1], [1, 1]], [[0, 9], [0, -9]], [[2, 2], [2, 3]], [[0, 0], [0, 0]]], np.float32)


@pytest.mark.parametrize(
    ("by", "first"),
    [("number", [0, 1, 2, 3]), ("mean", [2, 0, 1, 3]), ("maximum", [1, 2, 0, 3]), ("variance", [1, 2, 0, 3])],
)
def test_the_largest_come_first_and_ties_by_number(by, first):
    assert order(MAPS, by).tolist() == first
    assert set(ORDERS) == {"number", "mean", "maximum", "variance"}


def test_each_map_counts_by_its_part_in_the_layers_squared_difference():
    others = MAPS.copy()
    others[0] += 0.01  # hardly anything
    others[1] = -MAPS[1]
    others[2] = 0
    shares = difference_shares(MAPS, others)
    squares = [4 * 0.01**2, 4 * (81 + 81), 4 + 4 + 4 + 9, 0]
    assert shares == pytest.approx(np.array(squares) / sum(squares), abs=1e-6)
    assert shares.sum() == pytest.approx(1)
    assert not difference_shares(MAPS, MAPS).any()


def test_a_map_that_is_all_but_dead_does_not_differ_most_nor_least():
    maps, others = np.ones((4, 2, 2), np.float32), np.ones((4, 2, 2), np.float32)
    maps[0], others[0] = 1e-4, -1e-4  # as far apart as can be, and nothing
    maps[1], others[1] = 1e-4, 1e-4  # equal, and nothing
    others[2] = 1.2
    assert difference_shares(maps, others).argmax() == 2
    assert least_apart(maps, others).tolist() == [3, 2]


def test_an_unknown_order_is_not_guessed():
    with pytest.raises(KeyError):
        order(MAPS, "beauty")
