"""The link to a screen, to be copied; and a lesson made of it, short enough to be read from the wall by a phone."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
import streamlit as st

from pages.parts.lesson.lesson_link import Lesson, write
from pages.parts.lesson.opened_lesson import LINK
from pages.parts.pickers import network, picture
from pages.parts.pickers.picture import YOURS
from pages.parts.shell.controls import controls_of
from pages.parts.widgets import linked

_NOT_OF_A_LESSON = (LINK, "path", "project", "embed")
_LONGEST = 1200  # letters that a phone still reads from a code on the wall


def button(screen: str) -> None:
    """The button in the frame that gives the link."""
    st.button("Link", icon=":material/share:", key="share", type="tertiary", help="A link to this screen, or a lesson")
    if st.session_state.get("share"):
        _dialog(screen)


@st.dialog("A link to this screen", width="medium")
def _dialog(screen: str) -> None:
    _what_stays()
    state = {key: value for key, value in linked.parameters().items() if key not in _NOT_OF_A_LESSON}
    base = st.context.url or ""
    st.code(f"{base}?{urlencode(state)}".rstrip("?"), language=None, wrap_lines=True)
    st.caption("The button at its right copies it; so does Ctrl C once it is marked.")
    if st.toggle("As a lesson, with a question, fewer controls, and a code for the wall", key="share_lesson"):
        _lesson(screen, state, base)


def _what_stays() -> None:
    """What a link can't carry is said."""
    own = []
    if picture.in_link().get("picture") == YOURS:
        own.append("your own picture")
    if network.in_use()[0] == "own_network":
        own.append("your own network's weights")
    if own:
        st.info(
            f"A link can't carry {' and '.join(own)}: who opens it sees a sample, or the usual network.",
            icon=":material/link_off:",
        )


def _lesson(screen: str, state: dict[str, str], base: str) -> None:
    title = st.text_input("Title", key="share_title", max_chars=200)
    question = st.text_area("Question", key="share_question", max_chars=1000, height=80)
    labels = {control.key: f"{control.label} ({control.key})" for control in controls_of(screen) if not control.several}
    left, right = st.columns(2)
    hidden = left.multiselect("Hide", list(labels), format_func=labels.__getitem__, key="share_hidden")
    shown = [key for key in labels if key not in hidden]
    locked = right.multiselect("Lock", shown, format_func=labels.__getitem__, key="share_locked")
    text = write(Lesson(title, question, tuple(hidden), tuple(locked), state))
    address = f"{base}?{urlencode({LINK: text})}"
    st.code(address, language=None, wrap_lines=True)
    if len(address) > _LONGEST:
        st.info("This is too long for a code that a phone reads from the wall: write less.", icon=":material/qr_code:")
        return
    code = segno.make(address, error="m", micro=False)
    st.html(f'<img class="qr" alt="The lesson as a QR code" src="{code.svg_data_uri(scale=8, border=4)}">')


def leave() -> None:
    """The lesson is over: for a callback."""
    linked.forget(LINK)
