"""The atlases that came with the app, and those of the server's own."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import streamlit as st

from explorer.cache import memo
from explorer.maximization.atlas import MANIFEST, Atlas, AtlasError, Entry, read_atlas
from explorer.networks.loading import Network
from explorer.responses.units import Unit
from pages.parts.shell import frame
from pages.parts.shell.words import plain

SETTING = "EXPLORER_ATLAS"  # a folder in the environment with atlases of the server's own


def atlases() -> dict[str, Atlas]:
    """All that can be read, by title; what can't be is explained."""
    found = {}
    own = os.environ.get(SETTING)
    for root in [frame.ASSETS / "atlas", *([Path(own).expanduser()] if own else [])]:
        for manifest in sorted(root.glob(f"**/{MANIFEST}")):
            try:
                key = ("atlas manifest", str(manifest), manifest.stat().st_mtime_ns)
                found[manifest.parent.name] = memo(key, partial(read_atlas, manifest.parent))
            except AtlasError as error:
                st.warning(plain(str(error)))
    return found


def entry_of(net: Network, unit: Unit) -> tuple[Atlas, Entry] | None:
    """The picture of a channel in an atlas of the network in use, if one has it."""
    return entries_of(net, unit.layer).get(unit.channel)


def entries_of(net: Network, layer: str) -> dict[int, tuple[Atlas, Entry]]:
    """The pictures of a layer's channels in atlases of the network in use; of several the first atlas's."""
    found: dict[int, tuple[Atlas, Entry]] = {}
    for atlas in atlases().values():
        if (atlas.plan.network, atlas.plan.pretrained) == (net.name, net.trained):
            for entry in atlas.layers.get(layer, ()):
                found.setdefault(entry.channel, (atlas, entry))
    return found
