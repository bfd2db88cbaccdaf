"""Where a visitor is on a path, and what was answered: the station stands in the link, the answers in this visit."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts.path.teaching_path import Station, TeachingPath, read, shipped
from pages.parts.pickers import network
from pages.parts.shell import once
from pages.parts.shell.controls import forget_controls
from pages.parts.shell.screens import file_of
from pages.parts.shell.visit import note_own_things
from pages.parts.widgets import linked

LINK, OWN = "path", "own"  # path=lecture.3; a path of the visitor's own is path=own.3
LISTED = "lecture"  # the screen that lists the paths
# In the session: the visitor's path, the answers by waypoint, and where to go in this run.
_OWN, _ANSWERS, _DEPART = "path_own", "path_answers", "path_depart"
_PREPARING = "prepare a station's screen"
_TEXT = "path_own_text"  # in the session: the file of the visitor's path
Answer = int | float | tuple[int, int] | None  #: an option, a number, a place (row, column); None: shown without


@dataclass(frozen=True)
class Waypoint:
    """A station of a path, counted from 1."""

    path: str
    number: int

    @property
    def route(self) -> TeachingPath:
        """The path it is on."""
        return paths()[self.path]

    @property
    def station(self) -> Station:
        """The station it is at."""
        return self.route.stations[self.number - 1]

    @property
    def text(self) -> str:
        """As the link has it."""
        return f"{self.path}.{self.number}"


def paths() -> dict[str, TeachingPath]:
    """All paths by name: those that come with the app, and the visitor's own."""
    own = st.session_state.get(_OWN)
    return shipped() | ({OWN: own} if own is not None else {})


def take_own(text: str) -> None:
    """Walk on a path of the visitor's own, from its file's text. Raises PathError."""
    own = read(text)
    note_own_things()
    st.session_state[_OWN], st.session_state[_TEXT] = own, text
    st.session_state[_ANSWERS] = {waypoint: one for waypoint, one in answers().items() if waypoint.path != OWN}


def own_text() -> str:
    """The file of the visitor's own path; empty without one."""
    return str(st.session_state.get(_TEXT, ""))


def here() -> Waypoint | None:
    """Where the visitor is; None: on no path."""
    if (linked.parameter(LINK) or "").startswith(f"{OWN}.") and OWN not in paths():
        linked.forget(LINK)
        st.info(
            "This link leads to a station of somebody's own path, and doesn't bring the path: ask for the path's link, "
            "or bring its file in *The lecture*.",
            icon=":material/link_off:",
        )
    return linked.value(LINK, _read, None)


def _read(text: str) -> Waypoint:
    name, _, number = text.rpartition(".")
    waypoint = Waypoint(name, linked.whole(number))
    if not 1 <= waypoint.number <= len(paths()[name].stations):
        raise ValueError(f"There is no station {number} on {name}.")
    return waypoint


def answers() -> dict[Waypoint, Answer]:
    """What was answered in this visit, by waypoint."""
    found: dict[Waypoint, Answer] = st.session_state.setdefault(_ANSWERS, {})
    return found


def answer(waypoint: Waypoint, given: Answer) -> None:
    """Keep an answer, and show the screen: for a callback."""
    answers()[waypoint] = given
    if waypoint.station.before is not None:
        st.session_state[_DEPART] = waypoint


def ask_again(waypoint: Waypoint) -> None:
    """Forget an answer: for a callback."""
    answers().pop(waypoint, None)
    st.session_state[_DEPART] = waypoint


def go(waypoint: Waypoint) -> None:
    """Go to a station in the run that follows: for a callback, which can't switch pages itself."""
    st.session_state[_DEPART] = waypoint


def finish() -> None:
    """Go to the list of the paths in the run that follows: for a callback."""
    st.session_state[_DEPART] = LISTED


def leave() -> None:
    """Walk on no path any more; what was answered stays."""
    linked.forget(LINK)


def depart() -> None:
    """Open the screen of the station that the visitor chose to go to, in its prepared state."""
    waypoint: Waypoint | str | None = st.session_state.pop(_DEPART, None)
    if waypoint is None:
        return
    if isinstance(waypoint, str):
        leave()
        network.open_screen(file_of(waypoint), {})
    st.session_state[LINK] = waypoint.text
    once.forget(_PREPARING)
    network.open_screen(file_of(waypoint.station.screen), {**state_of(waypoint), LINK: waypoint.text})


def state_of(waypoint: Waypoint) -> dict[str, str]:
    """The query parameters of the station's screen, as it stands now."""
    station = waypoint.station
    return dict(station.link if waypoint in answers() or station.before is None else station.before)


def prepare(waypoint: Waypoint) -> None:
    """Before a station's screen is drawn first: forget how the visitor left its controls, so that the link rules."""
    if once.is_new(_PREPARING, (waypoint, waypoint in answers())):
        forget_controls(waypoint.station.screen)
