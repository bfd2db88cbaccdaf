"""What the walker can do on a screen: every kind of control, with sensible and odd values, and every way to another."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from explorer.pictures.samples import sample_names
from pages.parts.shell.screens import SCREENS
from tests.browser.support.driver import menu_link, upload
from tests.browser.support.server import ROOT
from tests.browser.walker import hands
from tests.browser.walker.hands import KEYS, SHORT_MS, TYPED

LINKED = (*(text for text in TYPED if text), "deepfool", "9999", "Your own network", *sample_names()[:3])
#: The controls that a link can set, by their keys.
BOUND = frozenset(
    key
    for file in (ROOT / "pages").rglob("*.py")
    for key in re.findall(r'key="(\w+)",\s*bind="query-params"', file.read_text("utf-8"))
)
SIZES = ((40, 900), (7, 5), (333, 500))  # of own pictures: long, tiny, usual


@dataclass(frozen=True)
class Act:
    """One thing that a visitor does: `kind` is a name in DOING, `on` a control's key or a screen, `how` the value."""

    kind: str
    on: str = ""
    how: Any = None

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.kind, self.on, self.how) if part not in ("", None))


def opening(chance: random.Random) -> str:
    """A screen, and half of the time a link to it that says picture and weights."""
    screen = chance.choice([file if file != "home" else "" for file, _, _ in SCREENS])
    wanted = f"?picture={chance.choice(sample_names())}&weights={chance.choice(('trained', 'random'))}"
    return screen + chance.choice(("", wanted))


def offered(screen: Mapping[str, Any], chance: random.Random, *, alone: bool = False) -> Act:
    """One of the things to do on a screen as `reading.js` reads it; `alone`: on this screen, with nobody beside."""
    kinds = [_control] * 8 + ([] if alone else [_elsewhere] * 3)
    kinds += [_part] * (8 if any(part["undo"] for part in screen["parts"]) else 3) if screen["parts"] else []
    kinds += [_fold] if screen["tabs"] or screen["folds"] else []
    return chance.choice(kinds)(screen, chance)


def _control(screen: Mapping[str, Any], chance: random.Random) -> Act:
    controls = {key: one for key, one in screen["controls"].items() if one["kind"] in CONTROLS and key not in LEFT_OUT}
    if not controls:
        return Act("reload")
    key = chance.choice(sorted(controls))
    kind, how = CONTROLS[controls[key]["kind"]]
    return Act(kind, key, how(controls[key], chance))


def _elsewhere(screen: Mapping[str, Any], chance: random.Random) -> Act:
    title = chance.choice([title for _, title, _ in SCREENS])
    ways = (Act("go", title), Act("go", title), Act("reload"), Act("back"), Act("forward"))
    if chance.random() < 0.2 and (bound := sorted(BOUND & set(screen["controls"]))):
        return Act("link", chance.choice(bound), chance.choice(LINKED))
    beside = Act("beside", chance.choice(("another visitor", "another tab")), chance.randrange(1000))
    return chance.choice((*ways, beside, Act("bring", how=chance.randrange(len(SIZES)))))


def _part(screen: Mapping[str, Any], chance: random.Random) -> Act:
    number = chance.randrange(len(screen["parts"]))
    kind, how = hands.drawn(screen["parts"][number], chance)
    return Act(kind, str(number), how)


def _fold(screen: Mapping[str, Any], chance: random.Random) -> Act:
    number = chance.randrange(screen["tabs"] + screen["folds"])
    return Act("tab", how=number) if number < screen["tabs"] else Act("unfold", how=number - screen["tabs"])


#: By Streamlit's kind of widget: the kind of act, and how its value is drawn.
CONTROLS: Mapping[str, tuple[str, Callable[[Mapping[str, Any], random.Random], Any]]] = {
    "stButton": ("press", lambda _, chance: None),
    "stSelectbox": ("choose", lambda _, chance: chance.randrange(1, 8)),
    "stSlider": ("slide", lambda _, chance: chance.choice(KEYS[:6])),
    "stNumberInput": ("type", lambda _, chance: chance.choice(TYPED)),
    "stTextInput": ("type", lambda _, chance: chance.choice(TYPED)),
    "stCheckbox": ("switch", lambda _, chance: None),
    "stButtonGroup": ("pick", lambda control, chance: chance.randrange(max(1, control["count"]))),
}
#: Networks whose weights must be fetched first: there is no network here.
LEFT_OUT = ("network", "network_words")


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


#: By the kind of act. "beside", what somebody else does meanwhile, needs a browser of its own: see `walk`.
DOING: Mapping[str, Callable[[Page, Act], Any]] = {
    "press": lambda page, act: page.locator(f".st-key-{act.on} button").first.click(timeout=SHORT_MS),
    "switch": lambda page, act: page.locator(f".st-key-{act.on} label").first.click(timeout=SHORT_MS),
    "tab": lambda page, act: page.locator("[data-testid=stMain] [role=tab]:visible").nth(act.how).click(),
    "unfold": lambda page, act: page.locator("[data-testid=stMain] summary:visible").nth(act.how).click(),
    "reload": lambda page, act: page.reload(),
    "back": lambda page, act: page.go_back(),
    "forward": lambda page, act: page.go_forward(),
    "choose": _choose, "slide": _slide, "type": _type, "pick": _pick, "go": _go, "bring": _bring,
    "link": _link, "hand": hands.hand, "drag": hands.drag, "point": hands.point, "key": hands.key,
}  # fmt: skip
