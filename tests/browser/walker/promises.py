"""What must always hold, whatever a visitor has done: each promise looks at a screen and says what is broken."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

Screen = Mapping[str, Any]  # as reading.js reads it, with "url" and "errors" beside

# Words that say how long something took, or what this visit has done so far: no link can give them again.
_PASSING = re.compile(r"\d[\d.,]* (ms|s|seconds?|passes? a second|MB in use)\b|\bstep \d+|·\s*\d+%")


def no_failure(screen: Screen) -> Iterator[str]:
    """No traceback, no error dialog, no blank page, no console error of ours."""
    for text in screen["exceptions"]:
        yield f"an exception box: {text}"
    for text in screen["dialogs"]:
        if re.search("error|bad ", text, re.I):
            yield f"an error dialog: {text}"
    for text in screen["errors"]:
        yield f"an error in the console: {text}"
    if not screen["title"] or len(screen["words"]) < 40:
        yield f"a blank page at {screen['url']}"


def belongs_to_the_picture(screen: Screen) -> Iterator[str]:
    """What is shown is of the picture in use, and so is the link."""
    used = screen["picture"]
    for shown in screen["shows"]:
        if "picture" in shown and used and shown["picture"] != used:
            yield f"it shows {shown['picture']!r}, but the picture in use is {used!r}"
    linked = parse_qs(urlsplit(screen["url"]).query).get("picture")
    if linked and used and not used.startswith("own") and linked[0] != used:
        yield f"the link says picture={linked[0]}, the picture in use is {used!r}"


def well_written(screen: Screen) -> Iterator[str]:
    """No number or word that a programme leaves where a person would not write it."""
    for pattern, why in _ILL_WRITTEN.items():
        for found in re.finditer(pattern, screen["words"]):
            around = screen["words"][max(0, found.start() - 30) : found.end() + 30].replace("\n", " ")
            yield f"{why}: “…{around}…”"


_ILL_WRITTEN = {
    r"(?<![\w.])-\d": "a hyphen for a minus",
    r"[-−]0(?:\.0+)?(?![\d.,])": "minus zero",
    r"(?<![\d.,×])1 (?:levels|steps|units|pixels|pictures|layers|draws|passes|maps)\b": "a plural of one",
    r"\b(?:None|nan|NaN|inf)\b(?! of)": "a word of Python's",
    r"\b\d(?:\.\d+)?e[-−+]\d+": "a number in a programmer's writing",
}

ALWAYS: tuple[Callable[[Screen], Iterator[str]], ...] = (no_failure, belongs_to_the_picture, well_written)


def same_again(before: Screen, after: Screen, what: str) -> Iterator[str]:
    """The controls that both show say the same, and so do the words."""
    for key, control in before["controls"].items():
        other = after["controls"].get(key)
        if other is not None and control["value"] != other["value"]:
            yield f"{what}: {key} is {other['value']!r}, it was {control['value']!r}"
    old, new = (_PASSING.sub("…", screen["words"]).splitlines() for screen in (before, after))
    changed = [line for line in difflib.unified_diff(old, new, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")]
    if changed:
        yield f"{what}: other words: {' | '.join(changed[:6])}"


def kept(before: Screen, after: Screen) -> Iterator[str]:
    """What a visitor had set is still set when they come back to a screen."""
    for key, control in before["controls"].items():
        other = after["controls"].get(key)
        if other is not None and not control["sidebar"] and control["value"] != other["value"]:
            yield f"back on {after['title']}: {key} is {other['value']!r}, it was {control['value']!r}"
