"""What surrounds every screen: the picture and network in use, the device, and each screen's heading."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from pages.parts.pickers import network, picture
from pages.parts.shell import ast_parse_lock, import_placeholders
from pages.parts.shell.drawn_state import recorded, report
from pages.parts.shell.link_check import checked
from pages.parts.shell.live import errors_explained
from pages.parts.shell.screens import HOME, OPENING, SECTIONS, WITH_TORCH, file_of
from pages.parts.shell.session_cleanup import see_visitors_out
from pages.parts.shell.shutdown import end_in_time
from pages.parts.shell.visit import hold_visit
from pages.parts.widgets import linked, takeaway

ASSETS = Path(__file__).parents[3] / "assets"
ICON = str(ASSETS / "icon.png")
STYLE = "".join((ASSETS / file).read_text("utf-8") for file in ("bars.css", "style.css"))
import_placeholders.install()
ast_parse_lock.install()
report("picture", lambda: picture.current().name)
report("network", lambda: network.in_use()[0])
report("weights", lambda: "trained" if network.in_use()[1] else "random")
# Where the picker belongs in the sidebar that surrounds the page, and what a page draws with it after its own run.
_picker: ContextVar[DeltaGenerator | None] = ContextVar("picker", default=None)
_DRAWN = "screen_drawn"  # in the session: the screen that was drawn last, as a whole
_with_picker: ContextVar[list[Callable[[DeltaGenerator], None]]] = ContextVar("with_picker")


def navigation() -> StreamlitPage:
    """Set the page up and list the screens in the sidebar; returns the one that is open."""
    # an icon of our own: Streamlit fetches the screen's symbol from a font server otherwise
    st.set_page_config(page_title="Explorer", page_icon=ICON, layout="wide")
    return st.navigation(
        {
            section: [
                copy(_page(*screen))  # each run's own: Streamlit marks in it whether it may run
                for screen in screens
            ]
            for section, screens in SECTIONS.items()
        },
        expanded=True,
    )


@cache
def _page(file: str, title: str, icon: str) -> StreamlitPage:
    """A screen for the sidebar; to find its file again in every run would take a fifth of the frame's time."""
    return st.Page(file_of(file), title=title, icon=f":material/{icon}:", default=file == "home")


@dataclass(frozen=True)
class Surroundings:
    """What the frame is given beside a screen; all are told the screen's name.

    `above` draws what stands above it and says whether it may be seen, `below` what stands beneath it; within `lesson`
    it is drawn; `tools` stand at the page's upper rim.
    """

    above: Callable[[str], bool] = lambda _: True
    below: Callable[[str], None] = lambda _: None
    lesson: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()
    tools: Sequence[Callable[[str], None]] = ()


def surround(page: StreamlitPage, more: Surroundings = Surroundings()) -> None:
    """Draw the sidebar, what stands around the screen, and the page."""
    hold_visit()
    see_visitors_out()
    end_in_time()
    st.html(f"<style>{STYLE}</style>")
    screen = page.url_path or "home"
    with st.container(horizontal=True, key="tools", gap="xxsmall"):
        for tool in more.tools:
            tool(screen)
    try:
        with checked(), more.lesson(screen):
            _draw(page, more)
    finally:
        warm_up()  # beside it, a server's first page would take twice as long


def _draw(page: StreamlitPage, more: Surroundings) -> None:
    screen = page.url_path or "home"
    if st.session_state.get(_DRAWN) != screen:
        _pick_again()
    with st.sidebar:
        place = st.container(key="sidebar_picture")
        with st.container(key="sidebar_network"):
            network.pick()
    token, blocks = _picker.set(place), list[Callable[[DeltaGenerator], None]]()
    _with_picker.set(blocks)
    try:
        with recorded(), errors_explained("page"):
            at_home = page.title == HOME  # which draws the picker itself, anew with what it shows of the picture
            if not at_home:
                _pick(place, screen)
            if more.above(screen):
                _run(page, screen, more)
                for block in blocks:
                    block(place)
                st.session_state[_DRAWN] = screen
            elif at_home:
                _pick(place, screen)
    finally:
        _picker.reset(token)


def _run(page: StreamlitPage, screen: str, more: Surroundings) -> None:
    """The page, once it has what it needs, and what stands beneath it."""
    takeaway.begin(screen)
    if page.url_path in WITH_TORCH:
        network.wait()
    with suppress(_PageEnded):
        page.run()
    more.below(screen)


def _pick_again() -> None:
    """Pick what is picked once more, whereupon Streamlit tells the browser what it is.

    A slow browser can forget the pickers' values on its way to another screen. Untold, it would send the usual ones
    with the next request, as if the visitor had picked them.
    """
    for key, text in network.in_link().items():
        if key in st.session_state and linked.parameter(key) in (None, text):  # what a link asks for goes before
            st.session_state[key] = st.session_state[key]


def _pick(place: DeltaGenerator, screen: str) -> None:
    with place:
        picture.pick(OPENING.get(screen))
        picture.refusal()


def draw_with_picker(block: Callable[[DeltaGenerator], None]) -> None:
    """Have `block` draw the picture picker in the sidebar's place, and what goes with it, after the page has run.

    A widget is another one for Streamlit in each page: drawn from here, the picker is the same on every screen, and
    keeps what a link gave it.
    """
    _with_picker.get().append(block)


def hide_pickers(*pickers: str) -> None:
    """Hide the sidebar's pickers, "picture" or "network", that do nothing on this screen; what was picked stays."""
    st.html("<style>" + " ".join(f".st-key-sidebar_{one} {{ display: none }}" for one in pickers) + "</style>")


class _PageEnded(Exception):
    """A page goes no further."""


def end_page() -> NoReturn:
    """End the page before its last line. What stands beneath every screen follows, which `st.stop` would leave out."""
    raise _PageEnded


def heading(title: str, idea: str) -> DeltaGenerator:
    """A screen's title and idea; returns the corner where the page puts what can be taken away."""
    _require_frame()
    left, corner = st.columns([5, 1], vertical_alignment="bottom")
    with left:
        _words(title, idea)
    return corner.popover("Take away", icon=":material/download:", width="stretch")


def title(words: str, idea: str) -> None:
    """The title and idea of a screen that has nothing to take away."""
    _require_frame()
    _words(words, idea)


def _words(title: str, idea: str) -> None:
    st.title(title, anchor=False)
    st.markdown(idea)


def _require_frame() -> None:
    """A folder called pages/ makes a fresh server run a linked page without app.py, until st.navigation is called."""
    if _picker.get() is None:
        navigation()
        st.rerun()


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Load torch and the default network in the background, once for the server: the first screens need neither."""
    thread = threading.Thread(target=_load, name="warm-up", daemon=False)
    thread.start()
    return thread


def _load() -> None:
    from explorer.networks.loading import load_network

    load_network()
    # what is loaded now stays: left out of every later garbage collection, which would hold all visitors up
    gc.collect()
    gc.freeze()
