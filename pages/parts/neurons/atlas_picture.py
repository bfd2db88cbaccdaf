"""One picture of an atlas at full size, its unit's neighbours, and the way to the unit's card."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer import render
from explorer.architecture.alike import alike
from explorer.maximization.atlas import Atlas, AtlasPlan, Entry
from explorer.networks.loading import NetworkError
from explorer.pictures.images import Image, ImageError
from pages.parts.neurons.atlas_sheets import name
from pages.parts.pickers import network
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_picture

_SIDE = 448  # pixels of a picture as sent
_CARD = "atlas_card_of"  # in the session: the entry whose card was just asked for


@st.dialog("What excites it", width="medium", icon=":material/lightbulb:")
def picture_of(atlas: Atlas, entry: Entry) -> None:
    """The finished picture, and the way to the unit's card in the atlas's own network."""
    plan = atlas.plan
    st.markdown(f"**{plain(name(entry))}**")
    left, right = st.columns(2) if entry.photograph else (st.container(), None)
    with left:
        _painted(atlas, entry)
    if right is not None:
        with right:
            _photograph(atlas, entry)
    st.markdown(
        f"Its value in this picture is **{rounded(entry.score)}**; in the noise it began with it was "
        f"{rounded(entry.start)}." + (" This unit is dead: no gradient reached it." if entry.dead else "")
    )
    here = (plan.network, plan.pretrained) == network.chosen()
    if here:
        _neighbours(entry)
    also = "" if here else f", with {network.title(plan.network)}, {weights(plan)}"
    st.button(
        f"Open its card{also}", type="primary", icon=":material/arrow_forward:", key="atlas_card", on_click=wish_card,
        args=(entry.layer, entry.channel, entry.label),
    )  # fmt: skip
    open_card_asked_for(plan.network, trained=plan.pretrained)


def _painted(atlas: Atlas, entry: Entry) -> None:
    pixels = _shown(lambda: atlas.image(entry), f"What excites {name(entry)}")
    if pixels is not None:
        take_picture(pixels, f"{'-'.join(name(entry).split())}.png", "Save it")


def _photograph(atlas: Atlas, entry: Entry) -> None:
    """What of all the photographs looked through excites the unit most."""
    if _shown(lambda: atlas.photograph(entry), f"The photograph that excites {name(entry)} most") is not None:
        st.caption(f"Of the photographs, *{plain(entry.photograph_of)}*: up to {rounded(entry.photograph_score)}.")


def _shown(opened: Callable[[], Image], alt: str) -> render.Picture | None:
    """A picture, or why there is none."""
    try:
        pixels = opened().uint8
    except ImageError as error:
        st.warning(plain(str(error)))
        return None
    show.picture(render.smooth(pixels, _SIDE), alt)
    return pixels


def _neighbours(entry: Entry) -> None:
    """The units whose weights are most like the entry's own, each a way to its card."""
    net = network.current()
    try:
        found = alike(net, entry.layer, entry.channel)
    except NetworkError:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("Units with the most similar weights (cosine):", width="content")
        for number, cosine in found:
            label = net.labels[number] if entry.label else ""
            st.button(
                f"{plain(label or str(number))} ({cosine:.2f})", type="tertiary", key=f"atlas_neighbour_{number}",
                on_click=wish_card, args=(entry.layer, number, label),
            )  # fmt: skip


def weights(plan: AtlasPlan) -> str:
    """Which weights the atlas's network has."""
    return "trained" if plan.pretrained else "random weights"


def wish_card(layer: str, channel: int, label: str) -> None:
    """Leave for the card in the run that follows: a callback can't switch pages itself."""
    st.session_state[_CARD] = layer, channel, label


def card_is_asked_for() -> bool:
    """Whether a card is wished for: who draws in a block of its own has the whole page run then."""
    return _CARD in st.session_state


def open_card_asked_for(name: str, *, trained: bool) -> None:
    """Go to the unit's card in the network of that name; the picture in use stays."""
    asked = st.session_state.pop(_CARD, None)
    if asked is None:
        return
    layer, channel, label = asked
    if (name, trained) != network.chosen():
        network.take(name, trained=trained)
    link = {"unit_kind": "channel", "unit_layer": layer, "unit_channel": str(channel)}
    if label:
        link = {"unit_kind": "class", "unit_class": label}
    st.switch_page(file_of("neurons"), query_params=link)
