"""The quiz on screen: a round, its score, its reasons and its link."""

from __future__ import annotations

from base64 import b64decode
from functools import partial

import pytest

from explorer.one_dimension.quiz import make_round
from tests.support.alone import open_alone

pytestmark = pytest.mark.usefixtures("cold")

screen = partial(open_alone, "match")


def link(seed: int, level: int, *, wrong: int = 0) -> dict[str, str]:
    """A round with all right answers chosen, but for the first `wrong`."""
    query = {"match_round": str(seed), "match_level": str(level)}
    for i, (s, k) in enumerate(make_round(seed, level).answer):
        query[f"match_signal_{i + 1}"] = "ABCD"[(s + 1) % 4 if i < wrong else s]
        query[f"match_kernel_{i + 1}"] = "1234"[k]
    return query


@pytest.mark.parametrize(("wrong", "level"), [(0, 1), (1, 2), (4, 3)])
def test_a_round_from_a_link_is_scored_with_a_reason_for_each(wrong, level):
    at = screen(link(5, level, wrong=wrong))
    assert not at.success
    at.button("match_check").click().run()
    assert not at.exception
    assert (len(at.success), len(at.warning)) == (4 - wrong, wrong)
    assert all(w.value.startswith("✗ Right kernel, wrong signal.") for w in at.warning)
    assert f"Right so far: **{4 - wrong} of 4**" in [m.value for m in at.markdown]


def test_checking_twice_counts_once_and_the_next_round_begins_empty():
    at = screen(link(5, 1))
    at.button("match_check").click().run()
    at.button("match_check").click().run()
    assert "Right so far: **4 of 4**" in [m.value for m in at.markdown]
    at.button("match_next").click().run()
    assert not at.exception
    assert at.number_input("match_round").value == 6
    assert not at.success
    at.button("match_check").click().run()
    assert len(at.info) == 4
    assert "Right so far: **4 of 8**" in [m.value for m in at.markdown]


def test_a_link_to_a_checked_round_shows_its_reasons_and_the_next_round_none():
    at = screen(link(5, 2, wrong=1) | {"match_checked": "1"})
    assert (len(at.success), len(at.warning), len(at.info)) == (3, 1, 0)
    at.button("match_next").click().run()
    assert len(at.success) == len(at.warning) == len(at.info) == 0
    assert "match_checked" not in at.query_params


def test_nonsense_in_the_link_is_ignored():
    at = screen({"match_round": "x", "match_level": "9", "match_signal_1": "Z"})
    assert not at.exception
    assert [at.session_state[key] for key in ("match_round", "match_level", "match_signal_1")] == [0, 1, None]
    said = " ".join(one.value.replace("\\", "") for one in at.toast)
    assert all(f"match_{wish}" in said for wish in ("round=x", "level=9", "signal_1=Z"))


def test_every_curve_is_a_picture_since_streamlit_takes_svg_out_of_html():
    drawn = [element.proto.body for element in screen().get("html")]
    sketches = [body for body in drawn if "data:image/svg+xml" in body]
    assert len(sketches) == 12
    assert not any("<svg" in body for body in sketches)


@pytest.mark.parametrize(("query", "wide"), [({}, b'stroke-width="1.8"'), ({"project": "1"}, b'stroke-width="3"')])
def test_curves_are_wider_on_the_projector(query, wide):
    drawn = [body for body in (one.proto.body for one in screen(query).get("html")) if "data:image/svg+xml" in body]
    sources = [b64decode(body.partition("base64,")[2].partition('"')[0]) for body in drawn]
    assert [wide in one for one in sources].count(True) == 8  # the other four are stems
