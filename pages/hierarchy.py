"""Hierarchy: stages built on stages, the lecture's experiment, and a classifier on what they measure."""

import streamlit as st

from pages.parts.classical.built_or_grown import built_or_grown
from pages.parts.classical.stages import stages
from pages.parts.classical.two_classes import two_classes
from pages.parts.shell import frame

VIEWS = {"A pipeline": stages, "Built or grown?": built_or_grown, "Two classes": two_classes}

corner = frame.heading(
    "Hierarchy",
    "A filter on a filter's output asks a larger question: not “is there an edge?” but “do edges "
    "stand in a long line?”",
)


@st.fragment
def screen() -> None:
    first = next(iter(VIEWS))
    view = st.segmented_control(
        "View", list(VIEWS), default=first, required=True, key="hierarchy_view", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    VIEWS[view or first](corner)


screen()
st.markdown(
    "**Look for** what each stage throws away. **Try** turning both angles of the pipeline to 0; another pair of "
    "pictures; *grass* against *gravel*, which is harder. **It means** that each stage computes "
    r"$v_{i+1} = s(w_i \circledast v_i)$, and since $\text{mean}(V) = v^\top \beta$ with $\beta = 1/n$, a linear "
    "classifier can use what the last stage says. A network builds the same, and learns the filters as well."
)
