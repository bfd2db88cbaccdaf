"""Hidden units: points in the plane, and a network whose every unit is a picture over it, learning before your eyes."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.learning.errors import TrainingError
from explorer.learning.plane.table import read_points
from explorer.learning.plane.training import PlaneEpoch
from pages.parts.learning import plane, plane_experiments, plane_files
from pages.parts.learning.plane_link import OWN, USUAL, PlaneState, points_of, read, without_table, write
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain, power_of_ten
from pages.parts.widgets import job, linked, uploads
from pages.parts.widgets.component import text_sent
from pages.parts.widgets.more import more

COMPONENT = "plane_network"
STATE, TABLE = "plane", "plane_table"  # in link and session; in the session
SLOT, CHECKED = "plane_check", "plane_checked"  # in the session: the job, and what it was asked for

corner = frame.heading(
    "Hidden units",
    "Each hidden unit is one soft step across the plane. A few of them make a border; more layers wind it.",
)
frame.hide_pickers("picture", "network")


def text_now() -> str:
    """The screen's text: the link's or this visit's, else the usual one; the circles for a table that isn't here."""
    linked.value(STATE, read, None)
    text = str(st.session_state.get(STATE, USUAL))
    lost = read(text).data == OWN and st.session_state.get(TABLE) is None
    return write(without_table(read(text))) if lost else text


def tell_of_table() -> None:
    """A link to a table doesn't hold it."""
    text = str(st.session_state.get(STATE, USUAL))
    if read(text).data == OWN and st.session_state.get(TABLE) is None:
        st.info("The link is to a table that stays with whoever brought it: bring it again. Until then: the circles.",
                icon=":material/info:")  # fmt: skip


def set_screen(text: str) -> None:
    """Set the screen so from now on."""
    if text == USUAL:
        linked.forget(STATE)
    else:
        linked.keep(STATE, text)


def keep() -> None:
    """What the visitor has set is in the link from now on; what no hand could send is not."""
    try:
        read(text := text_sent(COMPONENT) or "")
    except ValueError:
        return
    if plane.by_hand(COMPONENT) and text != text_now():
        set_screen(text)


def take_table(given: Any) -> None:
    """Take an upload. Raises TrainingError when it is no table of points."""
    st.session_state[TABLE] = read_points(given.getvalue(), given.name)
    set_screen(write(without_table(read(str(st.session_state.get(STATE, USUAL))))).replace("circles_", f"{OWN}_", 1))


@live
def screen(offered: DeltaGenerator) -> None:
    """The experiments, the network in the browser, the visitor's own points; files go to `offered`."""
    plane_experiments.chips(set_screen)
    plane_experiments.question(set_screen)
    uploads.refusal(STATE)
    text, table = text_now(), st.session_state.get(TABLE)
    tell_of_table()
    state = read(text)
    plane.show_plane(text, table, key=COMPONENT, on_settled=keep)
    row = plane.from_browser(COMPONENT, text)
    own_points()
    now = (text, text_sent(COMPONENT))
    if st.session_state.get("plane_server") and st.session_state.get(CHECKED) not in (None, now):
        st.session_state[CHECKED] = now
        st.rerun()  # what is trained on the server stands outside this block
    if row is None and text == USUAL:
        row = plane.flat(plane.last_epoch(state))
    with offered.container():
        if row is None:
            st.caption("There is something to take away as soon as your browser is at this epoch.")
        else:
            plane_files.take(state, row, table)


def own_points() -> None:
    """The popover in which a visitor brings a table of points."""
    with st.popover("Your own points", icon=":material/upload_file:"):
        uploads.uploader("A CSV: x, y and one of two labels in each row (2 to 500)", STATE, take_table,
                         max_upload_size=5)  # fmt: skip
        st.caption(
            "They are moved and scaled to fill the plane, stay in the server's memory while this page is open, and are "
            "not stored."
        )


def check() -> None:
    """The engine's training beside the browser's, when asked for."""
    with more("plane_server"):
        asked = st.toggle(
            "Train it on the server, too", key="plane_server", bind="query-params",
            help="The same points, start and order in NumPy, and how far its weights are from your browser's.",
        )  # fmt: skip
    if not asked:
        return
    text, table = text_now(), st.session_state.get(TABLE)
    st.session_state[CHECKED] = (text, text_sent(COMPONENT))
    state = read(text)
    try:
        points, labels, held = points_of(state, table)
        key = ("plane", text, points.tobytes(), labels.tobytes(), held.tobytes())
        job.run(SLOT, key, lambda: plane.training(state, table), lambda epoch: epoch)
    except TrainingError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    job.watch(SLOT, lambda running: show_distance(running, text, state), progress=job.numbered(max(1, state.epoch)),
              waiting="NumPy is training …")  # fmt: skip


def show_distance(running: job.Job[PlaneEpoch, PlaneEpoch], text: str, state: PlaneState) -> None:
    """How far the two are apart, once both are there."""
    last = running.latest
    if last is None or last.number < state.epoch:
        return
    held = "" if np.isnan(last.held_out_accuracy) else f", of those held out {percent(last.held_out_accuracy)}"
    here = plane.from_browser(COMPONENT, text)
    apart = "" if here is None else (
        f" Its weights and your browser's are at most "
        f"**{power_of_ten(np.abs(here - plane.flat(last)).max())}** apart."
    )  # fmt: skip
    right = f"{percent(last.accuracy)} of the training points are right{held}"
    st.markdown(f"NumPy, after {last.number} epoch{'s' * (last.number != 1)}: {right}.{apart}")


screen(corner.empty())
check()
closing(
    look_for="The dashed lines: there each unit of the first layer is half on. Which of them does the border follow?",
    try_="Take units away until it fails, then put one back. Click a unit, and drag a weight. Add a point of the other "
    "class in the middle.",
    it_means="Each unit of the first layer is one step across the plane, along a line. The next layer sees only "
    "these, and steps across *their* values: nobody told any unit what to become. The held-out points are "
    "the control: what was learned by heart fails on them.",
    formula=r"$h = s(w^\top x + b)$"
    "\n\n"
    "Here $x$ is a point, $w$ and $b$ are the weights and the bias of a unit of the first layer, and $s$ is "
    r"its activation: one step along the line $w^\top x + b = 0$.",
)
