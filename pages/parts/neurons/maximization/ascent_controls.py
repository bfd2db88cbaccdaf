"""What a visitor can have made for a unit: the controls."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.maximization import DEFAULT, METHODS, Unit
from explorer.maximization.usual import usual_method
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from pages.parts.neurons.maximization import method_settings
from pages.parts.neurons.maximization.ascent_plans import AscentPlan, AscentRequest
from pages.parts.shell.locks import locked
from pages.parts.widgets import link_choices

MAKES = ["most and least", "methods", "four answers", "towards another", "caricature"]
CHOICES = {"unit_make": link_choices.among("Make", MAKES, {"dream": "caricature"})}  #: as a link may call them
RECOGNISABLE = "recognisable"
_USUAL = "unit_method_usual"  # in the session: the method that was usual for the unit shown last

#: The keys of the controls that `choose` draws, but for those of all settings of the method
CONTROLS = tuple(
    f"unit_{name}" for name in ("make", "method", "seed", "advanced", "diversity", "share", "power", "second")
)


def choose(net: Network, image: Image, unit: Unit, deep: DeltaGenerator) -> AscentPlan:
    """What the visitor wants made, by controls one beneath the other; the method's knobs go to `deep` on request."""
    make = st.pills("Make", MAKES, default=MAKES[0], required=True, key="unit_make", bind="query-params")
    what = st.container()
    usual = usual_method(net, unit.layer)
    _follow_usual_method(usual)
    method = str(
        st.selectbox("Method", list(METHODS), list(METHODS).index(usual), key="unit_method", bind="query-params",
                     disabled=make == "methods")
    )  # fmt: skip
    seed = int(
        st.number_input("Seed", 0, 9999, 0, key="unit_seed", bind="query-params",
                        help="Another start. The same seed gives the same picture.")
    )  # fmt: skip
    given = method_settings.usual(DEFAULT if make == "methods" else method)
    if st.toggle("Advanced", key="unit_advanced", bind="query-params"):
        with deep.expander("All settings of the method", expanded=True):
            given = method_settings.settings(method)
    request = AscentRequest(net, image, unit, given, method, seed)
    plans = (
        request.most_and_least, request.methods, request.four_answers, request.towards_another, request.caricature,
    )  # fmt: skip
    with what:
        return dict(zip(MAKES, plans, strict=True))[str(make)]()


def switch_method(made: AscentPlan) -> None:
    """One click from the method that takes its time to the quick look, or back."""
    quick = made.preset.size <= METHODS[DEFAULT].size
    method = RECOGNISABLE if quick else DEFAULT
    side = METHODS[method].size
    words = f"{RECOGNISABLE.capitalize()}, {side} px" if quick else f"Quick look, {side} px"
    st.button(words, on_click=_take, args=(method,), icon=":material/swap_horiz:", key="unit_switch")


def _follow_usual_method(usual: str) -> None:
    """A method that was only the usual one goes with the unit it was usual for."""
    before, st.session_state[_USUAL] = st.session_state.get(_USUAL), usual
    untouched = st.session_state.get("unit_method") == before and not locked("unit_method")
    if before not in (None, usual) and untouched:
        st.session_state["unit_method"] = usual


def _take(method: str) -> None:
    st.session_state["unit_method"] = method
