"""Kernels to begin with: named ones with their sliders, and what the live convolution is told when one is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS
from pages.parts import numbers
from pages.parts.convolver import Grid, Settings

LECTURE = "the lecture's example"
_LECTURE = Settings(((0.0, 1.0, 2.0), (2.0, 2.0, 0.0), (0.0, 1.0, 2.0)), padding="valid", display="absolute")
_FIRST = "Sobel"
_MEAN = 0.333333  # a third, to the digits that the field and the link hold

# in the session
VIEW = "conv_view"  # what is convolved, by its name in VIEWS
PRESET = "conv_preset"  # the name in the box
SENT, REVISION = "conv_sent", "conv_revision"  # what the component was told last, and the how many-th telling that was
LAST = "conv_last"  # what came back from it
_BEFORE = "conv_before"  # preset and settings from before the visitor went to the numbers

VIEWS = {"picture": "Picture", "blurred": "Blurred", "numbers": "Numbers"}


@dataclass(frozen=True)
class Slider:
    """One parameter of a kernel's formula."""

    name: str
    label: str
    low: float
    high: float
    start: float
    step: float


_SIZE = Slider("size", "Size k", 1, 15, 5, 1)
_SIGMA = Slider("sigma", "σ in pixels", 0.5, 3.5, 1.5, 0.1)
_AMOUNT = Slider("amount", "Amount", 0.0, 4.0, 1.0, 0.1)
_ANGLE = Slider("angle_deg", "Angle θ in degrees", 0, 175, 45, 5)
SLIDERS: Mapping[str, tuple[Slider, ...]] = {
    "uniform": (_SIZE,),
    "Gaussian": (_SIGMA,),
    "sharpen": (_AMOUNT,),
    "unsharp mask": (_SIGMA, _AMOUNT),
    "Laplacian of Gaussian": (replace(_SIGMA, high=3.0),),
    "edge at an angle": (replace(_ANGLE, high=355), _SIGMA),
    "line at an angle": (_ANGLE, _SIGMA),
    "Gabor": (_ANGLE, Slider("wavelength", "Wavelength λ in pixels", 2.0, 12.0, 4.0, 0.5), replace(_SIGMA, start=2.5)),
    "random": (_SIZE, Slider("seed", "Seed", 0, 99, 0, 1)),
}


def kernel_of(name: str, parameters: Mapping[str, float] | None = None) -> Grid:
    """A named kernel's weights, to six digits: as many as a link holds."""
    if name == LECTURE:
        return _LECTURE.kernel
    given = {slider.name: slider.start for slider in SLIDERS.get(name, ())} | dict(parameters or {})
    return _rounded(KERNELS[name](**given))


def colour_filter(name: str) -> tuple[Grid, Grid, Grid]:
    """The grids for red, green and blue of a named filter over the colours."""
    red, green, blue = (_rounded(grid) for grid in np.moveaxis(COLOUR_KERNELS[name](), -1, 0))
    return red, green, blue


def _rounded(weights: NDArray[np.float32]) -> Grid:
    return tuple(tuple(float(f"{weight:.6g}") for weight in row) for row in weights)


def name_of(settings: Settings, view: str = "picture") -> str | None:
    """The preset that begins with this very kernel, if any of this view does."""
    if settings.rest and settings.rest != (settings.kernel, settings.kernel):
        return next((name for name in COLOUR_KERNELS if colour_filter(name) == settings.grids), None)
    return next((name for name in names_in(view) if kernel_of(name) == settings.kernel), None)


def names_in(view: str) -> list[str]:
    """The presets of one grid that are offered."""
    return [LECTURE, *KERNELS] if view == "numbers" else [*KERNELS]


def sees_only_changes(weights: ArrayLike) -> bool:
    """Whether the weights sum to zero, so that a flat grey area answers nothing."""
    values = np.asarray(weights)
    return bool(abs(values.sum()) < 1e-4 * np.abs(values).sum())


def suited(settings: Settings, kernel: Grid, *, numbers: bool = False) -> Settings:
    """The same settings with a new kernel, its result neither scaled nor shifted and shown so that all is seen.

    A filter over the colours gets it as each of its grids, and the scale that makes their sum a mean.
    """
    plain = "absolute" if numbers else "clipped"
    display = "signed" if sees_only_changes(kernel) else plain
    scale = _MEAN if settings.colour == "filter" else 1.0
    return replace(with_kernel(settings, kernel), scale=scale, bias=0.0, display=display)  # type: ignore[arg-type]


def with_kernel(settings: Settings, kernel: Grid) -> Settings:
    """The same settings with a new kernel; as each of the three grids of a filter over the colours."""
    return replace(settings, kernel=kernel, rest=(kernel, kernel) if settings.colour == "filter" else None)


def coloured(settings: Settings, name: str) -> Settings:
    """The same settings with a named filter over the colours."""
    red, *rest = colour_filter(name)
    whole = replace(settings, colour="filter", kernel=red, rest=tuple(rest))  # type: ignore[arg-type]
    return replace(whole, scale=1.0, bias=0.0, display="signed")


def in_each_colour(settings: Settings) -> Settings:
    """The same settings without a filter over the colours."""
    return replace(settings, colour="colour", rest=None) if settings.rest else settings


def send(settings: Settings) -> None:
    """Tell the component: these rule now, whatever the visitor had."""
    st.session_state[SENT] = st.session_state[LAST] = settings
    st.session_state[REVISION] = st.session_state.get(REVISION, 0) + 1


def slot(preset: str, slider: Slider) -> str:
    """Where the session keeps a slider's value."""
    return f"conv_{slider.name}_{preset.replace(' ', '_')}"


def first() -> Settings:
    """What the screen begins with."""
    return suited(Settings(), kernel_of(_FIRST))


def show(settings: Settings, view: str, preset: str | None) -> None:
    """Set the whole screen: before its widgets are drawn, as in a callback."""
    st.session_state[VIEW], st.session_state[PRESET] = view, preset
    st.session_state.pop(_BEFORE, None)
    send(settings)


def choose() -> str:
    """A row with the views, the box of presets and the sliders of the one chosen. Returns the view."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        view = st.segmented_control(
            "Convolve the", list(VIEWS), key=VIEW, format_func=VIEWS.get, required=True, on_change=_view_changed,
            persist_state="session",
        )  # fmt: skip
        if view == "numbers":
            numbers.box()
        names = names_in(view) + ([] if view == "numbers" else [*COLOUR_KERNELS])
        name = st.selectbox(
            "Begin with", names, index=None, key=PRESET, placeholder="a kernel", on_change=_chosen, width=240,
            format_func=lambda text: text[0].upper() + text[1:], persist_state="session",
        )  # fmt: skip
        for slider in SLIDERS.get(name or "", ()):
            key = slot(str(name), slider)
            st.session_state.setdefault(key, slider.start)
            st.slider(
                slider.label, slider.low, slider.high, step=slider.step, key=key, width=130, on_change=_moved,
                args=(name,), persist_state="session",
            )  # fmt: skip
    return str(view)


def _view_changed() -> None:
    """The numbers come with the lecture's kernel; what was there before comes back with the picture."""
    if st.session_state[VIEW] == "numbers":
        before = st.session_state[PRESET], st.session_state[LAST]
        show(_LECTURE, "numbers", LECTURE)
        st.session_state[_BEFORE] = before
    elif st.session_state[PRESET] == LECTURE or _BEFORE in st.session_state:
        preset, settings = st.session_state.get(_BEFORE, (_FIRST, first()))
        show(settings, st.session_state[VIEW], preset)


def _chosen() -> None:
    name = st.session_state[PRESET]
    if name == LECTURE:
        send(_LECTURE)
    elif name in COLOUR_KERNELS:
        send(coloured(st.session_state[LAST], name))
    elif name is not None:
        numbers = st.session_state[VIEW] == "numbers"
        last = st.session_state[LAST]
        if name_of(last) in COLOUR_KERNELS:  # that preset brought the three grids, so it takes them away
            last = in_each_colour(last)
        send(suited(last, kernel_of(name, _parameters(name)), numbers=numbers))


def _moved(name: str) -> None:
    send(with_kernel(st.session_state[LAST], kernel_of(name, _parameters(name))))


def _parameters(name: str) -> dict[str, float]:
    return {slider.name: st.session_state.get(slot(name, slider), slider.start) for slider in SLIDERS.get(name, ())}
