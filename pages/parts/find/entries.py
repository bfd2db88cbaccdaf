"""What can be found: screens, the views and controls on them, terms, classes and units; the best for some words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import explorer
from pages.parts.find.glossary import terms
from pages.parts.shell.controls import controls_of
from pages.parts.shell.screens import SCREENS

MOST = 12  # found at once
_PASSED_OVER = frozenset({
    "a", "an", "and", "are", "at", "can", "do", "does", "for", "how", "i", "in", "is", "it", "me", "my", "of", "on",
    "or", "see", "show", "the", "there", "to", "what", "where",
})  # fmt: skip
_UNIT = re.compile(
    r"\b([a-z][\w.]*\d[\w.]*|features|layer\d)\D*?\b(?:unit|channel|map|filter|neuron)\s*(\d{1,4})\b", re.I
)


@dataclass(frozen=True)
class Findable:
    """Something to find: what it is, what is said of it, and the screen with the query parameters that show it."""

    title: str
    kind: str
    says: str
    screen: str
    link: Mapping[str, str] = field(default_factory=dict)
    also: str = ""


@cache
def _class_names() -> tuple[str, ...]:
    """The names that most networks know, one a line; read here, for the engine's own reader loads PyTorch."""
    file = Path(str(explorer.__file__)).parent / "networks" / "registry" / "imagenet.txt"
    return tuple(file.read_text("utf-8").splitlines())


@cache
def entries() -> tuple[Findable, ...]:
    """All that doesn't depend on the words."""
    return (*_screens(), *_terms(), *_controls())


def find(words: str) -> list[Findable]:
    """What fits the words, best first, at most MOST."""
    tokens = _tokens(words)
    if not tokens:
        return []
    found = [(score, entry) for entry in (*entries(), *_classes(tokens)) if (score := _fits(entry, tokens)) > 0]
    found.sort(key=lambda pair: -pair[0])
    return [*_unit(words), *(entry for _, entry in found)][:MOST]


def _screens() -> Iterator[Findable]:
    for file, title, _ in SCREENS:
        yield Findable(title, "screen", "", file, also=file.replace("_", " "))


def _terms() -> Iterator[Findable]:
    for term in terms():
        yield Findable(term.name, "term", term.says, term.screen, term.link, " ".join(term.also))


def _controls() -> Iterator[Findable]:
    for file, title, _ in SCREENS:
        for control in controls_of(file):
            if not control.several:
                yield Findable(f"{control.label}", "control", f"on {title}", file, also=title)
            for choice in control.choices if not control.several else ():
                yield Findable(choice, "choice", f"{control.label} on {title}", file, {control.key: choice}, title)


def _classes(tokens: Sequence[str]) -> Iterator[Findable]:
    """Names that the network knows, where one of the words is in them."""
    for name in _class_names():
        if any(word in name.casefold() for word in tokens if len(word) > 2):
            link = {"unit_kind": "class", "unit_class": name}
            yield Findable(name, "class", "a name that the network knows", "neurons", link, "class")


def _unit(words: str) -> Iterator[Findable]:
    """A unit by its layer and number, as in "blocks.3 unit 4"."""
    found = _UNIT.search(words)
    if found:
        layer, number = found[1], str(int(found[2]))
        link = {"unit_kind": "channel", "unit_layer": layer, "unit_channel": number}
        yield Findable(f"{layer}, channel {number}", "unit", "what excites it most", "neurons", link)


def _tokens(words: str) -> list[str]:
    found = re.findall(r"[^\W_]+(?:[.∞-][^\W_]+)*|[∞εσθ]", words.casefold()[:200])
    return [word for word in found if word not in _PASSED_OVER] or found


def _fits(entry: Findable, tokens: Sequence[str]) -> float:
    """How well an entry fits: each word must be in it; most counts what its title begins with."""
    total = 0
    for word in tokens:
        if not (points := _points(entry, word)):
            return 0
        total += points
    title = entry.title.casefold()
    whole = 4 if title == " ".join(tokens) else 0
    return total / len(tokens) + whole + {"term": 0.9, "screen": 1.0, "class": -0.5}.get(entry.kind, 0)


def _points(entry: Findable, word: str) -> int:
    """How well an entry fits one word: 5 where its title has a word that begins so, 0 where it stands nowhere."""
    title, also, says = entry.title.casefold(), entry.also.casefold(), entry.says.casefold()
    stem = word.rstrip("s") if len(word) > 3 else word
    begins = re.compile(rf"\b{re.escape(stem)}")
    if entry.kind == word:
        return 4
    if begins.search(title):
        return 5
    if begins.search(also):
        return 3
    return int(stem in says or stem in title)
