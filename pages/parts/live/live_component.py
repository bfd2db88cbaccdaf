"""The part of Live that runs in the browser: what goes through the network there, and the choices that come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer import render
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.units import Unit
from pages.parts.pickers import browser_network
from pages.parts.shell.words import counted
from pages.parts.widgets.component import fingerprint, pack, read_when_drawn, values_sent
from pages.parts.widgets.markup import data_url
from pages.parts.widgets.tiles import keep_tile

KEY = "live_view"
_SCRIPTS = ("convolution/camera", "live/drawing", "live/moving", "live/recording", "live/sheet")
ENCODER = "gifenc-1.0.3.mjs"  # what writes films there


@dataclass(frozen=True)
class Illustration:
    """A small picture beside the unit, with its words."""

    picture: render.Picture
    words: str
    painted: bool = False

    def packed(self) -> dict[str, Any]:
        """As the component takes it: the picture as an address that holds it."""
        source = data_url(render.webp(self.picture), "webp")
        return {"source": source, "words": self.words, "painted": self.painted}


@dataclass(frozen=True)
class Beside:
    """What stands beside the unit: what was made and found for it, and its value in the best photograph."""

    pictures: Sequence[Illustration]
    record: float


def alive(
    net: Network, files: Mapping[str, Any], image: Image, unit: Unit, beside: Beside, *, source: str, mirrored: bool
) -> bool:
    """Show it, and keep the channel chosen there; returns whether the browser computes the network, or is about to."""
    pixels = net.prepare(image).uint8.tobytes()
    header = {
        "network": files, "encoder": ENCODER, "source": source, "mirrored": mirrored,
        "layer": unit.layer, "channel": unit.channel,
        "title": _title(net.layer(unit.layer)), "digest": fingerprint(pixels),
        "record": beside.record, "pictures": [one.packed() for one in beside.pictures],
    }  # fmt: skip
    raw = pixels + render.diverging_colours().tobytes() + render.sequential_colours().tobytes()

    def chosen() -> None:
        channel = _chosen(unit.layer, net.layer(unit.layer).channels)
        if channel is not None:
            keep_tile("live_channel", channel)

    state = browser_network.network_component("live", *_SCRIPTS)(
        data=pack(header, raw), key=KEY, on_channel_change=chosen, on_failed_change=read_when_drawn,
        on_frozen_change=read_when_drawn,
    )  # fmt: skip
    return not state.failed


def _chosen(layer: str, channels: int) -> int | None:
    """The map just chosen on the sheet, if it is one of this layer: whatever reaches the server may be forged."""
    given = values_sent(KEY, "channel")
    channel = given.get("channel") if given.get("layer") == layer else None
    return channel if isinstance(channel, int) and 0 <= channel < channels else None


def _title(layer: Layer) -> str:
    height, width = layer.places
    return f"{layer.name}: {counted(layer.channels, 'map')} of {height} × {width}"
