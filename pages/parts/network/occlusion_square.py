"""A square is dragged over the picture: what becomes of the answer, in the browser at once and at rest by Python."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from explorer import render
from explorer.networks.loading import probabilities
from explorer.responses.occlusion import covered, square_middles
from pages.parts.pickers import browser_network
from pages.parts.widgets import places
from pages.parts.widgets.component import fingerprint, pack, valid_key, value_sent
from pages.parts.widgets.places import Place

if TYPE_CHECKING:
    from explorer.networks.loading import Network
    from explorer.pictures.images import Image

FIELDS = 28  #: places each way that the square can be dragged to
_LINK = "where_cover"


def drag(net: Network, image: Image, number: int, side: int) -> None:
    """The picture under a square of `side` pixels, and what the network says of the rest, class `number` beside it."""
    place = places.kept_place((FIELDS, FIELDS), (FIELDS // 2, FIELDS // 2), link=_LINK)
    key = valid_key(f"cover_{net.key}_{image.digest[:8]}")
    data = _packed(net, image, number, side, place)
    browser_network.network_component("cover")(data=data, key=key, on_chosen_change=partial(_take, key))


def _take(key: str) -> None:
    place = places.inside(value_sent(key, "chosen"), (FIELDS, FIELDS))
    if place is not None:
        places.keep_place(place, link=_LINK)


def _packed(net: Network, image: Image, number: int, side: int, place: Place) -> bytes:
    """The picture, how it is covered, and Python's word at this place."""
    prepared, middles = net.prepare(image), square_middles(net.input_size, FIELDS)
    hidden = covered(net, image, middles[place[0] * FIELDS + place[1]], side)
    shares, pixels = probabilities(net, hidden).astype("<f4").tobytes(), prepared.uint8.tobytes()
    files = dict(browser_network.files(net) or {})
    labels = files.pop("labels", list(net.labels))
    header: dict[str, Any] = {
        "size": net.input_size, "side": side, "middles": [column for _, column in middles[:FIELDS]],
        "colour": render.to_uint8(prepared.pixels.mean((0, 1))).tolist(), "chosen": list(place),
        "digest": fingerprint(pixels), "number": number, "labels": labels,
        "before": float(probabilities(net, prepared)[number]), "network": files or None,
        "alt": "The picture under a square of its mean colour",
    }  # fmt: skip
    return pack(header, shares + pixels)
