"""An attack in the visitor's browser: ε is dragged and the picture follows; Python's engine judges the result."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from explorer.networks.loading import probabilities
from explorer.pictures.images import Image, ImageError, open_image
from pages.parts.adversarial import attack_settings
from pages.parts.pickers import browser_network
from pages.parts.shell.words import percent, plain, rounded
from pages.parts.widgets.component import fingerprint, pack, read_when_drawn, values_sent

if TYPE_CHECKING:
    from explorer.attacks import AttackSettings, Goal
    from explorer.networks.loading import Network

KEY = "attack_at_once"
METHODS = ("pgd", "fgsm")  # those that run in the browser
_FAILED = "attack_not_in_browser"  # in the session: the browser was asked, and can't


def why_not(net: Network, how: AttackSettings) -> str:
    """Why this attack can't run in the browser; "" if it can."""
    if browser_network.files(net) is None:
        return browser_network.ON_THE_SERVER
    if how.method not in METHODS or how.random_start or how.restarts > 1:
        return "PGD and FGSM from the picture itself run in your browser: this attack runs on the server."
    if st.session_state.get(_FAILED):
        return "Your browser can't compute the network, so attacks run on the server."
    return ""


def drag(net: Network, image: Image, goal: Goal, how: AttackSettings) -> None:
    """The pictures that follow ε, and what Python says of the last one."""
    original = net.prepare(image)
    raw = original.uint8.tobytes()
    sizes = attack_settings.sizes(how.norm)
    level = 255 * how.epsilon if how.norm == "linf" else how.epsilon
    header: dict[str, Any] = {
        "network": browser_network.files(net), "digest": fingerprint(raw), "method": how.method,
        "norm": how.norm, "steps": how.steps, "step_size": how.step_size, "seed": how.seed, "sizes": sizes,
        "chosen": int(np.abs(np.array(sizes) - level).argmin()), "goal": {"label": goal.label, "target": goal.target},
    }  # fmt: skip
    asked = {name: value for name, value in header.items() if name not in ("network", "chosen")}
    header["request"] = fingerprint(json.dumps([net.key, asked]))[:12]
    state = browser_network.network_component("fooling", "fooling/attack")(
        data=pack(header, raw),
        key=KEY,
        on_size_change=_take_size,
        on_made_change=read_when_drawn,
        on_failed_change=read_when_drawn,
    )
    if state.failed:
        st.session_state[_FAILED] = True
        st.rerun()
    judge(net, original, goal, _made(state.made, header["request"]))


def judge(net: Network, original: Image, goal: Goal, made: Mapping[str, Any] | None) -> None:
    """What Python's engine says of the picture that the browser made, saved with 8 bits, beside the browser's word."""
    if made is None:
        st.caption("When the attack has come to rest, Python's engine judges the 8-bit picture, too.")
        return
    try:
        picture = open_image(base64.b64decode(made["png"], validate=True), name="adversarial")
    except (ImageError, ValueError):  # forged
        return
    if picture.uint8.shape != original.uint8.shape:
        return
    shares = probabilities(net, picture)
    predicted, change = int(shares.argmax()), picture.uint8.astype(int) - original.uint8
    browser = f"{plain(net.labels[made['said']])} ({percent(made['share'])})"
    st.markdown(
        f"**The saved 8-bit picture**, largest change {np.abs(change).max()} of 255 levels, L2 norm "
        f"{rounded(float(np.sqrt(np.square(change / 255).sum())))}: your browser says {browser}, Python's engine "
        f"**{plain(net.labels[predicted])}** ({percent(float(shares[predicted]))})"
        + (": fooled." if goal.reached(predicted) else ": not fooled.")
    )


def _made(given: Any, request: str) -> Mapping[str, Any] | None:
    """What the browser made of this very request: whatever reaches the server may be forged."""
    if not isinstance(given, Mapping) or given.get("request") != request or not isinstance(given.get("png"), str):
        return None
    said, share = given.get("said"), given.get("share")
    fitting = type(said) is int and 0 <= said < 1000 and isinstance(share, (int, float)) and 0 <= share <= 1
    return given if fitting else None


def _take_size() -> None:
    if given := values_sent(KEY, "size"):
        attack_settings.take_size(given.get("norm"), given.get("size"))
