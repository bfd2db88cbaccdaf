"""Every channel of a layer of the network in use: from the atlas what it has, the others painted here on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.maximization import Unit
from explorer.maximization.atlas import Atlas, Entry
from explorer.networks.loading import Network
from pages.parts.neurons.atlas.atlases import entries_of
from pages.parts.neurons.atlas.first_filters import filter_words, first_filters, is_first
from pages.parts.neurons.atlas.picture import card_is_asked_for, wish_card
from pages.parts.neurons.atlas.sheets import FINGER, WIDE_ROW, shrunk, squares
from pages.parts.neurons.maximization import made_by
from pages.parts.neurons.maximization.unit_pictures import METHOD, SIDE, STEPS, painting
from pages.parts.pickers.layer import choose_layer, name_in
from pages.parts.shell.words import counted, plain
from pages.parts.widgets import job, linked, tiles

SLOT = "every_channel"
PAGE = 112  # channels: what two cores paint in a minute or two
_AT_ONCE = 4
_TILE = 80  # pixels


def every_channel(net: Network) -> None:
    """A layer's channels by number, and the switch that paints those that no atlas has."""
    left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
    layers = {layer.name: layer.channels for layer in net.layers}
    before = name_in(linked.parameter("atlas_layer") or "")  # of the other view, and of older links
    usual = next((name for name in (before, "blocks.3") if name in layers), list(layers)[len(layers) // 2])
    layer = choose_layer("Layer", net, list(layers), usual, key="channels_layer", place=left)
    units = _page(right, layer, layers[layer])
    first = is_first(net, layer)
    paint = middle.toggle("Paint those that are missing", key="channels_paint", bind="query-params", disabled=first,
                          help="A fraction of a second each. It goes on while this screen is open.")  # fmt: skip
    if first:
        _filters(net, units)
        return
    known = entries_of(net, layer)
    wanted = tuple(unit for unit in units if unit.channel not in known)
    here = {unit.channel: known[unit.channel] for unit in units if unit.channel in known}
    made = {channel: squares(atlas, (entry,), _TILE)[0] for channel, (atlas, entry) in here.items()}
    st.caption(_about(net, units, layers[layer], list(here.values())))
    if not (wanted and paint):
        _sheet(net, units, made)
        return
    job.run(
        SLOT, ("every channel", net, wanted), lambda: painting(net, wanted, _AT_ONCE),
        lambda painted: (painted[0].channel, shrunk(painted[1].uint8, _TILE)),
    )  # fmt: skip
    job.watch(SLOT, lambda running: _sheet(net, units, made | dict(list(running.kept))),
              progress=job.counted(len(wanted), "channels"), waiting="Painting the first …")  # fmt: skip


def _filters(net: Network, units: Sequence[Unit]) -> None:
    """The first layer's kernels instead of paintings, with hard edges between their weights."""
    st.caption(f"{plain(units[0].layer)}: {filter_words(net)}. What they look for stands in them.")
    kernels = first_filters(net)
    tile = (_TILE, _TILE)
    shown = {u.channel: cv2.resize(kernels[u.channel], tile, interpolation=cv2.INTER_NEAREST) for u in units}
    _sheet(net, units, shown, painted=False)


def _page(cell: st.delta_generator.DeltaGenerator, layer: str, channels: int) -> list[Unit]:
    """The channels on the page that is chosen."""
    pages = -(-channels // PAGE)
    if st.session_state.get("channels_page", 1) > pages:  # of a layer that has more
        st.session_state["channels_page"] = pages
    page = 1
    if pages > 1:
        page = int(cell.number_input(f"Page, 1–{pages}", 1, pages, 1, key="channels_page", bind="query-params"))
    return [Unit(layer, channel) for channel in range((page - 1) * PAGE, min(channels, page * PAGE))]


def _about(net: Network, units: Sequence[Unit], channels: int, here: Sequence[tuple[Atlas, Entry]]) -> str:
    """Which channels these are, and by which networks and how their pictures were made."""
    known = len(here)
    whole = f"all {counted(channels, 'channel')}" if len(units) == channels else (
        f"channels {units[0].channel} to {units[-1].channel} of {channels:,}"
    )  # fmt: skip
    came = {0: "none is in the atlas", len(units): "all are in the atlas"}.get(known, f"{known} are in the atlas")
    made = dict.fromkeys(made_by.clause_for_entry(atlas.plan, entry, net) for atlas, entry in here)
    advance = f" Those of the atlas: {'; '.join(made)}." if made else ""
    others = "The others get" if known else "Each gets"
    quick = "" if known == len(units) else (
        f" {others} a quick look here: {made_by.clause_for_quick_look(net, METHOD, SIDE, STEPS)}; "
        "the card of each has more."
    )  # fmt: skip
    return f"{plain(units[0].layer)}: {whole}; {came}.{advance}{quick}"


def _sheet(
    net: Network, units: Sequence[Unit], pictures: Mapping[int, render.Picture], *, painted: bool = True
) -> None:
    """Tiles by number, mid-grey where nothing is painted yet; a click opens the channel's card."""
    blank = np.full((_TILE, _TILE, 3), render.MID_GREY, np.uint8)
    first, last, layer = units[0].channel, units[-1].channel, units[0].layer
    labels = net.labels if layer == net.layers[-1].name else ()
    what = "What excites" if painted else "The kernels of"
    tiles.choose_tile(
        np.stack([pictures.get(unit.channel, blank) for unit in units]),
        [labels[unit.channel] if labels else unit.name for unit in units], -1,
        alt=f"{what} channels {first} to {last} of {layer}: {len(pictures)} shown",
        key=f"every_channel_{layer}_{first}", columns=min(WIDE_ROW, len(units)), least=FINGER, photographs=painted,
        again=True, on_choice=lambda tile: wish_card(layer, first + tile, labels[first + tile] if labels else ""),
    )  # fmt: skip
    if card_is_asked_for():
        st.rerun()  # of the whole page, which leaves for the card
