"""The knobs of a method of maximization: widgets that begin as it has them, each with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Knobs:
    """Widgets whose keys begin with `prefix`."""

    prefix: str

    def slider(self, label: str, low: float, high: float, start: float, step: float, sentence: str) -> float:
        """A number; a whole one where all that is given is whole."""
        whole = all(isinstance(value, int) for value in (low, high, start, step))
        low, high, start, step = (value if whole else float(value) for value in (low, high, start, step))
        return st.slider(label, low, high, start, step, help=sentence, key=self._key(label), bind="query-params")

    def choice(self, label: str, options: list[str], start: str, sentence: str) -> str:
        """One of several, by name."""
        return str(
            st.selectbox(label, options, options.index(start), help=sentence, key=self._key(label), bind="query-params")
        )

    def toggle(self, label: str, start: bool, sentence: str) -> bool:
        """On or off."""
        return st.toggle(label, start, help=sentence, key=self._key(label), bind="query-params")

    def _key(self, label: str) -> str:
        return f"{self.prefix}_{label.split(',')[0].replace(' ', '_').lower()}"


def name_of(kinds: Mapping[str, type], value: object) -> str:
    """What the kind of `value` is called."""
    return next(name for name, kind in kinds.items() if isinstance(value, kind))
