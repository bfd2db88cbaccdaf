"""On the wall: the scenes that tell a screen's story, each a state of it with a sentence for the class."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import streamlit as st

from pages.parts.pickers import network
from pages.parts.shell import once, projector
from pages.parts.shell.controls import forget_controls
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import counted, plain
from pages.parts.widgets import linked

FILE = Path(__file__).parents[3] / "assets" / "scenes.toml"
LINK = "scene"  # counted from 1
_DEPART = "scene_depart"  # in the session: where to go in this run


@dataclass(frozen=True)
class Scene:
    """A state of a screen as its link's parameters, and what is said of it."""

    say: str
    link: Mapping[str, str]


@cache
def scenes() -> dict[str, tuple[Scene, ...]]:
    """The scenes of each screen that has some, in their order."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return {
        screen: tuple(Scene(one["say"], dict(parse_qsl(one["link"]))) for one in listed)
        for screen, listed in told.items()
    }


def stand_above(screen: str) -> None:
    """On the projector: the scene's sentence, and the ways back and on; set the screen so when it was chosen."""
    listed = scenes().get(screen, ())
    if not listed or not projector.projected() or linked.parameter("path") is not None:
        return
    if (chosen := st.session_state.pop(_DEPART, None)) is not None:
        link = {**listed[chosen - 1].link, projector.LINK: "1", LINK: str(chosen)}
        network.open_screen(file_of(screen), link)
    _strip(_here(screen, len(listed)), listed)


def _here(screen: str, count: int) -> int:
    """The scene that the link asks for, 0 for none; how the visitor left the controls is forgotten once for it."""
    number = linked.from_link(LINK, linked.below(count + 1), 0)
    if number and once.is_new("prepare a scene", (screen, number)):
        forget_controls(screen)
    return number


def _strip(number: int, listed: tuple[Scene, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="scene_strip"):
        if number:
            st.button("", key="scene_back", icon=":material/arrow_back:", on_click=_go, args=(number - 1,),
                      disabled=number == 1, help="The scene before: Page ↑")  # fmt: skip
        st.button("" if number else "Begin", key="scene_on", icon=":material/arrow_forward:", on_click=_go,
                  args=(number + 1,), disabled=number == len(listed), help="The next scene: Page ↓")  # fmt: skip
        if number:
            st.markdown(f"**{number} of {len(listed)}** · {plain(listed[number - 1].say)}")
        else:
            st.markdown(f"{counted(len(listed), 'scene')} for the class")


def _go(number: int) -> None:
    st.session_state[_DEPART] = number
