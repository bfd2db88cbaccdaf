"""What the walker does on a screen, by the kind of act."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.browser.support.driver import menu_link, upload
from tests.browser.walker import hands
from tests.browser.walker.hands import SHORT_MS

SIZES = ((40, 900), (7, 5), (333, 500))  # of own pictures: long, tiny, usual


@dataclass(frozen=True)
class Act:
    """One thing that a visitor does: `kind` is a name in DOING, `on` a control's key or a screen, `how` the value."""

    kind: str
    on: str = ""
    how: Any = None
    within: int | None = None  #: the number of the popover that the control stands in

    def __str__(self) -> str:
        where = "" if self.within is None else f"(in popover {self.within})"
        return " ".join(str(part) for part in (self.kind, self.on, self.how, where) if part not in ("", None))


def _type(page: Page, act: Act) -> None:
    """Digit by digit, as people do: what is half typed must not count."""
    field = page.locator(f".st-key-{act.on} input, .st-key-{act.on} textarea").first
    field.click(timeout=SHORT_MS)
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(act.how, delay=30)
    page.keyboard.press("Tab")


def _choose(page: Page, act: Act) -> None:
    page.locator(f".st-key-{act.on} [role=combobox], .st-key-{act.on} input").first.click(timeout=SHORT_MS)
    for _ in range(act.how):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def _slide(page: Page, act: Act) -> None:
    page.locator(f".st-key-{act.on} [role=slider]").first.focus(timeout=SHORT_MS)
    page.keyboard.press(act.how)


def _go(page: Page, act: Act) -> None:
    menu_link(page, act.on).click(timeout=SHORT_MS)


def _link(page: Page, act: Act) -> None:
    """Open what the address says, with another value for one thing."""
    parts = urlsplit(page.url)
    asked = dict(parse_qsl(parts.query)) | {act.on: act.how}
    page.goto(urlunsplit(parts._replace(query=urlencode(asked))))


def _bring(page: Page, act: Act) -> None:
    height, width = SIZES[act.how]
    file = io.BytesIO()
    pixels = np.random.default_rng(act.how).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    upload(page, f"own {width} × {height}.png", file.getvalue())


def _pick(page: Page, act: Act) -> None:
    page.locator(f".st-key-{act.on} button").nth(act.how).click(timeout=SHORT_MS)


def open_popover(page: Page, number: int) -> None:
    """Open a popover, by its number among those of the screen, if it is not open."""
    buttons = page.locator("[data-testid=stMain] [data-testid=stPopoverButton]:not(.st-key-tools *):visible")
    if buttons.nth(number).get_attribute("aria-expanded", timeout=SHORT_MS) != "true":
        buttons.nth(number).click(timeout=SHORT_MS)


#: By the kind of act. "beside", what somebody else does meanwhile, needs a browser of its own: see `walk`.
DOING: Mapping[str, Callable[[Page, Act], Any]] = {
    "press": lambda page, act: page.locator(f".st-key-{act.on} button").first.click(timeout=SHORT_MS),
    "switch": lambda page, act: page.locator(f".st-key-{act.on} label").first.click(timeout=SHORT_MS),
    "tab": lambda page, act: page.locator("[data-testid=stMain] [role=tab]:visible").nth(act.how).click(),
    "unfold": lambda page, act: page.locator("[data-testid=stMain] summary:visible").nth(act.how).click(),
    "open": lambda page, act: open_popover(page, act.how),
    "reload": lambda page, act: page.reload(),
    "back": lambda page, act: page.go_back(),
    "forward": lambda page, act: page.go_forward(),
    "choose": _choose, "slide": _slide, "type": _type, "pick": _pick, "go": _go, "bring": _bring,
    "link": _link, "hand": hands.hand, "drag": hands.drag, "point": hands.point, "key": hands.key,
}  # fmt: skip
