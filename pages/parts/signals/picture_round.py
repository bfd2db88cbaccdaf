"""A round of the quiz on the picture in use: four kernels, and what each makes of it, in another order."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import render
from explorer.filtering.picture_quiz import PictureQuizError, PictureRound, Values, make_picture_round
from pages.parts.pickers import picture
from pages.parts.shell.words import plain
from pages.parts.signals.quiz_columns import NUMBERS, quiz_columns
from pages.parts.widgets import show


def answer_key(number: int) -> str:
    """Where the session and the link keep the kernel chosen for a result."""
    return f"match_picture_{number + 1}"


def show_round(seed: int, level: int, *, checked: bool) -> None:
    """The round with its choices and, once `checked`, what is to be said of them."""
    try:
        made = make_picture_round(picture.current(), seed, level)
    except PictureQuizError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    for cell, name, kernel in zip(quiz_columns("picture_kernels"), NUMBERS, made.kernels, strict=True):
        with cell:
            rows, columns = kernel.weights.shape
            st.markdown(f"Kernel **{name}**, {rows} × {columns}")
            drawn = render.enlarge(render.signed(kernel.weights), 96)
            show.frame(drawn, f"Kernel {name}: blue below 0, amber above")
    for number, (cell, values) in enumerate(zip(quiz_columns("picture_results"), made.results, strict=True)):
        with cell:
            st.markdown(f"Result **{number + 1}**")
            show.frame(_grey_picture(values), f"Result {number + 1}")
            given = st.segmented_control("Kernel", list(NUMBERS), key=f"match_picture_{number + 1}",
                                         bind="query-params", width="stretch")  # fmt: skip
            if checked:
                _say(made, number, given)


def _grey_picture(values: Values) -> render.Picture:
    """Values that keep within [0, 1] as they are, others around mid-grey: as on the Convolution screen."""
    if values.min() >= 0:
        return render.grey(values)
    return render.signed(np.repeat(values[..., None], 3, -1))


def _say(made: PictureRound, number: int, name: str | None) -> None:
    if name is None:
        st.info("Choose a kernel.")
        return
    right = made.kernels[made.answer[number]]
    because = f"{right.name[0].upper()}{right.name[1:]}: {right.effect}"
    if NUMBERS.index(name) == made.answer[number]:
        st.success(f"✓ Right. {because}")
    else:
        st.warning(f"✗ Wrong: it was kernel {NUMBERS[made.answer[number]]}. {because}")


def told_right(seed: int, level: int) -> list[bool]:
    """For each result whether the kernel chosen for it is the right one; none where the round can't be made."""
    try:
        answer = make_picture_round(picture.current(), seed, level).answer
    except PictureQuizError:
        return []
    names = [st.session_state.get(answer_key(number)) for number in range(len(answer))]
    return [name is not None and NUMBERS.index(name) == right for name, right in zip(names, answer, strict=True)]
