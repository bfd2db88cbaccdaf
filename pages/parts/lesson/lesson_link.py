"""A lesson: a screen's state with a title, a question, hidden and locked controls, as one short text for a link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pages.parts.widgets import packed_text

MOST, MOST_LETTERS = 20_000, 6_000  # bytes of the lesson; letters in its link


@dataclass(frozen=True)
class Lesson:
    """What a teacher has prepared. `state`: the screen's query parameters; what is hidden is locked as well."""

    title: str = ""
    question: str = ""
    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    state: Mapping[str, str] = field(default_factory=dict)

    @property
    def fixed(self) -> tuple[str, ...]:
        """The controls whose values stay."""
        return tuple(dict.fromkeys((*self.hidden, *self.locked)))


def write(lesson: Lesson) -> str:
    """A lesson as its link has it: JSON, packed."""
    brief = {"t": lesson.title, "q": lesson.question, "h": lesson.hidden, "l": lesson.locked, "s": dict(lesson.state)}
    told = json.dumps(
        {name: value for name, value in brief.items() if value}, separators=(",", ":"), ensure_ascii=False
    )
    return packed_text.pack(told)


def read(text: str) -> Lesson:
    """The lesson in a link. Raises ValueError when it was garbled, or is too long."""
    if len(text) > MOST_LETTERS:
        raise ValueError("The lesson is too long.")
    try:
        brief = json.loads(packed_text.unpack(text, MOST))
    except (ValueError, RecursionError) as error:
        raise ValueError("The lesson is garbled.") from error
    if not isinstance(brief, dict):
        raise ValueError("The lesson is garbled.")
    state = brief.get("s", {})
    if not isinstance(state, dict):
        raise ValueError("The lesson's state is garbled.")
    return Lesson(
        str(brief.get("t", ""))[:200], str(brief.get("q", ""))[:1000], _keys(brief.get("h", ())),
        _keys(brief.get("l", ())), {str(name): str(value) for name, value in state.items()},
    )  # fmt: skip


def _keys(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(key, str) and key.replace("_", "").isalnum() for key in given):
        if given == ():
            return ()
        raise ValueError("The lesson's controls are garbled.")
    return tuple(given)
