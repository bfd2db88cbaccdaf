"""A convolution written as the matrix that it is, of a kernel typed by hand."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.architecture.sharing import convolution_matrix
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import show
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import take_array, take_code

KERNELS = {
    "the lecture's": "0 1 2 / 2 2 0 / 0 1 2",
    "Sobel": "1 0 -1 / 2 0 -2 / 1 0 -1",
    "mean": "1 1 1 / 1 1 1 / 1 1 1",
    "edge, 1-D": "1 -1",
    "smooth, 1-D": "1 2 4 2 1",
}
LARGEST_KERNEL = 7


@live
def weight_matrix(corner: DeltaGenerator) -> None:
    """Kernel, size and padding, the matrix beside them, and whether it does what the convolution does."""
    st.header("The same convolution as a matrix", anchor=False)
    left, right = st.columns([2, 3], gap="large")
    with left:
        text, size, padding = _choices()
    with right:
        try:
            kernel = read_kernel(text)
            shape = (size,) * kernel.ndim
            matrix = convolution_matrix(kernel, shape, padding=padding)
        except KernelError as error:
            st.info(plain(str(error)))
            return
        _draw(matrix, kernel.size)
    left.caption(_tried(matrix, kernel, shape, padding))
    with corner:
        take_array(matrix, "matrix.npy", "The matrix as numbers")
        take_code(
            "from explorer.architecture.sharing import convolution_matrix\n\n"
            f"matrix = convolution_matrix({kernel.tolist()}, {shape}, padding={padding!r})"
        )


def _choices() -> tuple[str, int, str]:
    """The weights as typed, the side of the input, and the padding."""
    preset = st.selectbox("Kernel", list(KERNELS), key="plan_kernel", bind="query-params", on_change=_use_preset)
    text = st.text_input(
        "Its weights: separate rows with /", KERNELS[preset], max_chars=400, key="plan_weights",
        bind="query-params", help="One row makes a signal, several make a picture.",
    )  # fmt: skip
    size = st.slider("Side of the input", 3, 12, 6, key="plan_side", bind="query-params")
    with more("plan_padding"):
        padding = st.segmented_control(
            "Padding", ["valid", "zero", "reflect", "replicate"], default="valid", required=True,
            key="plan_padding", bind="query-params",
            help="valid: only where the whole kernel fits. The others keep the size.",
        )  # fmt: skip
    return text, size, padding or "valid"


def _draw(matrix: np.ndarray, weights: int) -> None:
    show.chart(plots.heatmap(matrix, x="input", y="output", height=300), key="plan_matrix")
    show.signed_scale(render.largest(matrix))
    full = int(np.count_nonzero(matrix))
    st.caption(
        f"{matrix.shape[0]} outputs × {matrix.shape[1]} inputs = {matrix.size:,} entries, {full:,} of them not 0 "
        f"({percent(full / matrix.size)}), made of {weights} weights. Empty is 0."
    )


def _tried(matrix: np.ndarray, kernel: np.ndarray, shape: tuple[int, ...], padding: str) -> str:
    """Whether matrix times values is the convolution, on random numbers."""
    x = np.random.default_rng(0).integers(0, 4, shape).astype(float)
    same = np.allclose(matrix @ x.ravel(), convolve(x, kernel, padding=padding).ravel())
    return f"Tried on {' × '.join(map(str, shape))} random numbers: matrix times values " + (
        "equals the convolution." if same else "differs from the convolution!"
    )


def _use_preset() -> None:
    st.session_state["plan_weights"] = KERNELS[st.session_state["plan_kernel"]]


def read_kernel(text: str) -> np.ndarray:
    """A kernel typed as "0 1 2 / 2 2 0": rows apart by a slash, weights by blanks or commas.

    Raises KernelError on anything else.
    """
    rows = [row.replace(",", " ").split() for row in text.replace(";", "/").split("/")]
    try:
        kernel = np.array([[float(weight) for weight in row] for row in rows])
    except ValueError:
        raise KernelError("Type numbers only, with as many in each row, such as “1 0 -1 / 2 0 -2 / 1 0 -1”.") from None
    if kernel.size == 0 or max(kernel.shape) > LARGEST_KERNEL or not np.isfinite(kernel).all():
        raise KernelError(f"A kernel here has 1 to {LARGEST_KERNEL} rows and columns of finite numbers.")
    return kernel if len(kernel) > 1 else kernel[0]
