"""Where rows of weights came from: what a hand takes back is again what it was, with its name and its sliders."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.parts.signals.stems import Weights

_NAMED, _PAST = "signals_named", "signals_past"  # in the session, by weights
_MOST = 200  # as many as the component can take back


def note(weights: Weights, widgets: Mapping[str, object]) -> None:
    """Widgets with these keys and values make these weights."""
    _keep(_NAMED, weights, dict(widgets))


def of(weights: Weights) -> Mapping[str, object] | None:
    """The keys and values of the widgets that made these weights; None if none did."""
    found: Mapping[str, object] | None = st.session_state.get(_NAMED, {}).get(weights)
    return found


def past(weights: Weights, now: bool) -> bool:
    """Whether these weights, set by hand, know the past only: as when they were set first, which else is now."""
    found = bool(st.session_state.get(_PAST, {}).get(weights, now))
    _keep(_PAST, weights, found)
    return found


def _keep(name: str, weights: Weights, what: object) -> None:
    held = st.session_state.setdefault(name, {})
    held.pop(weights, None)
    held[weights] = what
    if len(held) > _MOST:
        del held[next(iter(held))]
