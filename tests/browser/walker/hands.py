"""What a hand does inside our own parts: presses, types, chooses, drags; and the part that it does it to."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from playwright.sync_api import Locator, Page

if TYPE_CHECKING:
    from tests.browser.walker.acts import Act

T = TypeVar("T")
TYPED = ("0", "1", "15", "-3", "2.5", "1e9", "abc", "", "7")
NUMBERS = ("15", "12", "11", "10", "3", "7", "0", "-3", "2.5", "abc")  # many whose first digit is another number
KEYS = ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End", " ", "Enter")
TOUCHED = "button, input, select, summary, [tabindex]"  # as reading.js counts them
TAKING_BACK = ("undo", "redo")
SHORT_MS = 4000  # what is offered is there: whoever waits longer, waits for something that has just gone
_NEW = 0.7  # how often what was not tried yet is tried
_WHOLE = 24  # pixels: less is no drag
_TYPES = ("text", "number")


def drawn(part: Mapping[str, Any], chance: random.Random, tried: Collection[int] = ()) -> tuple[str, Any]:
    """A kind of act on a part, and how; rather on what was not `tried` in it, by its number."""
    touched = [one for one in part["touched"] if one["act"] not in (*TAKING_BACK, "camera")]
    kind = chance.choice(["hand"] * 6 * bool(touched) + ["drag", "drag", "point", "key"])
    if kind == "hand":  # its kind first: a kernel has a hundred cells and one box for its rows
        wanted = chance.choice(sorted({one["kind"] for one in touched}))
        one = rather_new([one for one in touched if one["kind"] == wanted], chance, lambda one: one["number"] in tried)
        return kind, (one["number"], one["kind"], _value(one, chance))
    if kind == "key":
        return kind, chance.choice(KEYS)
    return kind, tuple(round(chance.random(), 2) for _ in range(4 if kind == "drag" else 2))


def rather_new(things: Sequence[T], chance: random.Random, tried: Callable[[T], bool]) -> T:
    """One of the things, more often than not one that was not tried yet."""
    untried = [thing for thing in things if not tried(thing)]
    return chance.choice(untried if untried and chance.random() < _NEW else things)


def _value(one: Mapping[str, Any], chance: random.Random) -> Any:
    if one["kind"] in _TYPES:
        return chance.choice(TYPED if one["kind"] == "text" else NUMBERS)
    return chance.randrange(max(1, one["options"])) if one["kind"] == "select" else chance.choice(KEYS[:6])


def part(page: Page, number: str) -> Locator:
    """The how many-th of those in sight, as they were counted."""
    return page.locator("[data-testid=stMain] [data-testid^=stBidiComponent]:visible").nth(int(number))


def hand(page: Page, act: Act) -> None:
    number, kind, value = act.how
    one = part(page, act.on).locator(TOUCHED).nth(number)
    if kind == "select":
        one.select_option(index=value, timeout=SHORT_MS)
    elif kind in _TYPES:
        one.click(timeout=SHORT_MS)
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        page.keyboard.type(value, delay=30)
        page.keyboard.press("Tab")
    elif kind in ("button", "checkbox", "summary"):
        one.click(timeout=SHORT_MS)
    else:
        one.focus(timeout=SHORT_MS)
        page.keyboard.press(value)


def drag(page: Page, act: Act) -> None:
    one = part(page, act.on)
    one.scroll_into_view_if_needed(timeout=SHORT_MS)
    box = one.bounding_box(timeout=SHORT_MS)
    if box is None or min(box["width"], box["height"]) < _WHOLE:
        return
    top, left, bottom, right = act.how
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=4)
    page.mouse.up()


def point(page: Page, act: Act) -> None:
    one = part(page, act.on)
    box = one.bounding_box(timeout=SHORT_MS)
    if box is not None:
        across, down = act.how[0] * box["width"], act.how[1] * box["height"]
        one.click(position={"x": across, "y": down}, click_count=2, timeout=SHORT_MS, force=True)


def key(page: Page, act: Act) -> None:
    part(page, act.on).locator(TOUCHED).first.focus(timeout=SHORT_MS)
    page.keyboard.press(act.how)
