"""What a settled kernel does, in words, formulas and maps with the visitor's numbers in them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import render
from explorer.filtering.convolution import output_shape
from pages.parts.convolution.result import Array, apply, grey
from pages.parts.pickers.kernel_presets import sees_only_changes
from pages.parts.pickers.kernel_settings import KernelSettings
from pages.parts.shell.words import number
from pages.parts.widgets import show

LEVELS = 255
SAME = 0.05  # grey levels: what is written with one decimal looks the same


def undone(sharp: Array, blurred: Array, result: Array) -> None:
    """How near the result is to the picture before its blur, values in [0, 1]."""
    if result.shape != sharp.shape:
        st.caption(
            "Keep the picture's size and colours (a padding, stride 1, colours each or grey) to see how much of the "
            "blur is undone."
        )
        return
    before, after = (LEVELS * float(np.sqrt(np.mean((values - sharp) ** 2))) for values in (blurred, result))
    st.markdown(
        f"Root mean square distance from the sharp picture: blurred **{before:.1f}** grey levels, after this kernel "
        f"**{after:.1f}**: {_verdict(before, after)}."
    )


def _verdict(before: float, after: float) -> str:
    if before < SAME:
        return "the blur took nothing from this picture" if after < SAME else "there was no blur to undo"
    if abs(after - before) < SAME:
        return "no nearer and no farther"
    return f"**{100 * (1 - after / before):.0f} %** of the blur is undone" if after < before else "farther than before"


def explain(x: Array, result: Array, s: KernelSettings) -> None:
    """Size, brightness, and convolution against correlation, side by side."""
    size, brightness, turned = st.columns([1.5, 1, 1.1], gap="medium")
    with size:
        st.header("How large is the result?", anchor=False)
        st.markdown(_size(x.shape[:2], s))
    with brightness:
        st.header("How bright?", anchor=False)
        st.markdown(_brightness(result, s))
    with turned:
        st.header("Which way round?", anchor=False)
        _flip(x, s)


def _size(shape: tuple[int, ...], s: KernelSettings) -> str:
    kernel = np.shape(s.kernel)
    out = output_shape(shape, kernel, padding=s.padding, stride=s.stride, dilation=s.dilation)
    lines = [r"$\text{out} = \lfloor (n + p - d\,(k - 1) - 1) / s \rfloor + 1$"]
    for name, n, k, size in zip(("Rows", "Columns"), shape, kernel, out, strict=True):
        p = 0 if s.padding == "valid" else s.dilation * (k - 1)
        numbers = rf"\lfloor ({n} + {p} - {s.dilation} \cdot {k - 1} - 1) / {s.stride} \rfloor + 1"
        lines.append(rf"{name}: $\small {numbers} =$ **{size}**")
    lines.append(
        "$n$ pixels and $p$ padded ones; $k$ weights, $d$ apart (dilation); a step of $s$ pixels (stride). A padding "
        "adds $p = d\\,(k - 1)$, just enough to keep the size."
    )
    return "\n\n".join(lines)


def _brightness(result: Array, s: KernelSettings) -> str:
    total = 0.0 if sees_only_changes(s.weights) else float(s.weights.sum())
    over = (
        f"One filter of {len(s.kernel)} × {len(s.kernel[0])} × 3 weights: the products of all three colours sum to one "
        "value, as in a network's first layer.\n\n"
        if s.rest
        else ""
    )
    return (
        rf"{over}$\text{{result}} = a \sum x\,w + b$ with scale $a = {s.scale:g}$ and bias $b = {s.bias:g}$."
        f"\n\nThe weights sum to **{number(total)}**: {_flat_area(s, s.scale * total)}\n\nHere the result runs from "
        f"**{number(result.min())}** to "
        f"**{number(result.max())}**; its mean is {number(result.mean())}."
    )


def _flat_area(s: KernelSettings, gain: float) -> str:
    """What becomes of a flat area, which the kernel multiplies by `gain`."""
    if not s.weights.any():
        return f"all weights are 0, so the result is {number(s.bias)} everywhere, whatever the picture."
    if gain == 0 and s.rest:
        return (
            f"every flat grey area becomes {number(s.bias)}, however bright it was. A flat colour becomes its red, "
            "green and blue times the sums of the three grids: "
            f"{', '.join(f'**{number(float(np.sum(grid)))}**' for grid in s.grids)}."
        )
    if gain == 0:
        return f"every flat area becomes {number(s.bias)}, however bright it was. Only changes leave a trace."
    if abs(gain - 1) < 1e-4 and s.bias == 0:
        return "flat areas keep their brightness."
    return f"a flat area of 0.5 becomes {number(gain * 0.5 + s.bias)}."


def _flip(x: Array, s: KernelSettings) -> None:
    kernel = s.weights
    turned = kernel[::-1, ::-1]
    now = "turned by half a turn: true **convolution**" if s.flip else "as it stands: **correlation**"
    st.markdown(f"The kernel is used {now}. Networks correlate, and call it convolution.")
    if np.allclose(kernel, turned, atol=1e-9):
        st.markdown("This kernel looks the same after half a turn: flipping it changes nothing.")
        return
    apart = np.abs(apply(x, s, flip=True) - apply(x, s, flip=False))
    where = grey(apart)
    factor, unit = (LEVELS, " grey levels of 255") if x.max() <= 1 else (1, "")  # plain numbers go beyond 1
    sign = " Half a turn changes the sign of every weight: bright becomes dark." if np.allclose(kernel, -turned) else ""
    st.markdown(f"The two differ by **{number(factor * apart.mean())}**{unit} on average.{sign} Here is where:")
    show.frame(render.enlarge(render.sequential(where, 0.0), 280), "Where convolution and correlation differ")
    show.scale_bar("sequential", "0", number(factor * where.max()))
