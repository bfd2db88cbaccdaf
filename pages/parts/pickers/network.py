"""The one network picker, and the network in use: embedded, fetched, with random weights, or the visitor's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from explorer.networks.registry.known import KnownNetwork, known_networks
from explorer.networks.registry.specs import EMBEDDED, NETWORKS, full_name
from pages.parts.pickers import all_networks, fetching, own_network, picture
from pages.parts.pickers.network_words import code, explain_tokens, note, title, why_not
from pages.parts.pickers.own_network import OWN
from pages.parts.shell import once
from pages.parts.shell.words import plain
from pages.parts.widgets import linked

if TYPE_CHECKING:
    from explorer.networks.loading import Network
    from explorer.pictures.images import Image

__all__ = [
    "available", "chosen", "code", "counterpart", "current", "explain_tokens", "in_link", "known", "load", "note",
    "open_screen", "pick", "take", "take_own", "title", "wait",
]  # fmt: skip
DEFAULT = next(iter(EMBEDDED))
# In the session: a network beyond the short list, one just chosen elsewhere than in the picker, and the last one that
# could be used, which stays in use while another is fetched.
_BEYOND, _WISH, _LAST = "network_beyond", "network_wish", "network_last"
_WEIGHTS = "weights_wish"
_UNKNOWN = "network_unknown"  # in the session: what a link asked for and can't be had, until another is chosen


def pick() -> None:
    """The picker in the sidebar."""
    _apply_choices()
    # the link holds what is shown, so the titles alone
    st.selectbox(
        "Network", _offered(), format_func=title, key="network", bind="query-params", on_change=_forget_unknown
    )
    more, yours = st.columns(2, gap="small")
    if more.button("All …", icon=":material/search:", key="network_all", width="stretch", help="A thousand networks"):
        all_networks.choose(_WISH)
    if yours.button(
        "Yours …", icon=":material/upload:", key="network_own", width="stretch", help="Weights of your own"
    ):
        own_network.upload(_WISH, _architecture(chosen()[0]))
    words, choice = st.columns([4, 7], vertical_alignment="center", gap="xsmall")
    words.markdown(":small[Weights]", help="Random weights are the control: what stays the same was not learned.")
    choice.segmented_control(
        "Weights",
        ["trained", "random"],
        default="trained",
        required=True,
        key="weights",
        bind="query-params",
        label_visibility="collapsed",
    )
    name, trained = chosen()
    if trained and not _is_here(name):
        fetching.offer(name)


def take(name: str, *, trained: bool = True) -> None:
    """Put a network in use from the next run on: in this one the picker has been drawn."""
    st.session_state[_WISH] = name
    st.session_state[_WEIGHTS] = "trained" if trained else "random"


def take_own(network: Network) -> None:
    """Put a network that was made here in use from the next run on, as the visitor's own."""
    st.session_state[OWN] = network
    st.session_state[_WISH] = OWN


def wait() -> None:
    """Wait until PyTorch is there, which takes some seconds in a server's first minute."""
    with st.spinner("Loading PyTorch and the network …"):
        from explorer.networks import loading  # noqa: F401


def current() -> Network:
    """The network in use.

    While the one chosen is not here yet, it is the last one; what can't be loaded is explained.
    """
    wait()
    from explorer.networks.loading import NetworkError

    name, trained = chosen()
    if unknown := st.session_state.get(_UNKNOWN):
        st.info(why_not(unknown, title(name)), icon=":material/link_off:")
    if (name, trained) != (last := in_use()):
        st.info(
            f"{title(name)} has to be downloaded first (on the left). Until then you see {title(last[0])}.",
            icon=":material/download:",
        )
        name, trained = last
    try:
        found = _load(name, trained)
    except NetworkError as error:
        st.error(f"{plain(str(error))} Below is {title(DEFAULT)} instead.", icon=":material/error:")
        return _load(DEFAULT, True)
    st.session_state[_LAST] = name, trained
    return found


def known(image: Image) -> KnownNetwork | None:
    """The network in use before it is loaded, where it is known what it says of the picture: `current` has to wait."""
    name, trained = chosen()
    found = known_networks().get(name)
    if not trained or found is None or not found.answers(image) or st.session_state.get(_UNKNOWN):
        return None
    st.session_state[_LAST] = name, trained
    return found


def counterpart(network: Network) -> Network | None:
    """The control: the same network with random weights, or trained if it is random; None if it must be fetched."""
    from explorer.networks.loading import load_network, untrained

    made_here = full_name(network.name) is None  # such as the one of the Learning screen
    if network.trained:
        return untrained(network) if network.own or made_here else load_network(network.name, pretrained=False)
    own = st.session_state.get(OWN)
    if own is not None and network == untrained(own):
        return own
    return load_network(network.name) if _is_here(network.name) else None


def available() -> dict[str, str]:
    """The names of all networks that nothing has to be fetched for, with their titles: embedded, fetched, your own."""
    return {name: title(name) for name in _offered() if _is_here(name)}


def load(name: str, *, trained: bool = True) -> Network:
    """One of those `available`."""
    return _load(name, trained)


def in_link() -> dict[str, str]:
    """What a link to another screen has to say so that picture and network stay."""
    name = st.session_state.get("network") or DEFAULT
    same = {"network": title(name), "weights": st.session_state.get("weights") or "trained"}
    return same | picture.in_link()


def open_screen(file: str, link: Mapping[str, str]) -> NoReturn:
    """As `linked.open_screen`, with picture and network as they are where the link says nothing of them."""
    linked.open_screen(file, in_link() | dict(link))


def chosen() -> tuple[str, bool]:
    """The name in the picker, and whether its trained weights are wanted."""
    return st.session_state.get("network") or DEFAULT, st.session_state.get("weights") != "random"


def in_use() -> tuple[str, bool]:
    """As `chosen`, of the network in use: while the one chosen is not here, the last one."""
    name, trained = chosen()
    last: tuple[str, bool] = st.session_state.get(_LAST, (DEFAULT, True))
    return last if trained and not _is_here(name) else (name, trained)


def _architecture(name: str) -> str:
    return st.session_state[OWN].name if name == OWN else name


def _apply_choices() -> None:
    """Take what the list, the upload or a link by full name has chosen into the picker, before it is drawn."""
    link = linked.parameter("network") or ""
    wish = st.session_state.pop(_WISH, None)
    if weights := st.session_state.pop(_WEIGHTS, None):
        st.session_state["weights"] = weights
    if once.is_new("follow the network's link", link):
        wish = wish or full_name(link)
        if link:  # what means nothing Streamlit takes out of the link: that changes nothing here
            known = wish is not None or link in map(title, _offered())
            st.session_state[_UNKNOWN] = "" if known else link
            if not known:  # also where no network is shown, and `current` says nothing
                st.toast(why_not(link, title(chosen()[0])), icon=":material/link_off:")
    if wish is None:
        return
    _forget_unknown()
    if wish not in NETWORKS and wish != OWN:
        st.session_state[_BEYOND] = wish
    st.session_state["network"] = wish


def _forget_unknown() -> None:
    st.session_state[_UNKNOWN] = ""


def _offered() -> list[str]:
    beyond = st.session_state.get(_BEYOND)
    return [*NETWORKS, *([beyond] if beyond else []), *([OWN] if OWN in st.session_state else [])]


def _is_here(name: str) -> bool:
    return name in EMBEDDED or name == OWN or fetching.is_here(name)


def _load(name: str, trained: bool) -> Network:
    from explorer.networks.loading import load_network

    if name == OWN:
        own: Network = st.session_state[OWN]
        return own if trained else counterpart(own) or own
    with st.spinner(f"Loading {title(name)} …"):
        return load_network(name, pretrained=trained)
