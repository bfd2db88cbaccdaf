"""Match the convolution: which kernel made each result, and of which signal?"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from explorer.one_dimension.quiz import COUNT, LEVELS, Pair, Round, judge, make_round
from explorer.pictures.samples import sample_names
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.signals import picture_round
from pages.parts.signals.drag_and_drop import draggable
from pages.parts.signals.quiz_columns import NUMBERS, quiz_columns
from pages.parts.widgets import linked, sketch
from pages.parts.widgets.more import more

LETTERS = "ABCD"
SEED, LEVEL, CHECKED, TALLY = "match_round", "match_level", "match_checked", "match_tally"
KIND, PICTURES = "match_kind", "pictures"
CLOSINGS = {
    "signals": {
        "look_for": "Flat parts (a kernel whose weights sum to 0 makes them 0), corners, and how often a jump comes "
        "back.",
        "try_": "A higher level: its kernels are more alike. *Take away* holds a link for the class.",
        "it_means": "You read a convolution backwards, from its results to the kernels and signals that made them. "
        "Every round has one right answer.",
        "formula": r"$[x \circledast w]_i = \sum_j x_{i+j}\, w_j$"
        "\n\n"
        "Here $x$ is the signal, $w$ the kernel, and $i$ the place at which it stands.",
    },
    PICTURES: {
        "look_for": "What becomes of flat areas: mid-grey where the weights sum to 0. Then which edges are left, and "
        "on "
        "which side they are bright.",
        "try_": "Your own picture; level 3, where only the direction tells them apart.",
        "it_means": "A kernel answers most to what looks like itself: read its weights as a small picture, and look "
        "for "
        "that.",
    },
}

corner = frame.heading(
    "Match",
    "Four kernels and four results in another order: which kernel made each result? Of signals: and from which one?",
)


def answers(number: int) -> tuple[str, str]:
    """Where the session and the link keep the signal and the kernel chosen for a result."""
    return f"match_signal_{number + 1}", f"match_kernel_{number + 1}"


def clear() -> None:
    """A new round begins with nothing chosen."""
    linked.turn(CHECKED, False)
    for number in range(COUNT):
        for key in (*answers(number), picture_round.answer_key(number)):
            st.session_state[key] = None


def checked() -> bool:
    """Whether the reasons are shown."""
    return linked.is_on(CHECKED)


def next_round() -> None:
    """The round after this one, with nothing chosen."""
    st.session_state[SEED] = st.session_state[SEED] + 1
    clear()


@live
def play() -> None:
    """The controls, the round that they name, and the words beneath it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = st.segmented_control("Quiz on", ["signals", PICTURES], default="signals", required=True, key=KIND,
                                    bind="query-params", on_change=clear)  # fmt: skip
        with more(LEVEL, SEED):
            level = st.segmented_control("Level", LEVELS, default=1, required=True, key=LEVEL, bind="query-params",
                                         format_func=str, on_change=clear)  # fmt: skip
            seed = st.number_input("Round", 0, 10**6, 0, key=SEED, bind="query-params", on_change=clear)
        st.button("Next round", on_click=next_round, icon=":material/skip_next:", key="match_next")
        st.button("Check", type="primary", on_click=check, key="match_check", icon=":material/done_all:")
        solved, given = st.session_state.get(TALLY, (0, 0))
        if given:
            st.markdown(f"Right so far: **{solved} of {given}**")
    if kind == PICTURES:
        picture_round.show_round(int(seed), int(level or 1), checked=checked())
    else:
        signals_round(int(seed), int(level or 1))
    closing(**CLOSINGS[str(kind)])
    with corner:
        link_for_the_class(kind == PICTURES, int(seed), int(level or 1))


def signals_round(seed: int, level: int) -> None:
    """A round of signals: four signals, four kernels and four results with their boxes."""
    draggable()
    made = make_round(seed, level)
    for cell, letter, values in zip(quiz_columns("signals"), LETTERS, made.signals, strict=True):
        with cell:
            st.markdown(f"Signal **{letter}**")
            sketch.curve(values, f"Signal {letter}")
    for cell, name, kernel in zip(quiz_columns("kernels"), NUMBERS, made.kernels, strict=True):
        with cell:
            st.markdown(f"Kernel **{name}**")
            sketch.stems(kernel.weights, f"Kernel {name}: {len(kernel.weights)} weights, {kernel.name}")
    for number, cell in enumerate(st.columns(COUNT)):
        with cell:
            show_result(made, number)


def link_for_the_class(pictures: bool, seed: int, level: int) -> None:
    """The round without any answer, to be sent to others: all get the same."""
    query = {KIND: PICTURES} if pictures else {}
    query |= {SEED: str(seed)} if seed else {}
    query |= {LEVEL: str(level)} if level != 1 else {}
    own = pictures and picture.current().name not in sample_names()
    query |= {"picture": picture.current().name} if pictures and not own else {}
    st.markdown("**A link for the class**: this round, nothing chosen" + (", without your picture" if own else ""))
    st.code(f"{st.context.url or ''}?{urlencode(query)}".rstrip("?"), language=None, wrap_lines=True)


def show_result(made: Round, number: int) -> None:
    """A result, what is chosen for it and, once checked, why that is right or wrong."""
    above = st.container()  # filled last: what a link chose is known once its boxes are there
    # their keys as in `answers`: here they are found by whoever looks for the screen's controls
    st.segmented_control("Signal", list(LETTERS), key=f"match_signal_{number + 1}", bind="query-params",
                         width="stretch")  # fmt: skip
    st.segmented_control("Kernel", list(NUMBERS), key=f"match_kernel_{number + 1}", bind="query-params",
                         width="stretch")  # fmt: skip
    pair = chosen(number)
    wrong = checked() and pair is not None and pair != made.answer[number]
    with above:
        st.markdown(f"Result **{number + 1}**" + (", dashed: yours" if wrong else ""))
        sketch.curve(made.results[number], f"Result {number + 1}", beside=made.result(pair) if wrong and pair else None)
    if checked():
        explain(made, number, pair)


def explain(made: Round, number: int, pair: Pair | None) -> None:
    """What is to be said of the pair chosen for a result; None is nothing chosen yet."""
    if pair is None:
        st.info("Choose a signal and a kernel.")
        return
    verdict = judge(made, number, pair)
    if verdict.right:
        st.success(f"✓ Right. {verdict.reason}")
    else:
        st.warning(f"✗ {verdict.reason}")


def chosen(number: int) -> Pair | None:
    """The signal and the kernel chosen for a result; None while either is missing."""
    letter, name = (st.session_state.get(key) for key in answers(number))
    return (LETTERS.index(letter), NUMBERS.index(name)) if letter and name else None


def check() -> None:
    """Show the reasons, and count what is right the first time that a round is checked."""
    if not checked():
        right = sum(told_right())
        solved, given = st.session_state.get(TALLY, (0, 0))
        st.session_state[TALLY] = (solved + right, given + COUNT)
    linked.turn(CHECKED, True)


def told_right() -> list[bool]:
    """For each result of this round whether what is chosen for it is right."""
    seed, level = int(st.session_state[SEED]), int(st.session_state[LEVEL] or 1)
    if st.session_state.get(KIND) != PICTURES:
        made = make_round(seed, level)
        return [chosen(number) == made.answer[number] for number in range(COUNT)]
    return picture_round.told_right(seed, level)


play()
