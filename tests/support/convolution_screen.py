"""The convolution screen alone, with a small picture: what it tells the component, and the answers of a browser."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explorer.pictures.images import from_array
from pages.parts.pickers.kernel_settings import KernelSettings
from tests.support.alone import open_alone

FAR = KernelSettings(
    ((0.1, -2.0), (1e-7, 3.25), (0.0, 123456.0)), "zero", 3, 2, True, "diverging", "grey", -0.5, 0.125, (4, 7)
)

FILTER = KernelSettings(
    ((1.0, 0.5),), "zero", display="diverging", colour="filter", scale=0.333333, rest=(((-1.0, 2.0),), ((0.0, 7.0),))
)
SMALL = np.random.default_rng(0).integers(0, 256, (24, 36, 3), np.uint8)


@pytest.fixture(autouse=True)
def by_itself(monkeypatch, cold):
    """The screen waits for no torch, and links to no other."""
    monkeypatch.setattr("streamlit.page_link", lambda *_, **__: None)


def screen(query=None, own=SMALL):
    """The convolution screen with a small picture, or with what the query names."""
    mine = {} if own is None else {"own_picture": from_array(own, "mine")}
    return open_alone("convolution", query, **mine)


def sent(at):
    """What the component is told: header and pixels."""
    (raw,) = [one.proto.bytes for one in at.get("bidi_component") if one.proto.bytes]  # the frame's keys have none
    start = 4 + int.from_bytes(raw[:4], "little")
    return json.loads(raw[4:start]), raw[start:]


def settle(at, **choices):
    """Answer as the browser does when the hand rests."""
    header, _ = sent(at)
    at.session_state["convolver"] = {"settled": header["settings"] | {"base": header["base"]} | choices}
    return at.run()


def words(at):
    kinds = (at.markdown, at.caption, at.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def weights(at):
    return np.array(sent(at)[0]["settings"]["kernel"])
