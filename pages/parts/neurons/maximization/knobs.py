"""The knobs of a method of maximization: widgets that begin as it has them, each with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.parts.neurons.maximization.setting_words import WORDS


@dataclass(frozen=True)
class Knobs:
    """Widgets by their names in WORDS, with the keys `prefix`_name, by which links hold their values."""

    prefix: str

    def slider(self, name: str, scale: tuple[float, float, float], start: float) -> float:
        """A number on a scale of (least, most, step); a whole one where all that is given is whole."""
        label, sentence = WORDS[name]
        whole = all(isinstance(value, int) for value in (*scale, start))
        low, high, step, first = (value if whole else float(value) for value in (*scale, start))
        return st.slider(label, low, high, first, step, help=sentence, key=self._key(name), bind="query-params")

    def choice(self, name: str, options: list[str], start: str) -> str:
        """One of several, by name."""
        label, sentence = WORDS[name]
        place = options.index(start)
        return str(st.selectbox(label, options, place, help=sentence, key=self._key(name), bind="query-params"))

    def toggle(self, name: str, start: bool) -> bool:
        """On or off."""
        label, sentence = WORDS[name]
        return st.toggle(label, start, help=sentence, key=self._key(name), bind="query-params")

    def _key(self, name: str) -> str:
        return f"{self.prefix}_{name}"


def name_of(kinds: Mapping[str, type], value: object) -> str:
    """What the kind of `value` is called."""
    return next(name for name, kind in kinds.items() if isinstance(value, kind))
