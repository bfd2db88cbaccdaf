"""What must always hold, whatever a visitor has done: each promise looks at a screen and says what is broken."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from explorer.pictures.samples import sample_names
from pages.parts.pickers.network_words import title as network_title
from pages.parts.pickers.picture import YOURS
from tests.support.wording import ill_written

Screen = Mapping[str, Any]  # as reading.js reads it, with "url", "errors" and whether it is at "rest" beside

# Words that say how long something took, what this visit has done so far, or what is open: no link can give them again.
_PASSING = re.compile(
    r"\bexpand_(?:less|more)\b|\d[\d.,]* (ms|s|seconds?|passes? a second|MB in use)\b|\bstep \d+|·\s*\d+%"
    r"|Right so far: \d+ of \d+"
)


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


def belongs_to_what_is_set(screen: Screen) -> Iterator[str]:
    """What the server went by when it last drew is what picture, network, controls, words and link say now."""
    went_by = screen["shows"]
    if went_by is None:
        yield f"the screen does not say what it shows the result of, at {screen['url']}"
        return
    link = {key: texts[0] for key, texts in parse_qs(urlsplit(screen["url"]).query).items()}
    yield from _of_the_picture(screen, went_by["picture"], link.get("picture"))
    yield from _of_the_network(screen, went_by["network"], went_by["weights"])
    for key, control in screen["controls"].items():
        if differ(went_by["settings"].get(key), control):
            yield f"it shows the result of {key}={went_by['settings'][key]!r}, the control says {control['value']!r}"
        if key in link and differ(link[key], control):
            yield f"the link says {key}={link[key]!r}, the control {control['value']!r}"


def _of_the_picture(screen: Screen, name: str, linked: str | None) -> Iterator[str]:
    used = screen["picture"]
    if used and used != name:
        yield f"it shows the result of {name!r}, but the picture in use is {used!r}"
    if linked and used and not used.startswith("own") and linked != used:
        yield f"the link says picture={linked}, the picture in use is {used!r}"
    box = screen["controls"].get("picture")
    if box and used and box["value"] != (used if used in sample_names() else YOURS):
        yield f"the box says {box['value']!r}, the picture in use is {used!r}"


def _of_the_network(screen: Screen, name: str, weights: str) -> Iterator[str]:
    """The line on the network in use and the box say the network that was used."""
    box, said = screen["controls"].get("network"), _NOTE.search(screen["words"])
    title = network_title(name)
    if box is not None and box["value"] != title and "has to be downloaded first" not in screen["words"]:
        yield f"it shows the result of the network {title!r}, but the box says {box['value']!r}"
    if said and (said["title"] != title or (said["kind"] == "random weights") != (weights == "random")):
        yield f"it shows the result of {title!r}, weights {weights}, but the words say {said[0]!r}"


_NOTE = re.compile(
    r"^(?P<title>.+), (?P<kind>your own weights|trained here|trained on ImageNet|random weights): [\d.]+ m", re.M
)


def differ(text: object, control: Mapping[str, Any]) -> bool:
    """Whether a setting is another than its control shows; a number is one however it is written.

    A box shows a choice by other words than the setting has: those that aren't alike can't be compared.
    """
    shown = control["value"]
    if text is None or shown is None:
        return False
    if control["kind"] == "stCheckbox":
        return str(text).lower() != shown
    if control["kind"] in ("stSlider", "stNumberInput"):
        one, other = _numbers(text), _numbers(shown)
        return len(one) == len(other) and one != other
    return control["kind"] == "stTextInput" and str(text) != shown


def _numbers(text: object) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", str(text).replace("−", "-").replace(",", ""))]


def code_belongs(screen: Screen, snippets: Sequence[str]) -> Iterator[str]:
    """A snippet loads the network and opens the picture in use, where it loads or opens any."""
    for code in snippets:
        networks = re.findall(r"load_network\('([^']+)'(, pretrained=False)?", code)
        wanted = (screen["shows"]["network"], ", pretrained=False" if screen["shows"]["weights"] == "random" else "")
        if networks and wanted not in networks:
            yield f"the code loads {networks[0]}, in use is {wanted}"
        pictures = re.findall(r"explorer\.(?:sample|open_image)\('([^']+)'\)", code)
        name = "picture.jpg" if screen["picture"].startswith("own") else screen["picture"]
        if pictures and name and name not in pictures:
            yield f"the code opens {pictures}, the picture in use is {name!r}"


NOT_CARRIED = "a link can't carry"  # what is said of a picture or network of the link's maker


def followed_or_said(screen: Screen, key: str, asked: str) -> Iterator[str]:
    """What the link asked of a control is what it shows, or it is said that it can't be."""
    settings = (screen["shows"] or {}).get("settings", {})
    value = screen["controls"].get(key, {"value": settings.get(key)})["value"]
    if value is None:
        return
    kept = key in parse_qs(urlsplit(screen["url"]).query)
    usual = asked.casefold() == str(value).casefold() or [*_numbers(asked)] == _numbers(value) != []
    told = [*screen["toasts"], *(line for line in screen["words"].splitlines() if "link" in line)]
    if not (kept or usual or any(asked in line or NOT_CARRIED in line for line in told)):
        yield f"nothing says that the link's {key}={asked!r} is not followed: the control is {value!r}"


# Controls by whose value something is computed at once, so that its code can't be without it.
_COMPUTED_BY = re.compile(r"^(attack|many|defence|unit)_(\w+_)?(seed|steps?|epochs|restarts|linf|l2|epsilon)$")


def goes_into_the_code(key: str) -> bool:
    """Whether what is computed goes by this control."""
    return bool(_COMPUTED_BY.search(key))


def code_follows(key: str, before: Screen, after: Screen, codes: tuple[Sequence[str], Sequence[str]]) -> Iterator[str]:
    """With another value of what is computed by, the code to take away is another."""
    old, new = ((screen["shows"] or {}).get("settings", {}).get(key) for screen in (before, after))
    if None not in (old, new) and old != new and all(codes) and list(codes[0]) == list(codes[1]):
        yield f"{key} went from {old!r} to {new!r}, and the code stays as it was"


_LOOKS = ("pin", "at", "picture")  # what says where one looks, not what one has made


def made(screen: Screen) -> dict[str, str]:
    """What a visitor has made, as the link says it."""
    return {key: text for key, text in parse_qsl(urlsplit(screen["url"]).query) if key not in _LOOKS}


def can_be_taken_back(part: Mapping[str, Any]) -> Iterator[str]:
    """A part in which something was changed offers to take it back."""
    if not any(one["act"] == "undo" for one in part["touched"]):
        yield "what the hand has changed can't be taken back"


def brought_back(before: Screen, after: Screen, what: str) -> Iterator[str]:
    """All is as it was: link, controls, words, and what is set in our own parts, but for what was marked as faulty.

    What was usual a link may now say.
    """
    now = made(after)
    for key, text in made(before).items():
        if now.get(key) != text:
            yield f"{what}: the link says {key}={now.get(key)!r}, it said {text!r}"
    yield from same_again(before, after, what)
    for old, new in zip(before["parts"], after["parts"], strict=False):
        for one, other in zip(old["set"], new["set"], strict=False):
            if one != other and not one.endswith(": faulty"):
                yield f"{what}: {other!r}, it was {one!r}"


def said_what_is_not_carried(screen: Screen, seen: Screen) -> Iterator[str]:
    """A link made with a picture of one's own says to whoever opens it that it can't carry that."""
    if "picture=" in screen["url"] and NOT_CARRIED not in seen["beside"]:
        yield f"the link {screen['url']} says nothing of the sender's own picture"


def well_written(screen: Screen) -> Iterator[str]:
    """No number or word that a programme leaves where a person would not write it."""
    yield from ill_written(screen["words"])


ALWAYS: tuple[Callable[[Screen], Iterator[str]], ...] = (no_failure, belongs_to_what_is_set, well_written)


def same_again(before: Screen, after: Screen, what: str) -> Iterator[str]:
    """The controls that both show say the same, and so do the words."""
    for key, old, new in _other_values(before, after):
        yield f"{what}: {key} is {new!r}, it was {old!r}"
    old, new = (_lines(_PASSING.sub("…", screen["lasting"])) for screen in (before, after))
    changed = [line for line in difflib.unified_diff(old, new, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")]
    if changed:
        yield f"{what}: other words: {' | '.join(changed[:6])}"


def _lines(words: str) -> list[str]:
    """Those that have a word: where something was left out, lines of blanks and joiners stay."""
    return [line for line in words.splitlines() if re.search(r"\w", line)]


def same_code(before: Sequence[str], after: Sequence[str], what: str) -> Iterator[str]:
    """The code to take away is the same, where both could be read."""
    if before and after and list(before) != list(after):
        yield f"{what}: other code: {' | '.join(after)[:300]!r}, it was {' | '.join(before)[:300]!r}"


def kept(before: Screen, after: Screen) -> Iterator[str]:
    """What a visitor had set is still set when they come back to a screen."""
    for key, old, new in _other_values(before, after):
        if not before["controls"][key]["sidebar"]:
            yield f"back on {after['title']}: {key} is {new!r}, it was {old!r}"


def _other_values(before: Screen, after: Screen) -> Iterator[tuple[str, Any, Any]]:
    """The controls of both that say something else. What Streamlit has marked as out of range says nothing."""
    for key, control in before["controls"].items():
        old, new = control["value"], after["controls"].get(key, control)["value"]
        if None not in (old, new) and old != new:
            yield key, old, new
