"""A few short walks of the walker, and that each of its promises sees what breaks it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.walker.promises import no_failure, same_again, well_written
from tests.browser.walker.walk import walk

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_walk_breaks_nothing(browser: Browser, app_url: str, seed: int):
    walk(browser, app_url, seed, 5)


SCREEN = {
    "title": "Edges", "words": "Where brightness changes most, and which way its edges run: 1 level, −3, 2.5 × 10³.",
    "exceptions": [], "dialogs": [], "errors": [], "controls": {"a": {"value": "1", "sidebar": False}}, "url": "/edges",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "promise"),
    [
        ({"exceptions": ["KeyError"]}, no_failure), ({"dialogs": ["Bad delta path index 4"]}, no_failure),
        ({"words": ""}, no_failure), ({"title": ""}, no_failure), ({"errors": ["404"]}, no_failure),
        ({"words": "1 levels"}, well_written), ({"words": "at -3 of"}, well_written),
        ({"words": "−0.00"}, well_written),
        ({"words": "nan %"}, well_written), ({"words": "1e-06"}, well_written),
    ],
)  # fmt: skip
def test_each_promise_sees_what_breaks_it(changed, promise):
    assert not list(promise(SCREEN))
    assert list(promise(SCREEN | changed))


def test_a_link_that_gives_another_value_or_other_words_is_seen():
    assert not list(same_again(SCREEN, SCREEN, "by link"))
    assert list(same_again(SCREEN, SCREEN | {"controls": {"a": {"value": "2", "sidebar": False}}}, "by link"))
    assert list(same_again(SCREEN, SCREEN | {"words": "other"}, "by link"))
