"""Match for pictures: each result is what its kernel makes, and four can be told apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.ndimage import correlate

from explorer.filtering.picture_quiz import COUNT, LEVELS, SIDE, PictureQuizError, make_picture_round
from explorer.pictures.images import from_array
from explorer.pictures.reduced import grey
from explorer.pictures.samples import sample
from tests.support.alone import open_alone

pytestmark = pytest.mark.usefixtures("cold")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["flower", "brick"])
def test_each_result_is_its_kernels_and_no_two_look_alike(name, level):
    made = make_picture_round(sample(name), 3, level)
    values = grey(sample(name), SIDE).astype(np.float64)
    assert sorted(made.answer) == list(range(COUNT))
    for result, right in zip(made.results, made.answer, strict=True):
        wanted = correlate(values, made.kernels[right].weights.astype(float), mode="nearest")
        np.testing.assert_allclose(result, wanted, atol=1e-5)
    for one, other in combinations(made.results, 2):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.999


def test_a_plain_picture_or_an_impossible_round_gets_a_sentence():
    plain = from_array(np.full((40, 50, 3), 90, np.uint8))
    with pytest.raises(PictureQuizError, match="too plain"):
        make_picture_round(plain, 0, 1)
    for seed, level in ((-1, 1), (0, 4)):
        with pytest.raises(PictureQuizError, match="no round"):
            make_picture_round(sample("flower"), seed, level)
    at = open_alone("match", {"match_kind": "pictures"}, own_picture=plain)
    assert not at.exception
    assert "too plain" in at.info[0].value
    at.button("match_check").click().run()
    assert not at.exception


def link(wrong: int) -> dict[str, str]:
    made = make_picture_round(sample("cat"), 5, 2)
    chosen = {f"match_picture_{i + 1}": "1234"[(k + 1) % 4 if i < wrong else k] for i, k in enumerate(made.answer)}
    return {"match_kind": "pictures", "picture": "cat", "match_round": "5", "match_level": "2"} | chosen


@pytest.mark.parametrize("wrong", [0, 2])
def test_a_round_is_scored_in_words(wrong):
    at = open_alone("match", link(wrong))
    at.button("match_check").click().run()
    assert not at.exception
    assert [len(at.success), len(at.warning)] == [4 - wrong, wrong]
    assert all(one.value.startswith("✓ Right.") for one in at.success)
    assert all(one.value.startswith("✗ Wrong: it was kernel") for one in at.warning)
    assert f"Right so far: **{4 - wrong} of 4**" in [m.value for m in at.markdown]


def test_the_link_for_the_class_is_the_round_without_answers():
    (address,) = (block.value for block in open_alone("match", link(1) | {"match_checked": "1"}).code)
    query = dict(pair.split("=") for pair in address.split("?")[1].split("&"))
    assert query == {"match_kind": "pictures", "picture": "cat", "match_round": "5", "match_level": "2"}
