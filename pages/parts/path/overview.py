"""A path as a card: what it is, how far the visitor has come, its stations; and a path of one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.path import path_link, progress
from pages.parts.path.progress import Waypoint
from pages.parts.path.teaching_path import FOLDER, MOST_BYTES, PathError, TeachingPath
from pages.parts.path.verdicts import judge
from pages.parts.shell.words import counted, plain
from pages.parts.widgets import uploads
from pages.parts.widgets.takeaway import take_file

_NAME = "path"  # of what is brought


def overview(name: str, path: TeachingPath) -> None:
    """The card of one path."""
    waypoints = [Waypoint(name, number) for number in range(1, len(path.stations) + 1)]
    seen = [waypoint for waypoint in waypoints if waypoint in progress.answers()]
    with st.container(border=True, key=f"path_card_{name}"):
        minutes = f", {path.minutes} minutes" if path.minutes else ""
        st.header(plain(path.title), anchor=False)
        st.markdown(f"{path.about}  \n:small[{counted(len(waypoints), 'station')}{minutes}, your picture]")
        left = next((waypoint for waypoint in waypoints if waypoint not in progress.answers()), waypoints[0])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Go on at station {left.number}" if seen and len(seen) < len(waypoints) else "Begin",
                type="primary", icon=":material/play_arrow:", on_click=progress.go, args=(left,),
                key=f"path_begin_{name}",
            )  # fmt: skip
            if seen:
                st.markdown(_so_far(seen, len(waypoints)), width="content")
        with st.expander("All stations"):
            for waypoint in waypoints:
                _line(waypoint)


def _so_far(seen: list[Waypoint], count: int) -> str:
    verdicts = [judge(waypoint.station.question, progress.answers()[waypoint]) for waypoint in seen]
    correct = sum(verdict.correct is True for verdict in verdicts)
    return f"**{len(seen)} of {count}** seen, **{correct}** guessed right."


def _line(waypoint: Waypoint) -> None:
    done = waypoint in progress.answers()
    st.button(
        f"{waypoint.number}. {waypoint.station.title}", type="tertiary", on_click=progress.go, args=(waypoint,),
        icon=":material/done:" if done else ":material/radio_button_unchecked:", key=f"path_to_{waypoint.text}",
    )  # fmt: skip


def take_from_link() -> None:
    """The path that a teacher's link brings; what is wrong with it is said."""
    try:
        path_link.take_from_link()
    except PathError as error:
        st.error(plain(str(error)), icon=":material/link_off:")


def bring_own() -> None:
    """A teacher's own path: a file to bring, and one to begin with."""
    with st.expander("A path of your own"):
        st.markdown(
            "A path is one text file (TOML) that needs no programming: for each station a screen, its link as you "
            "copy it from the address bar, a question, and what measures the answer. Take one, change it, bring it."
        )
        uploads.uploader(
            f"A path of yours (TOML, up to {MOST_BYTES // 1000} kB)", _NAME, _take_path, type="toml", max_upload_size=1
        )
        uploads.refusal(_NAME)
        if text := progress.own_text():
            link = path_link.address(text)
            st.markdown("**A link that brings your path along**" if link else "Your path is too long for a link.")
            if link:
                st.code(link, language=None, wrap_lines=True, height=120)
        for file in sorted(FOLDER.glob("*.toml")):
            take_file(file.read_bytes, file.name, f"Take {file.name} to begin with", "application/toml")


def _take_path(given: Any) -> None:
    """Take a path that was brought. Raises PathError, which says where it is none."""
    try:
        text = given.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PathError("The file is no text in UTF-8.") from error
    progress.take_own(text)
