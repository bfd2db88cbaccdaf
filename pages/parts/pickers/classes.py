"""A box with the classes of a network: it gives a number, because one name may stand for two classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from explorer.networks.class_names import numbered
from pages.parts.shell.words import plain
from pages.parts.widgets import linked

if TYPE_CHECKING:  # the engine loads torch, and a page that asks for a class stands before that
    from explorer.networks.loading import Network


def choose(
    title: str, net: Network, usual: str, *, key: str, wishes: Mapping[str, int | None] | None = None
) -> int | None:
    """The number of a class, or what the chosen one of the `wishes` stands for: words that stand before the classes.

    `usual` is the option to begin with. The link holds the option's words; a class is also found there by its number
    and by its name in another case.
    """
    meanings: dict[str, int | None] = dict(wishes or {})
    for number, label in enumerate(net.labels):
        meanings[label if label not in meanings else numbered(label, number)] = number
    options = list(meanings)
    unclear = f"{key}_unclear"  # in the session: why the link's class could not be found, until another is chosen
    _from_link(net, options, key, unclear)
    start = options.index(usual) if usual in meanings else 0
    chosen = st.selectbox(title, options, start, key=key, bind="query-params", on_change=_forget, args=(unclear,))
    if unclear in st.session_state:
        st.caption(plain(st.session_state[unclear]))
    return meanings[chosen]


def _forget(unclear: str) -> None:
    st.session_state.pop(unclear, None)


def _from_link(net: Network, options: list[str], key: str, unclear: str) -> None:
    """Put the class that a link means into the box where the box would not know its words; else keep why it is not."""
    from explorer.networks.loading import NetworkError

    wish = linked.parameter(key)
    if wish is None or wish in options or key in st.session_state:
        return
    try:
        number = net.class_index(int(wish) if wish.isascii() and wish.isdecimal() and len(wish) < 8 else wish)
        st.session_state[key] = options[number - len(net.labels)]
    except NetworkError as error:
        st.session_state[unclear] = f"The link can't be followed: {error}"
