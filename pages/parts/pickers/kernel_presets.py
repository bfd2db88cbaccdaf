"""Kernels to begin with: named ones, most with sliders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS
from pages.parts.pickers.kernel_settings import SEEDS, Display, Grid, KernelPreset, KernelSettings

LECTURE = "the lecture's example"
LECTURE_SETTINGS = KernelSettings(
    ((0.0, 1.0, 2.0), (2.0, 2.0, 0.0), (0.0, 1.0, 2.0)),
    padding="valid",
    display="absolute",
    preset=KernelPreset(LECTURE),
)
_FIRST = "Sobel"


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
_SIGMA = Slider("sigma", "σ in pixels, exp(−r²/σ²)", 0.5, 3.5, 1.5, 0.1)
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
        return LECTURE_SETTINGS.kernel
    given = {slider.name: slider.start for slider in SLIDERS.get(name, ())} | dict(parameters or {})
    return _rounded(KERNELS[name](**given))


def colour_filter(name: str) -> tuple[Grid, Grid, Grid]:
    """The grids for red, green and blue of a named filter over the colours."""
    red, green, blue = (_rounded(grid) for grid in np.moveaxis(COLOUR_KERNELS[name](), -1, 0))
    return red, green, blue


def _rounded(weights: NDArray[np.float32]) -> Grid:
    return tuple(tuple(float(f"{weight:.6g}") for weight in row) for row in weights)


def named(settings: KernelSettings, view: str = "picture") -> KernelSettings:
    """The same with the preset that begins with this very kernel, if any of this view does."""
    if settings.rest and settings.rest != (settings.kernel, settings.kernel):
        name = next((name for name in COLOUR_KERNELS if colour_filter(name) == settings.grids), None)
    else:
        name = next((name for name in names_in(view) if kernel_of(name) == settings.kernel), None)
    return replace(settings, preset=KernelPreset(name) if name else None)


def names_in(view: str) -> list[str]:
    """The presets of one grid that are offered."""
    return [LECTURE, *KERNELS] if view == "numbers" else [*KERNELS]


def sees_only_changes(weights: ArrayLike) -> bool:
    """Whether the weights sum to zero, so that a flat grey area answers nothing."""
    values = np.asarray(weights)
    return bool(abs(values.sum()) < 1e-4 * np.abs(values).sum())


def beginning(name: str, parameters: Mapping[str, float] | None = None) -> KernelSettings:
    """A named kernel of one grid, and its result shown so that all is seen."""
    kernel = kernel_of(name, parameters)
    display: Display = "signed" if sees_only_changes(kernel) else "clipped"
    return KernelSettings(kernel, display=display, preset=KernelPreset(name, dict(parameters or {})))


def first() -> KernelSettings:
    """What the screen begins with."""
    return beginning(_FIRST)
