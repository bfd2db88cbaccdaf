"""A path: stations, each a screen in a prepared state with one question before the answer is seen; read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from pages.parts.path import network_measures, picture_measures  # noqa: F401  (they offer their measures)
from pages.parts.path.measures import MEASURES, arguments, result_kind
from pages.parts.shell.screens import exists

FOLDER = Path(__file__).parents[3] / "assets" / "paths"
MOST_BYTES, MOST_STATIONS, LONGEST = 200_000, 60, 1500


class PathError(ValueError):
    """A file that is no path: one sentence says where and what to do."""


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from: right up to a measured number, or for a measured word."""

    say: str
    below: float | None = None
    word: str | None = None


@dataclass(frozen=True)
class Question:
    """What is asked, and the measure with its arguments that the answer is held against."""

    ask: str
    measure: str
    given: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    within: float = 0.0  #: of a typed number: the share of the measured one by which it may be off

    @property
    def kind(self) -> str:
        """How it is answered: "choice", "number" or "place"."""
        return "choice" if self.options else "place" if result_kind(self.measure) == "Map" else "number"


@dataclass(frozen=True)
class Station:
    """A screen with the query parameters of its states after the answer and, where it is shown then, before it."""

    title: str
    screen: str
    say: str
    then: str
    question: Question
    link: Mapping[str, str]
    before: Mapping[str, str] | None = None


@dataclass(frozen=True)
class TeachingPath:
    """Stations in their order."""

    title: str
    about: str
    minutes: int
    stations: tuple[Station, ...]


@cache
def shipped() -> dict[str, TeachingPath]:
    """The paths that come with the app, by their file's name, the lecture first."""
    files = sorted(FOLDER.glob("*.toml"), key=lambda file: (file.stem != "lecture", file.stem))
    return {file.stem: read(file.read_text("utf-8")) for file in files}


def read(text: str) -> TeachingPath:
    """The path in a file's text. Raises PathError, which names the line or the station."""
    if len(text.encode()) > MOST_BYTES:
        raise PathError(f"A path is a text of up to {MOST_BYTES // 1000} kB; this is longer.")
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PathError(f"The file is no TOML: {error}. Mend that place and bring it again.") from None
    of_path = "The path"
    listed = given.get("station", [])
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_STATIONS:
        raise PathError(f"A path has 1 to {MOST_STATIONS} stations, each under a line [[station]].")
    stations = tuple(_station(f"Station {n}", one) for n, one in enumerate(listed, 1))
    return TeachingPath(_text(of_path, given, "title"), _text(of_path, given, "about", ""), _minutes(given), stations)


def _minutes(given: Mapping[str, Any]) -> int:
    minutes = given.get("minutes", 0)
    if not isinstance(minutes, int) or not 0 <= minutes <= 600:
        raise PathError(f"The path: minutes is a whole number up to 600, not {minutes!r}.")
    return minutes


def _station(where: str, given: Any) -> Station:
    known = {"title", "screen", "link", "before", "say", "then", "question"}
    _only(where, given, known)
    where = f"{where} (“{_text(where, given, 'title')}”)"
    screen = _text(where, given, "screen")
    if not exists(screen):
        raise PathError(f"{where}: there is no screen {screen!r}; it is named as in its address, such as feature_maps.")
    before = given.get("before")
    return Station(
        _text(where, given, "title"), screen, _text(where, given, "say"), _text(where, given, "then"),
        _question(where, given.get("question")), _link(where, given.get("link", "")),
        None if before is None else _link(where, before),
    )  # fmt: skip


def _question(where: str, given: Any) -> Question:
    where = f"{where}, question"
    _only(where, given, {"ask", "measure", "with", "options", "within"})
    name = _text(where, given, "measure")
    if name not in MEASURES:
        raise PathError(f"{where}: nothing measures {name!r}; there is {', '.join(sorted(MEASURES))}.")
    told, (needed, also) = given.get("with", {}), arguments(name)
    if not isinstance(told, dict) or not needed <= told.keys() <= needed | also:
        raise PathError(f"{where}: {name} is given, under with, {', '.join(sorted(needed | also)) or 'nothing'}.")
    within = given.get("within", 0)
    if not isinstance(within, (int, float)) or not 0 <= within <= 1:
        raise PathError(f"{where}: within is a share from 0 to 1, not {within!r}.")
    return Question(_text(where, given, "ask"), name, told, _options(where, given.get("options", []), name), within)


def _options(where: str, given: Any, name: str) -> tuple[Option, ...]:
    measured = result_kind(name)
    if not isinstance(given, list) or (measured == "Word") > bool(given) or (measured == "Map" and given):
        raise PathError(
            f"{where}: {name} {'needs options to choose from' if measured == 'Word' else 'has no options'}."
        )
    options = []
    for one in given:
        _only(f"{where}, option", one, {"say", "below", "is"})
        below, word = one.get("below"), one.get("is")
        if measured == "Word" and not isinstance(word, str):
            raise PathError(f'{where}: each option of {name} says which word it stands for, as in is = "same".')
        if below is not None and not isinstance(below, (int, float)):
            raise PathError(f"{where}: below is a number, not {below!r}.")
        options.append(Option(_text(where, one, "say"), below, word))
    if measured == "Number" and options and any(one.below is None for one in options[:-1]):
        raise PathError(f"{where}: each option but the last says up to which number it is right, as in below = 5.")
    return tuple(options)


def _only(where: str, given: Any, known: set[str]) -> None:
    if not isinstance(given, dict):
        raise PathError(f"{where} is missing, or is no table.")
    if unknown := sorted(given.keys() - known):
        raise PathError(f"{where}: {unknown[0]!r} means nothing here; there is {', '.join(sorted(known))}.")


def _text(where: str, given: Mapping[str, Any], name: str, usual: str | None = None) -> str:
    text = given.get(name, usual)
    if not isinstance(text, str) or len(text) > LONGEST or (usual is None and not text.strip()):
        raise PathError(f"{where}: {name} is a text of up to {LONGEST:,} letters.")
    return text.strip()


def _link(where: str, given: Any) -> dict[str, str]:
    """The query parameters in a text such as "edges_angle=45&edges_filter=Scharr"."""
    if not isinstance(given, str) or len(given) > LONGEST:
        raise PathError(f"{where}: link is what stands in the screen's address after the question mark.")
    return dict(parse_qsl(given, keep_blank_values=True))


def correct_option(options: Sequence[Option], value: float | str) -> int:
    """The number of the option that what was measured makes correct; −1 where none fits."""
    for number, one in enumerate(options):
        if one.word == value if isinstance(value, str) else one.below is None or value < one.below:
            return number
    return -1
