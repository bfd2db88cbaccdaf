"""Match the convolution: which signal and which kernel made each result?"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.one_dimension.quiz import COUNT, LEVELS, Pair, Round, judge, make_round
from pages.parts.shell import frame
from pages.parts.signals.drag_and_drop import draggable
from pages.parts.widgets import sketch

LETTERS, NUMBERS = "ABCD", "1234"
SEED, LEVEL, CHECKED, TALLY = "match_round", "match_level", "match_checked", "match_tally"

frame.title(
    "Match",
    "Four signals, four kernels, four results in another order: which signal and which kernel made each result?",
)


def answers(number: int) -> tuple[str, str]:
    """Where the session and the link keep the signal and the kernel chosen for a result."""
    return f"match_signal_{number + 1}", f"match_kernel_{number + 1}"


def clear() -> None:
    """A new round begins with nothing chosen."""
    keep_checked(False)
    for number in range(COUNT):
        for key in answers(number):
            st.session_state[key] = None


def checked() -> bool:
    """Whether the reasons are shown: in this visit, else as the link says."""
    return bool(st.session_state.get(CHECKED, st.query_params.get(CHECKED) == "1"))


def keep_checked(shown: bool) -> None:
    st.session_state[CHECKED] = shown
    if shown:
        st.query_params[CHECKED] = "1"
    elif CHECKED in st.query_params:
        del st.query_params[CHECKED]


def following() -> None:
    st.session_state[SEED] = st.session_state[SEED] + 1
    clear()


@st.fragment
def play() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        level = st.segmented_control("Level", LEVELS, default=1, required=True, key=LEVEL, bind="query-params",
                                     format_func=str, on_change=clear)  # fmt: skip
        seed = st.number_input("Round", 0, 10**6, 0, key=SEED, bind="query-params", on_change=clear, width=140)
        st.button("Next round", on_click=following, icon=":material/skip_next:", key="match_next")
        st.button("Check", type="primary", on_click=check, key="match_check", icon=":material/done_all:")
        solved, given = st.session_state.get(TALLY, (0, 0))
        if given:
            st.markdown(f"Right so far: **{solved} of {given}**")
    draggable()
    keep_checked(checked())
    made = make_round(int(seed), int(level or 1))
    for cell, letter, values in zip(four("signals"), LETTERS, made.signals, strict=True):
        with cell:
            st.markdown(f"Signal **{letter}**")
            sketch.curve(values, f"Signal {letter}")
    for cell, name, kernel in zip(four("kernels"), NUMBERS, made.kernels, strict=True):
        with cell:
            st.markdown(f"Kernel **{name}**")
            sketch.stems(kernel.weights, f"Kernel {name}: {len(kernel.weights)} weights, {kernel.name}")
    for number, cell in enumerate(st.columns(COUNT)):
        with cell:
            one(made, number)


def four(name: str) -> list[DeltaGenerator]:
    """Four places beside each other, on a phone too: they are there to be compared."""
    return st.container(key=f"match_four_{name}").columns(COUNT, wrap=False)


def one(made: Round, number: int) -> None:
    """A result, what is chosen for it and, once checked, why that is right or wrong."""
    signal_key, kernel_key = answers(number)
    above = st.container()  # filled last: what a link chose is known once its boxes are there
    st.segmented_control("Signal", list(LETTERS), key=signal_key, bind="query-params", width="stretch")
    st.segmented_control("Kernel", list(NUMBERS), key=kernel_key, bind="query-params", width="stretch")
    pair = chosen(number)
    wrong = checked() and pair is not None and pair != made.answer[number]
    with above:
        st.markdown(f"Result **{number + 1}**" + (", dashed: yours" if wrong else ""))
        sketch.curve(made.results[number], f"Result {number + 1}", beside=made.result(pair) if wrong and pair else None)
    if checked():
        explain(made, number, pair)


def explain(made: Round, number: int, pair: Pair | None) -> None:
    if pair is None:
        st.info("Choose a signal and a kernel.")
        return
    verdict = judge(made, number, pair)
    (st.success if verdict.right else st.warning)(verdict.reason)


def chosen(number: int) -> Pair | None:
    letter, name = (st.session_state.get(key) for key in answers(number))
    return (LETTERS.index(letter), NUMBERS.index(name)) if letter and name else None


def check() -> None:
    """Show the reasons, and count what is right the first time that a round is checked."""
    made = make_round(int(st.session_state[SEED]), int(st.session_state[LEVEL] or 1))
    if not checked():
        right = sum(chosen(number) == made.answer[number] for number in range(COUNT))
        solved, given = st.session_state.get(TALLY, (0, 0))
        st.session_state[TALLY] = (solved + right, given + COUNT)
    keep_checked(True)


play()
st.markdown(
    "**Look for** flat parts (a kernel whose weights sum to 0 makes them 0), corners, and how often a jump comes back. "
    "**Try** a higher level: its kernels are more alike. Every round has one right answer only, and the address of "
    "this page is the round, to be sent to others. **It means** that you read "
    "$[x \\circledast w]_i = \\sum_j x_{i+j-1}\\, w_j$ from its results."
)
