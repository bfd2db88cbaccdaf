"""The lecture's terms, from one readable file: each with its formula, one sentence, and the screen that shows it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

FILE = Path(__file__).parents[3] / "assets" / "glossary.toml"


@dataclass(frozen=True)
class Term:
    """A term of the lecture; `link` are the query parameters of its screen."""

    name: str
    formula: str
    says: str
    screen: str
    also: tuple[str, ...] = ()
    link: Mapping[str, str] = field(default_factory=dict)


@cache
def terms() -> tuple[Term, ...]:
    """All terms by the alphabet."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["term"]
    return tuple(sorted(map(_term, listed), key=lambda term: term.name.casefold()))


def _term(given: Mapping[str, str]) -> Term:
    link = dict(parse_qsl(given.get("link", "")))
    return Term(given["term"], given["formula"], given["says"], given["screen"], tuple(given.get("also", ())), link)
