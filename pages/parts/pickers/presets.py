"""Kernels to begin with: named ones with their sliders, and what the live convolution is told by cards and views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS
from pages.parts.convolution import numbers
from pages.parts.convolution.convolver import SEEDS, Display, Grid, Preset, Settings

LECTURE = "the lecture's example"
_LECTURE = Settings(
    ((0.0, 1.0, 2.0), (2.0, 2.0, 0.0), (0.0, 1.0, 2.0)), padding="valid", display="absolute", preset=Preset(LECTURE)
)
_FIRST = "Sobel"

# in the session
VIEW = "conv_view"  # what is convolved, by its name in VIEWS
SENT, REVISION = "conv_sent", "conv_revision"  # what the component was told last, and the how many-th telling that was
LAST = "conv_last"  # what came back from it
_BEFORE = "conv_before"  # the settings from before the visitor went to the numbers

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
_ANGLE = Slider("angle_deg", "Angle θ in °", 0, 175, 45, 5)
SLIDERS: Mapping[str, tuple[Slider, ...]] = {
    "uniform": (_SIZE,),
    "Gaussian": (_SIGMA,),
    "sharpen": (_AMOUNT,),
    "unsharp mask": (_SIGMA, _AMOUNT),
    "Laplacian of Gaussian": (replace(_SIGMA, high=3.0),),
    "edge at an angle": (replace(_ANGLE, high=355), _SIGMA),
    "line at an angle": (_ANGLE, _SIGMA),
    "Gabor": (_ANGLE, Slider("wavelength", "λ in pixels", 2.0, 12.0, 4.0, 0.5), replace(_SIGMA, start=2.5)),
    "random": (_SIZE, Slider("seed", "Seed", 0, SEEDS - 1, 0, 1)),
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


def named(settings: Settings, view: str = "picture") -> Settings:
    """The same with the preset that begins with this very kernel, if any of this view does."""
    if settings.rest and settings.rest != (settings.kernel, settings.kernel):
        name = next((name for name in COLOUR_KERNELS if colour_filter(name) == settings.grids), None)
    else:
        name = next((name for name in names_in(view) if kernel_of(name) == settings.kernel), None)
    return replace(settings, preset=Preset(name) if name else None)


def names_in(view: str) -> list[str]:
    """The presets of one grid that are offered."""
    return [LECTURE, *KERNELS] if view == "numbers" else [*KERNELS]


def sees_only_changes(weights: ArrayLike) -> bool:
    """Whether the weights sum to zero, so that a flat grey area answers nothing."""
    values = np.asarray(weights)
    return bool(abs(values.sum()) < 1e-4 * np.abs(values).sum())


def beginning(name: str, parameters: Mapping[str, float] | None = None) -> Settings:
    """A named kernel of one grid, and its result shown so that all is seen."""
    kernel = kernel_of(name, parameters)
    display: Display = "signed" if sees_only_changes(kernel) else "clipped"
    return Settings(kernel, display=display, preset=Preset(name, dict(parameters or {})))


def offered(view: str) -> list[dict[str, Any]]:
    """What the component offers to begin with: name, sliders, and the kernel where no formula in the browser gives it.

    The lecture's example and the filters over the colours come with other settings, too.
    """
    plain = [
        {"name": name, "sliders": [asdict(one) for one in SLIDERS.get(name, ())], "kernel": _fixed(name)}
        for name in KERNELS
    ]
    if view == "numbers":
        return [{"name": LECTURE, "sliders": [], "settings": asdict(_LECTURE)}, *plain]
    return plain + [{"name": name, "sliders": [], "settings": _coloured(name)} for name in COLOUR_KERNELS]


def _fixed(name: str) -> Grid | None:
    return None if name in SLIDERS else kernel_of(name)


def _coloured(name: str) -> dict[str, Any]:
    red, *rest = colour_filter(name)
    return {"kernel": red, "rest": rest, "colour": "filter", "scale": 1.0, "bias": 0.0, "display": "signed"}


def send(settings: Settings) -> None:
    """Tell the component: these rule now, whatever the visitor had."""
    st.session_state[SENT] = st.session_state[LAST] = settings
    st.session_state[REVISION] = st.session_state.get(REVISION, 0) + 1


def first() -> Settings:
    """What the screen begins with."""
    return beginning(_FIRST)


def show(settings: Settings, view: str) -> None:
    """Set the whole screen: before its widgets are drawn, as in a callback."""
    st.session_state[VIEW] = view
    st.session_state.pop(_BEFORE, None)
    send(settings)


def choose_view() -> str:
    """What is convolved, with the box of numbers if it is those. Returns the view."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        view = st.segmented_control(
            "Convolve the", list(VIEWS), key=VIEW, format_func=VIEWS.get, required=True, on_change=_view_changed,
            persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
        if view == "numbers":
            numbers.box()
    return str(view)


def _view_changed() -> None:
    """The numbers come with the lecture's kernel; what was there before comes back with the picture."""
    view, last = st.session_state[VIEW], st.session_state[LAST]
    if view == "numbers":
        show(_LECTURE, view)
        st.session_state[_BEFORE] = last
    elif _BEFORE in st.session_state or (last.preset and last.preset.name == LECTURE):
        show(st.session_state.get(_BEFORE, first()), view)
