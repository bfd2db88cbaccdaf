"""One screen alone under Streamlit's AppTest, without waiting for torch, and what its components are told."""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import streamlit as st
from pages.parts.shell import frame
frame.surround(st.navigation([st.Page({page!r})]))
"""


def open_alone(page: str, query: dict[str, str] | None = None, **state: object) -> AppTest:
    """The screen in pages/ of that name, with what its link and the session say."""
    at = AppTest.from_string(SCRIPT.format(page=str(ROOT / "pages" / f"{page}.py")), default_timeout=120)
    for name, value in (query or {}).items():
        at.query_params[name] = value
    for name, value in state.items():
        at.session_state[name] = value
    return at.run()


def told(at: AppTest) -> dict:
    """What the screen's component is told; of bytes the header."""
    proto = at.get("bidi_component")[0].proto
    if proto.bytes:
        return json.loads(proto.bytes[4 : 4 + int.from_bytes(proto.bytes[:4], "little")])
    return json.loads(proto.json)
