"""The strip above a station's screen: its question, then right or wrong and the way on; it hides the answer."""

from __future__ import annotations

import streamlit as st

from pages.parts.path import progress
from pages.parts.path.measures import needs
from pages.parts.path.progress import Place
from pages.parts.path.stations import Question
from pages.parts.path.verdicts import FIELDS, Verdict, asked_on, judge
from pages.parts.shell.words import plain
from pages.parts.widgets import places, show

_PICTURE_SIDE = 480  # pixels of the longer side
RIGHT, WRONG = ":material/check_circle:", ":material/cancel:"


def stand_above(screen: str) -> bool:
    """Draw the strip for who walks on a path; returns whether the screen may be seen yet."""
    progress.depart()
    place = progress.here()
    if place is None or screen == progress.LISTED:
        return True
    if screen != place.station.screen:
        _back_to(place)
        return True
    progress.prepare(place)
    with st.container(border=True, key="path_strip", gap="small"):
        _where(place)
        if place in progress.answers():
            _answered(place)
            return True
        _asked(place)
    return place.station.before is not None


def _back_to(place: Place) -> None:
    """The visitor has left the path for another screen: the way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="path_away"):
        st.markdown(f":small[You are on **{plain(place.route.title)}**, station {place.number}.]", width="content")
        st.button("Back to it", icon=":material/route:", on_click=progress.go, args=(place,), key="path_return")
        st.button("Leave it", type="tertiary", on_click=progress.leave, key="path_leave")


def _where(place: Place) -> None:
    count = len(place.route.stations)
    with st.container(
        horizontal=True, vertical_alignment="center"
    ):  # from the left: at the right are the frame's tools
        st.markdown(f":small[{plain(place.route.title)}, **{place.number} of {count}**]", width="content")
        if place.number > 1:
            before = Place(place.path, place.number - 1)
            st.button("Back", icon=":material/arrow_back:", on_click=progress.go, args=(before,), key="path_back")
        st.button("Leave it", type="tertiary", on_click=progress.leave, key="path_leave")
    st.progress(place.number / count)


def _asked(place: Place) -> None:
    station, question = place.station, place.station.question
    of_picture = bool(asked_of_picture(question))
    left, right = st.columns([2, 3], gap="large") if of_picture else (None, st.container())
    with right:
        st.title(plain(station.title), anchor=False)
        st.markdown(station.say)
        st.markdown(f"**{question.ask}**")
    if question.kind == "place":
        assert left is not None
        with left:
            _by_place(place, right)
        return
    if left is not None:
        with left:
            image = asked_on(question)
            show.image(image, f"The picture in use: {image.name}", side=_PICTURE_SIDE)
    with right:
        if question.kind == "choice":
            _by_choice(place)
        else:
            _by_number(place)
        _shown_without(place)


def asked_of_picture(question: Question) -> bool:
    """Whether the visitor's picture belongs beside the question."""
    return "image" in needs(question.measure)


def _by_choice(place: Place) -> None:
    for number, option in enumerate(place.station.question.options):
        st.button(
            option.say, on_click=progress.answer, args=(place, number), key=f"path_option_{place.text}_{number}",
            width="stretch",
        )  # fmt: skip


def _by_number(place: Place) -> None:
    with st.form(f"path_form_{place.text}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"path_number_{place.text}"
        st.number_input("Your answer", value=None, key=key, width=220)
        st.form_submit_button("Answer", type="primary", on_click=_answer_number, args=(place, key))


def _answer_number(place: Place, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None:
        progress.answer(place, float(given))


def _by_place(place: Place, beside: st.delta_generator.DeltaGenerator) -> None:
    key = f"path_guess_{place.text}"
    start = st.session_state.get(key, (FIELDS // 2, FIELDS // 2))
    image = asked_on(place.station.question)
    chosen = places.guess_place(
        image.uint8, (FIELDS, FIELDS), start, alt=f"Your picture, {image.name}: click a place", key=f"{key}_picture"
    )
    st.session_state[key] = chosen
    with beside:
        row, column = chosen
        st.button(
            f"This place: row {row}, column {column}", type="primary", on_click=progress.answer, args=(place, chosen),
            key="path_place",
        )  # fmt: skip
        _shown_without(place)


def _shown_without(place: Place) -> None:
    st.button("Show me", type="tertiary", on_click=progress.answer, args=(place, None), key="path_show")


def _answered(place: Place) -> None:
    station, given = place.station, progress.answers()[place]
    said, way = st.columns([5, 1.2], gap="medium")
    with said:
        with st.spinner("Measuring it on your picture …"):
            verdict = judge(station.question, given)
        _say(verdict)
        title = plain(station.title) + "." * (station.title[-1].isalnum())
        st.markdown(f"**{title}** {station.then}")
    with way:
        _ways(place)


def _say(verdict: Verdict) -> None:
    if verdict.right is None:
        st.info(verdict.said, icon=":material/straighten:")
    elif verdict.right:
        st.success(f"**Right.** {verdict.said}", icon=RIGHT)
    else:
        st.warning(f"**Not so.** {verdict.said}", icon=WRONG)


def _ways(place: Place) -> None:
    if place.number < len(place.route.stations):
        following = Place(place.path, place.number + 1)
        st.button(
            "Go on", type="primary", icon=":material/arrow_forward:", on_click=progress.go, args=(following,),
            key="path_on", width="stretch",
        )  # fmt: skip
    else:
        st.button("The end", type="primary", icon=":material/flag:", on_click=progress.finish, key="path_on",
                  width="stretch", help="See how you did.")  # fmt: skip
    st.button("Ask me again", on_click=progress.ask_again, args=(place,), key="path_again", width="stretch")
