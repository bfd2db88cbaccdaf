"""The parts of a screen that run in the browser: a folder of assets with HTML, CSS and JavaScript for each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parents[3] / "assets"
# Stand before the CSS and the script of every component.
SLIDER = (ASSETS / "slider.css").read_text("utf-8")
SHARED = "".join(file.read_text("utf-8") for file in sorted((ASSETS / "shared").glob("*.js")))


@cache
def component(name: str) -> Any:
    """What draws the component in the folder `name`; its files are read and made known to Streamlit once."""
    return register(name, ASSETS / name, (ASSETS / name / f"{name}.js").read_text("utf-8"))


def register(name: str, folder: Path, script: str, style: str = "") -> Any:
    """As `component`, for one whose script is made of several files; `style` stands before its own."""
    html, css = ((folder / f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return st.components.v2.component(name, html=html, css=SLIDER + style + css, js=SHARED + script)


def joined(folder: Path, scripts: Sequence[str]) -> str:
    """ES modules as one script: an inline module cannot import its neighbours. Their names must all differ."""
    sources = [(folder / f"{script}.js").read_text("utf-8") for script in scripts]
    together = "\n".join(re.sub(r"^import .*\n", "", source, flags=re.M) for source in sources)
    return re.sub(r"^export (?!default)", "", together, flags=re.M)


def valid_key(key: str) -> str:
    """A component's key that may hold what a visitor typed: Streamlit refuses two underscores in a row."""
    return re.sub("_(?=_)", "_-", key)


def value_sent(key: str, name: str) -> Any:
    """What the component of that key has last sent under `name`, None for nothing; it may be forged."""
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, Mapping) else None


def values_sent(key: str, name: str = "settled") -> Mapping[str, Any]:
    """As `value_sent`, for several values by name; {} for nothing, or what none of ours sends."""
    told = value_sent(key, name)
    return told if isinstance(told, Mapping) else {}


def text_sent(key: str) -> str | None:
    """The text in which a component has settled, as the visitor has left it; None where nothing has come back."""
    text = values_sent(key).get("text")
    return text if isinstance(text, str) else None


def read_when_drawn() -> None:
    """For what a component sends: nobody is called, it is read where the component is drawn."""


def fingerprint(*parts: bytes | memoryview | str) -> str:
    """By which the browser knows again what it was sent."""
    together = hashlib.sha1()
    for part in parts:
        together.update(part.encode() if isinstance(part, str) else part)
    return together.hexdigest()


def pack(header: Mapping[str, Any], raw: bytes) -> bytes:
    """Length (uint32), JSON header, raw bytes in one string of bytes: inside a dict they would become text.

    In the browser, unpack gives the header with the bytes as `raw`, which begin at a multiple of 4.
    """
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)  # Float32Array wants that
    return len(text).to_bytes(4, "little") + text + raw
