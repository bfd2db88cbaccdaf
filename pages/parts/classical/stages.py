"""A pipeline of up to five stages, each with its picture and mean, and what sets it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.filtering import pipeline
from explorer.filtering.pipeline import KINDS, Stage, StageResult
from explorer.pictures.reduced import grey
from pages.parts.pickers import picture
from pages.parts.shell import words
from pages.parts.widgets import show
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import take_array, take_code

SIDE = 256  # pixels of the longer side
NONE = "nothing"
STARTS = ("edge", "absolute", "line", "ReLU", "max pool")


def stages(corner: DeltaGenerator) -> None:
    """The stages that are chosen, each beneath what it makes of the one before it."""
    with st.container(key="hierarchy_pipeline"):  # two beside each other on a phone
        first, *cells = st.columns(pipeline.MOST_STAGES + 1, gap="small")
    places = [cell.container() for cell in cells]  # the pictures stand above what sets them
    chosen = [(n, stage) for n, cell in enumerate(cells) if (stage := _stage(n, cell)) is not None]
    values = grey(picture.current(), SIDE)
    results = pipeline.run(values, [stage for _, stage in chosen])
    with first:
        show.picture(render.grey(values), "The picture's brightness")
        st.markdown(f"mean **{values.mean():.4f}**  \n{values.shape[0]} × {values.shape[1]}")
        st.markdown("**Your picture**")
    for (number, stage), result in zip(chosen, results, strict=True):
        with places[number]:
            show.picture(drawn(result.values, values.shape), f"After stage {number + 1}, {stage.kind}")
            height, width = result.values.shape
            st.markdown(f"mean **{words.number(result.mean, decimals=4)}**  \n{height} × {width}")
    st.caption(
        "Each stage works on what the one before it made. Blue is below zero, amber above; without negative values "
        "dark blue is zero and yellow the largest."
    )
    if results:
        with corner:
            _take(results)


def _take(results: list[StageResult]) -> None:
    """The last stage as numbers, and the code that gives it."""
    take_array(results[-1].values, "pipeline.npy", "The last stage as numbers")
    lines = ",\n    ".join(repr(result.stage) for result in results)
    take_code(
        "import explorer\nfrom explorer.filtering.pipeline import Stage, run\n"
        "from explorer.pictures.reduced import grey\n\n"
        f"stages = [\n    {lines},\n]\n"
        f"results = run(grey({picture.code()}, {SIDE}), stages)\nprint(results[-1].mean)"
    )


def _stage(number: int, cell: st.delta_generator.DeltaGenerator) -> Stage | None:
    """The widgets of one stage; None when it does nothing."""
    names = [NONE, *KINDS]
    with cell:
        start = names.index(STARTS[number])
        kind = st.selectbox(f"Stage {number + 1}", names, start, key=f"hierarchy_stage{number + 1}",
                            bind="query-params")  # fmt: skip
        if kind == NONE:
            return None
        if KINDS[kind].amount is None and not KINDS[kind].turns:
            return Stage(kind, 0.0, 90.0)
        with more(f"hierarchy_{_word(kind)}{number + 1}", f"hierarchy_angle{number + 1}", width="stretch"):
            return _settings(number, kind)


def _settings(number: int, kind: str) -> Stage:
    """How large a stage's window or limit is, and its angle; each kind has what it has a use for."""
    amount, angle = 0.0, 90
    if (limits := KINDS[kind].amount) is not None:
        name, low, high, first = limits
        step = 1.0 if high > 8 else 0.01 if high == 1 else 0.5
        amount = st.number_input(name, low, high, first, step, "%g", key=f"hierarchy_{_word(kind)}{number + 1}",
                                 bind="query-params")  # fmt: skip
    if KINDS[kind].turns:
        angle = st.number_input("Angle", 0, 175, 90, 5, key=f"hierarchy_angle{number + 1}", bind="query-params")
    return Stage(kind, float(amount), float(angle))


def _word(kind: str) -> str:
    return kind.replace(" ", "_")


def drawn(values: np.ndarray, shape: tuple[int, ...]) -> render.Picture:
    """Around zero when there are negative values; a pooled map is enlarged to about its picture's size."""
    drawn = render.signed(values) if values.size and values.min() < 0 else render.sequential(values, 0.0)
    return render.enlarge(drawn, max(shape))
