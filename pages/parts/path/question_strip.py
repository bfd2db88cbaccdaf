"""The strip above a station's screen: its question, then right or wrong and the way on; it hides the answer."""

from __future__ import annotations

import streamlit as st

from pages.parts.path import progress
from pages.parts.path.measures import needs
from pages.parts.path.progress import Waypoint
from pages.parts.path.teaching_path import Question
from pages.parts.path.verdicts import FIELDS, Verdict, judge, question_picture
from pages.parts.shell.words import plain
from pages.parts.widgets import places, show

_PICTURE_SIDE = 480  # pixels of the longer side
CORRECT, WRONG = ":material/check_circle:", ":material/cancel:"


def stand_above(screen: str) -> bool:
    """Draw the strip for who walks on a path; returns whether the screen may be seen yet."""
    progress.depart()
    waypoint = progress.here()
    if waypoint is None or screen == progress.LISTED:
        return True
    if screen != waypoint.station.screen:
        _back_to(waypoint)
        return True
    progress.prepare(waypoint)
    with st.container(border=True, key="path_strip", gap="small"):
        _where(waypoint)
        if waypoint in progress.answers():
            _draw_verdict(waypoint)
            return True
        _draw_question(waypoint)
    return waypoint.station.before is not None


def _back_to(waypoint: Waypoint) -> None:
    """The visitor has left the path for another screen: the way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="path_away"):
        st.markdown(
            f":small[You are on **{plain(waypoint.route.title)}**, station {waypoint.number}.]", width="content"
        )
        st.button("Back to it", icon=":material/route:", on_click=progress.go, args=(waypoint,), key="path_return")
        st.button("Leave it", type="tertiary", on_click=progress.leave, key="path_leave")


def _where(waypoint: Waypoint) -> None:
    """Which station this is, and the ways back and off the path."""
    count = len(waypoint.route.stations)
    with st.container(horizontal=True, vertical_alignment="center"):  # at the right are the frame's tools
        st.markdown(f":small[{plain(waypoint.route.title)}, **{waypoint.number} of {count}**]", width="content")
        if waypoint.number > 1:
            before = Waypoint(waypoint.path, waypoint.number - 1)
            st.button("Back", icon=":material/arrow_back:", on_click=progress.go, args=(before,), key="path_back")
        st.button("Leave it", type="tertiary", on_click=progress.leave, key="path_leave")
    st.progress(waypoint.number / count)


def _draw_question(waypoint: Waypoint) -> None:
    station, question = waypoint.station, waypoint.station.question
    left, right = st.columns([2, 3], gap="large") if shows_picture(question) else (None, st.container())
    with right:
        st.title(plain(station.title), anchor=False)
        st.markdown(station.say)
        st.markdown(f"**{question.ask}**")
    if question.kind == "place":
        assert left is not None
        with left:
            _by_place(waypoint, right)
        return
    if left is not None:
        with left:
            image = question_picture(question)
            show.image(image, f"The picture in use: {image.name}", side=_PICTURE_SIDE)
    with right:
        if question.kind == "choice":
            _by_choice(waypoint)
        else:
            _by_number(waypoint)
        _shown_without(waypoint)


def shows_picture(question: Question) -> bool:
    """Whether the visitor's picture belongs beside the question."""
    return "image" in needs(question.measure)


def _by_choice(waypoint: Waypoint) -> None:
    for number, option in enumerate(waypoint.station.question.options):
        st.button(
            option.say, on_click=progress.answer, args=(waypoint, number), key=f"path_option_{waypoint.text}_{number}",
            width="stretch",
        )  # fmt: skip


def _by_number(waypoint: Waypoint) -> None:
    with (
        st.form(f"path_form_{waypoint.text}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        key = f"path_number_{waypoint.text}"
        st.number_input("Your answer", value=None, key=key, width=220)
        st.form_submit_button("Answer", type="primary", on_click=_answer_number, args=(waypoint, key))


def _answer_number(waypoint: Waypoint, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None:
        progress.answer(waypoint, float(given))


def _by_place(waypoint: Waypoint, beside: st.delta_generator.DeltaGenerator) -> None:
    key = f"path_guess_{waypoint.text}"
    start = st.session_state.get(key, (FIELDS // 2, FIELDS // 2))
    image = question_picture(waypoint.station.question)
    chosen = places.guess_place(
        image.uint8, (FIELDS, FIELDS), start, alt=f"Your picture, {image.name}: click a place", key=f"{key}_picture"
    )
    st.session_state[key] = chosen
    with beside:
        row, column = chosen
        st.button(
            f"This place: row {row}, column {column}", type="primary", on_click=progress.answer,
            args=(waypoint, chosen), key="path_place",
        )  # fmt: skip
        _shown_without(waypoint)


def _shown_without(waypoint: Waypoint) -> None:
    st.button("Show me", type="tertiary", on_click=progress.answer, args=(waypoint, None), key="path_show")


def _draw_verdict(waypoint: Waypoint) -> None:
    station, given = waypoint.station, progress.answers()[waypoint]
    said, way = st.columns([5, 1.2], gap="medium")
    with said:
        with st.spinner("Measuring it on your picture …"):
            verdict = judge(station.question, given)
        _say(verdict)
        title = plain(station.title) + "." * (station.title[-1].isalnum())
        st.markdown(f"**{title}** {station.then}")
    with way:
        _ways(waypoint)


def _say(verdict: Verdict) -> None:
    if verdict.correct is None:
        st.info(verdict.said, icon=":material/straighten:")
    elif verdict.correct:
        st.success(f"**Right.** {verdict.said}", icon=CORRECT)
    else:
        st.warning(f"**Not so.** {verdict.said}", icon=WRONG)


def _ways(waypoint: Waypoint) -> None:
    if waypoint.number < len(waypoint.route.stations):
        following = Waypoint(waypoint.path, waypoint.number + 1)
        st.button(
            "Go on", type="primary", icon=":material/arrow_forward:", on_click=progress.go, args=(following,),
            key="path_on", width="stretch",
        )  # fmt: skip
    else:
        st.button("The end", type="primary", icon=":material/flag:", on_click=progress.finish, key="path_on",
                  width="stretch", help="See how you did.")  # fmt: skip
    st.button("Ask me again", on_click=progress.ask_again, args=(waypoint,), key="path_again", width="stretch")
