"""What the walker draws: every kind of control, with sensible and odd values, and every way to another screen."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from explorer.pictures.samples import sample_names
from pages.parts.shell.screens import SCREENS
from tests.browser.support.server import ROOT
from tests.browser.walker import hands
from tests.browser.walker.acts import SIZES, Act
from tests.browser.walker.hands import KEYS, TYPED, rather_new

LINKED = (*(text for text in TYPED if text), "deepfool", "9999", "Your own network", *sample_names()[:3])
#: The controls that a link can set, by their keys.
BOUND = frozenset(
    key
    for file in (ROOT / "pages").rglob("*.py")
    for key in re.findall(r'key="(\w+)",\s*bind="query-params"', file.read_text("utf-8"))
)
_STAYS = 0.8  # how often an open popover is used


def opening(chance: random.Random) -> str:
    """A screen, and half of the time a link to it that says picture and weights."""
    screen = chance.choice([file if file != "home" else "" for file, _, _ in SCREENS])
    wanted = f"?picture={chance.choice(sample_names())}&weights={chance.choice(('trained', 'random'))}"
    return screen + chance.choice(("", wanted))


def offered(
    screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act] = (), *, alone: bool = False
) -> Act:
    """One of the things to do on a screen as `reading.js` reads it; `alone`: on this screen, with nobody beside.

    A control that none of the acts `taken` was on comes more often than one that was tried.
    """
    if _within_popover(screen) and chance.random() < _STAYS:
        return _control(screen, chance, taken)
    kinds: list[Callable[..., Act]] = [_control] * 8 + ([] if alone else [_elsewhere] * 3 + [_link] * 2)
    kinds += [_part] * (8 if any(part["undo"] for part in screen["parts"]) else 3) if screen["parts"] else []
    kinds += [_fold] if screen["tabs"] or screen["folds"] else []
    kinds += [_open] * 3 if screen["popovers"] else []
    return chance.choice(kinds)(screen, chance, taken)


def _within_popover(screen: Mapping[str, Any]) -> list[str]:
    return [key for key, one in screen["controls"].items() if one["popover"] is not None]


def _control(screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act]) -> Act:
    controls = {key: one for key, one in screen["controls"].items() if one["kind"] in CONTROLS and key not in LEFT_OUT}
    if not controls:
        return Act("reload")
    keys = sorted(set(_within_popover(screen)) & set(controls) or controls)
    key = rather_new(keys, chance, {act.on for act in taken}.__contains__)
    kind, how = CONTROLS[controls[key]["kind"]]
    return Act(kind, key, how(controls[key], chance), controls[key]["popover"])


def _link(screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act]) -> Act:
    """A link to this screen that asks for something else; where no control can be set by one, another way."""
    bound = sorted(BOUND & set((screen["shows"] or {}).get("settings", ())))  # folded ones, too
    if not bound:
        return _elsewhere(screen, chance, taken)
    return Act("link", rather_new(bound, chance, {act.on for act in taken}.__contains__), chance.choice(LINKED))


def _elsewhere(screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act]) -> Act:
    title = chance.choice([title for _, title, _ in SCREENS])
    ways = (Act("go", title), Act("go", title), Act("reload"), Act("back"), Act("forward"))
    beside = Act("beside", chance.choice(("another visitor", "another tab")), chance.randrange(1000))
    return chance.choice((*ways, beside, Act("bring", how=chance.randrange(len(SIZES)))))


def _part(screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act]) -> Act:
    number = chance.randrange(len(screen["parts"]))
    tried = {act.how[0] for act in taken if (act.kind, act.on) == ("hand", str(number))}
    kind, how = hands.drawn(screen["parts"][number], chance, tried)
    return Act(kind, str(number), how)


def _fold(screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act]) -> Act:
    number = chance.randrange(screen["tabs"] + screen["folds"])
    return Act("tab", how=number) if number < screen["tabs"] else Act("unfold", how=number - screen["tabs"])


def _open(screen: Mapping[str, Any], chance: random.Random, taken: Collection[Act]) -> Act:
    tried = {act.how for act in taken if act.kind == "open"}
    return Act("open", how=rather_new(range(screen["popovers"]), chance, tried.__contains__))


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
