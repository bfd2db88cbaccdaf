"""A few short walks of the walker, that each of its promises sees what breaks it, and that a failing walk says how."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext

import pytest
from playwright.sync_api import Browser

from tests.browser.walker import offers
from tests.browser.walker import walk as walking
from tests.browser.walker.__main__ import report
from tests.browser.walker.promises import (
    belongs_to_what_is_set,
    brought_back,
    can_be_taken_back,
    code_belongs,
    code_follows,
    followed_or_said,
    goes_into_the_code,
    kept,
    no_failure,
    said_what_is_not_carried,
    same_again,
    same_code,
    well_written,
)
from tests.browser.walker.shortening import shortest
from tests.browser.walker.walk import walk

SEEDS = (1,)  # more of them: make walk


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_walk_breaks_nothing(browser: Browser, app_url: str, seed: int):
    walk(browser, app_url, seed, 5)


def control(value: str | None, kind: str = "stTextInput") -> dict:
    return {"kind": kind, "value": value, "count": 1, "sidebar": False, "popover": None}


SHOWS = {"run": 3, "picture": "cat", "network": "efficientnet_lite0", "weights": "trained",
         "settings": {"a": "1", "angle": 30, "on": True}}  # fmt: skip
SCREEN = {
    "title": "Edges", "words": "Where brightness changes most, and which way its edges run: 1 level, −3, 2.5 × 10³.",
    "exceptions": [], "dialogs": [], "errors": [], "url": "/edges?picture=cat&angle=30", "beside": "", "rest": True,
    "working": False, "answered": False, "picture": "cat", "shows": SHOWS, "tabs": 0, "folds": 0, "popovers": 0,
    "toasts": [], "parts": [{"undo": True, "touched": [], "set": ["Weight 1: 0.5"]}],
    "controls": {"a": control("1"), "angle": control("30", "stSlider"), "on": control("true", "stCheckbox"),
                 "network": control("EfficientNet-Lite0", "stSelectbox"),
                 "picture": control("cat", "stSelectbox"), "go": control(None, "stButton")},
}  # fmt: skip
SCREEN["lasting"] = SCREEN["words"]
NOTE = SCREEN["words"] + "\nEfficientNet-Lite0, {}: 4.7 million parameters"


def with_control(key: str, value: str | None) -> dict:
    controls = SCREEN["controls"]
    return {"controls": controls | {key: controls[key] | {"value": value}}}


@pytest.mark.parametrize(
    ("changed", "promise"),
    [
        ({"exceptions": ["KeyError"]}, no_failure), ({"dialogs": ["Bad delta path index 4"]}, no_failure),
        ({"words": ""}, no_failure), ({"title": ""}, no_failure), ({"errors": ["404"]}, no_failure),
        ({"words": "1 levels"}, well_written), ({"words": "at -3 of"}, well_written),
        ({"words": "−0.00"}, well_written),
        ({"words": "nan %"}, well_written), ({"words": "1e-06"}, well_written),
        ({"shows": None}, belongs_to_what_is_set), ({"picture": "flower"}, belongs_to_what_is_set),
        ({"url": "/edges?picture=flower"}, belongs_to_what_is_set),
        ({"url": "/edges?angle=31"}, belongs_to_what_is_set),
        ({"words": NOTE.format("random weights")}, belongs_to_what_is_set),
        (with_control("network", "VGG-16"), belongs_to_what_is_set),
        (with_control("picture", "flower"), belongs_to_what_is_set), (with_control("a", "2"), belongs_to_what_is_set),
        (with_control("angle", "31"), belongs_to_what_is_set), (with_control("on", "false"), belongs_to_what_is_set),
    ],
)  # fmt: skip
def test_each_promise_sees_what_breaks_it(changed, promise):
    assert not list(promise(SCREEN))
    assert list(promise(SCREEN | changed))


def test_words_of_the_network_that_was_used_are_no_fault():
    assert not list(belongs_to_what_is_set(SCREEN | {"words": NOTE.format("trained on ImageNet")}))


def test_what_is_lost_on_the_way_back_is_seen():
    assert not list(kept(SCREEN, SCREEN))
    assert list(kept(SCREEN, SCREEN | with_control("a", "2")))
    assert not list(kept(SCREEN | with_control("a", None), SCREEN))  # out of range


def test_a_link_that_gives_another_value_or_other_words_is_seen():
    assert not list(same_again(SCREEN, SCREEN, "by link"))
    assert list(same_again(SCREEN, SCREEN | with_control("a", "2"), "by link"))
    assert not list(same_again(SCREEN | with_control("a", None), SCREEN, "by link"))  # out of range
    assert list(same_again(SCREEN, SCREEN | {"lasting": "other"}, "by link"))
    assert not list(same_again(SCREEN, SCREEN | {"lasting": SCREEN["lasting"] + "\n\u2060\n"}, "by link"))
    assert not list(same_again(SCREEN, SCREEN | {"lasting": SCREEN["lasting"] + "\nRight so far: 1 of 4\n"}, "by link"))
    assert not list(same_code(["a"], ["a"], "by link"))
    assert list(same_code(["a"], ["b"], "by link"))


@pytest.mark.parametrize(
    ("asked", "changed", "good"),
    [
        ("30", {}, True), ("30.0", {"url": "/edges"}, True), ("999", {"url": "/edges?angle=999"}, True),
        ("999", {"url": "/edges"}, False), ("999", {"url": "/edges", "controls": {}}, False),  # out of sight
        ("30 or so", {"url": "/edges"}, True),
        ("999", {"url": "/edges", "toasts": ["Damaged link: angle=999 can't be read and is ignored."]}, True),
        ("999", {"url": "/edges", "words": "The link asks for “999” as Angle, which isn't available"}, True),
        ("999", {"url": "/edges", "words": "It fooled 999 times"}, False),
        ("Yours", {"url": "/edges", "words": "This link was made with something that a link can't carry"}, True),
    ],
)  # fmt: skip
def test_a_value_of_the_link_that_is_not_followed_must_be_said(asked, changed, good):
    assert bool(list(followed_or_said(SCREEN | changed, "angle", asked))) is not good


def test_a_setting_that_is_computed_by_must_be_in_the_code():
    assert goes_into_the_code("attack_seed")
    assert not goes_into_the_code("attack_view")
    assert not goes_into_the_code("learning_seed")  # which waits for a button
    other = SCREEN | {
        "shows": SHOWS | {"settings": SHOWS["settings"] | {"angle": 31}}
    }  # its control may be out of sight
    assert list(code_follows("angle", SCREEN, other, (["a"], ["a"])))
    assert not list(code_follows("angle", SCREEN, other, (["a"], ["b"])))
    assert not list(code_follows("angle", SCREEN, SCREEN, (["a"], ["a"])))
    assert not list(code_follows("angle", SCREEN, other, ([], [])))


def test_what_is_taken_back_must_be_all_that_was():
    assert not list(brought_back(SCREEN, SCREEN, "after undo"))
    assert not list(brought_back(SCREEN, SCREEN | {"url": SCREEN["url"] + "&k=3x3"}, "after undo"))  # the usual, said
    part = SCREEN["parts"][0]
    for changed in ({"url": "/edges?angle=31"}, {"lasting": "other"}, {"parts": [part | {"set": ["Weight 1: 0.6"]}]}):
        assert list(brought_back(SCREEN, SCREEN | changed, "after undo"))
    faulty = SCREEN | {"parts": [part | {"set": ["Weight 1: faulty"]}]}
    assert not list(brought_back(faulty, SCREEN, "after undo"))
    assert list(brought_back(SCREEN, faulty, "after undo"))
    assert list(can_be_taken_back(part))
    assert not list(can_be_taken_back(part | {"touched": [{"act": "undo"}]}))


def test_what_a_link_cannot_carry_must_be_said():
    url = {"url": "/edges?picture=your+own+picture"}
    said = {"beside": "This link was made with the sender's own picture, which a link can't carry."}
    assert list(said_what_is_not_carried(SCREEN | url, SCREEN))
    assert not list(said_what_is_not_carried(SCREEN | url, SCREEN | said))


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("network = explorer.load_network('efficientnet_lite0')\nimage = explorer.sample('cat')", True),
        ("print(1)", True), ("image = explorer.sample('flower')", False),
        ("image = explorer.open_image('picture.jpg')", False),
        ("network = explorer.load_network('efficientnet_lite0', pretrained=False)", False),
        ("network = explorer.load_network('vgg16')", False),
    ],
)  # fmt: skip
def test_code_of_another_picture_or_network_is_seen(code, good):
    assert bool(list(code_belongs(SCREEN, [code]))) is not good


@pytest.mark.parametrize("needed", [(), (3,), (0, 9), (2, 3, 7)])
def test_of_many_acts_those_are_kept_that_are_needed(needed):
    tried = []

    def fails(acts):
        tried.append(acts)
        return set(needed) <= set(acts)

    assert shortest(range(10), fails, 100) == list(needed)
    assert max(Counter(map(tuple, tried)).values()) <= 3
    tried.clear()
    assert set(needed) <= set(shortest(range(10), fails, 3))
    assert len(tried) == 3 or not needed


class Told:
    """A visitor without a browser, to whom a wrong number is shown once "go" was pressed."""

    def __init__(self, *_: object) -> None:
        self.base, self.browser, self.context, self.pressed = "", None, None, False

    def open(self, path: str) -> None:
        self.pressed = False

    def read(self) -> dict:
        return SCREEN | ({"words": f"{SCREEN['words']} Of 1 levels."} if self.pressed else {})

    drawn_anew = read

    def code(self) -> list[str]:
        return []


@pytest.fixture
def without_browser(monkeypatch) -> None:
    @contextmanager
    def visiting(*_: object):
        yield Told()

    def do(visitor: Told, act: walking.Act) -> None:
        visitor.pressed |= act.on == "go"

    monkeypatch.setattr(walking, "visiting", visiting)
    monkeypatch.setattr(walking, "_do", do)
    monkeypatch.setattr(offers, "BOUND", frozenset())  # nobody follows a link


@pytest.mark.usefixtures("without_browser")
def test_a_walk_that_breaks_a_promise_tells_its_seed_and_the_fewest_acts(capsys):
    found: Counter[str] = Counter()
    report(None, "", 6, 40, "edges", found)
    said = capsys.readouterr().out
    assert said.startswith("seed 6: a plural of one: “")
    assert said.rstrip().splitlines()[1:] == ["from /edges", "  1. press go"]
    assert sum(found.values()) == 1
    report(None, "", 6, 40, "edges", found)
    assert not capsys.readouterr().out
    assert sum(found.values()) == 2


@pytest.mark.usefixtures("without_browser")
def test_a_walk_that_breaks_nothing_tells_nothing(capsys, monkeypatch):
    monkeypatch.setattr(walking, "_do", lambda *_: None)
    found: Counter[str] = Counter()
    report(None, "", 6, 40, "edges", found)
    assert not capsys.readouterr().out
    assert not found


class Late(Told):
    """One to whom the run that the act asked for is shown at the `shown`-th look only."""

    shown = 3

    def __init__(self, *_: object) -> None:
        super().__init__()
        self.looks = 0

    def read(self) -> dict:
        self.looks += self.pressed
        return SCREEN | (with_control("a", "2") if 0 < self.looks < self.shown else {})


@pytest.mark.parametrize(("shown", "good"), [(3, True), (10**9, False)])
def test_what_an_act_asked_for_may_come_a_little_later_and_must_come(shown, good, monkeypatch):
    monkeypatch.setattr(Late, "shown", shown)
    monkeypatch.setattr(walking, "ON_ITS_WAY_S", 0.1)
    monkeypatch.setattr(walking, "_do", lambda visitor, _: setattr(visitor, "pressed", True))
    way = walking.Walk(Late(), "edges")
    way.begin()
    with nullcontext() if good else pytest.raises(walking.Broken, match="shows the result of a="):
        way.take(walking.Act("press", "go"))
