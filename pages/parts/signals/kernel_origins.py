"""Where rows of weights came from: what a hand takes back is again what it was, with its name and its sliders."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.parts.signals.stems import Weights

_NAMED, _PAST = "signals_named", "signals_past"  # in the session, by weights
_DRAWN = "signals_drawn"  # in the session: the signal that is drawn
_MOST = 200  # as many as the component can take back


def set_signal(signal: np.ndarray) -> None:
    """Note which signal is drawn: a matched kernel belongs to one."""
    st.session_state[_DRAWN] = hash(signal.tobytes())


def remember(weights: Weights, widgets: Mapping[str, object], *, matched: bool) -> None:
    """Note that widgets with these keys and values make these weights.

    A `matched` kernel does so only while its signal is drawn.
    """
    _keep(_NAMED, weights, (dict(widgets), st.session_state[_DRAWN] if matched else None))


def widgets_of(weights: Weights) -> Mapping[str, object] | None:
    """The keys and values of the widgets that make these weights; None where none do."""
    widgets, signal = st.session_state.get(_NAMED, {}).get(weights, (None, None))
    return None if signal not in (None, st.session_state[_DRAWN]) else widgets


def knows_past_only(weights: Weights, now: bool) -> bool:
    """Whether a kernel with these weights, set by hand, is causal.

    It is what it was when they were first set; weights that are new are so `now`.
    """
    found = bool(st.session_state.get(_PAST, {}).get(weights, now))
    _keep(_PAST, weights, found)
    return found


def _keep(name: str, weights: Weights, what: object) -> None:
    held = st.session_state.setdefault(name, {})
    held.pop(weights, None)
    held[weights] = what
    if len(held) > _MOST:
        del held[next(iter(held))]
