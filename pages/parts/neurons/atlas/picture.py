"""One picture of an atlas at full size, its unit's neighbours, and the way to the unit's card."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer import render
from explorer.architecture.similar_weights import most_similar
from explorer.maximization.atlas import Atlas, AtlasPlan, Entry
from explorer.maximization.peak_and_mean import peak_and_mean
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image, ImageError, from_array
from pages.parts.neurons.atlas.sheets import source_words, unit_name
from pages.parts.neurons.maximization import made_by
from pages.parts.pickers import network
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_picture

_SIDE = 448  # pixels of a picture as sent
_CARD = "atlas_card_of"  # in the session: the entry whose card was just asked for


@st.dialog("What excites it", width="medium", icon=":material/lightbulb:")
def show_picture(atlas: Atlas, entry: Entry) -> None:
    """The finished picture, and the way to the unit's card in the atlas's own network."""
    plan = atlas.plan
    net = _own_network(plan)
    st.markdown(f"**{plain(unit_name(entry))}**")
    left, right = st.columns(2) if entry.photograph else (st.container(), None)
    with left:
        peak = _painted(atlas, entry, net)
    if right is not None:
        with right:
            _photograph(atlas, entry)
    st.markdown(ascent_words(entry, peak))
    st.caption(f"Painted by {made_by.clause_for_entry(plan, entry, net)}.")
    if net is not None:
        _neighbours(net, entry)
    also = (
        ""
        if (plan.network, plan.pretrained) == network.chosen()
        else f", with {network.title(plan.network)}, {weights_words(plan)}"
    )
    st.button(
        f"Open its card{also}", type="primary", icon=":material/arrow_forward:", key="atlas_card", on_click=wish_card,
        args=(entry.layer, entry.channel, entry.label),
    )  # fmt: skip
    open_card_asked_for(plan.network, trained=plan.pretrained)


def _own_network(plan: AtlasPlan) -> Network | None:
    """The atlas's network, if it is the one in use."""
    if (plan.network, plan.pretrained) != network.chosen():
        return None
    net = network.current()  # still the last one while another is fetched
    return net if (net.name, net.trained) == (plan.network, plan.pretrained) else None


def _painted(atlas: Atlas, entry: Entry, net: Network | None) -> float | None:
    """The picture and the unit's peak in it, if the atlas's network is at hand to tell."""
    pixels = _shown(lambda: atlas.image(entry), f"What excites {unit_name(entry)}")
    if pixels is None:
        return None
    peak = _peak(entry, net, pixels)
    if peak is not None:
        st.caption(f"Painted: {_measure(entry)} **{rounded(peak)}**.")
    take_picture(pixels, f"{'-'.join(unit_name(entry).split())}.png", "Save it")
    return peak


def _peak(entry: Entry, net: Network | None, pixels: render.Picture) -> float | None:
    """The unit's highest value in the painted picture, by which photographs are told; of a class its only one."""
    if entry.label:
        return entry.score
    try:
        return None if net is None else peak_and_mean(net, from_array(pixels, unit_name(entry)), entry.unit)[0]
    except NetworkError:  # an atlas made by another version of the network
        return None


def _measure(entry: Entry) -> str:
    return "value" if entry.label else "peak"


def _photograph(atlas: Atlas, entry: Entry) -> None:
    """What of all the photographs looked through excites the unit most."""
    if _shown(lambda: atlas.photograph(entry), f"The photograph that excites {unit_name(entry)} most") is not None:
        value = f"{_measure(entry)} **{rounded(entry.photograph_score)}**"
        st.caption(f"Best photograph{source_words([entry])}: *{plain(entry.photograph_of)}*, {value}.")


def ascent_words(entry: Entry, peak: float | None) -> str:
    """What the ascent made of its score, and why a photograph may still have the higher peak."""
    from_noise = f"**{rounded(entry.score)}**; in the noise it began with it was {rounded(entry.start)}."
    words = f"Its value in this picture is {from_noise}"
    if not entry.label:
        words = f"Its mean over the map, which was maximized, is {from_noise}"
        if entry.photograph and peak is None:
            words += " The photograph's peak, its highest value in one place, is another measure."
        elif entry.photograph and peak is not None and entry.photograph_score > peak:
            words += (
                " The photograph has the higher peak: what is painted is to be strong everywhere, not in one place."
            )
    return words + (" This unit is dead: no gradient reached it." if entry.dead else "")


def _shown(opened: Callable[[], Image], alt: str) -> render.Picture | None:
    """A picture, or why there is none."""
    try:
        pixels = opened().uint8
    except ImageError as error:
        st.warning(plain(str(error)))
        return None
    show.picture(render.smooth(pixels, _SIDE), alt)
    return pixels


def _neighbours(net: Network, entry: Entry) -> None:
    """The units whose weights are most like the entry's own, each a way to its card."""
    try:
        found = most_similar(net, entry.layer, entry.channel)
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


def weights_words(plan: AtlasPlan) -> str:
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
