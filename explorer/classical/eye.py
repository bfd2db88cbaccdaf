"""What Hubel and Wiesel did, on numbers: bars and gratings before model cells, and how each cell is tuned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.grids import rotated_grid
from explorer.filtering.kernels import KernelError, as_kernel, gabor_pair

SIDE = 41  # pixels of a stimulus
WINDOW = 0.8  # σ of a cell's window in wavelengths: about one octave of bandwidth, as in V1 (De Valois et al. 1982)
STIMULI = ("grating", "bar")
ANGLES = tuple(range(0, 180, 5))
WAVELENGTHS = (3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0, 17.0, 20.0, 24.0)
WIDTHS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0, 16.0)
_PHASES = 24  # of one period of a drift
_REACH = 15  # pixels a bar is swept each way

Stimuli = NDArray[np.float64]


def grating(angle_deg: float, wavelength: float, phase_deg: float = 0.0, side: int = SIDE) -> Stimuli:
    """Stripes at an angle, (side, side) in [−1, 1] around grey: cos(2π·across/wavelength − phase)."""
    if wavelength <= 0:
        raise KernelError(f"The wavelength must be above 0, not {wavelength:g}.")
    wave: Stimuli = 2 * np.pi * rotated_grid(angle_deg, side)[0] / wavelength - float(np.deg2rad(phase_deg))
    return np.cos(wave)


def bar(angle_deg: float, width: float, offset: float = 0.0, side: int = SIDE) -> Stimuli:
    """A bright bar on grey, (side, side) in [0, 1]: `width` pixels wide, `offset` pixels across from the centre.

    Its rims are one pixel soft, so that it can turn smoothly.
    """
    if width <= 0:
        raise KernelError(f"The bar's width must be above 0, not {width:g}.")
    from_rim = width / 2 + 0.5 - np.abs(rotated_grid(angle_deg, side)[0] - offset)
    return np.asarray(np.clip(from_rim, 0, min(1.0, width)), np.float64)


@memoised
def sweep(kind: str, angle_deg: float, size: float) -> Stimuli:
    """One stimulus at every place, (n, SIDE, SIDE): a grating over a period of its phase, a bar from −15 to 15 pixels.

    `size` is the wavelength or the bar's width. Raises KernelError on another kind.
    """
    if kind not in STIMULI:
        raise KernelError(f"A stimulus is one of {', '.join(STIMULI)}, not {kind!r}.")
    if kind == "grating":
        made = np.stack([grating(angle_deg, size, phase) for phase in places(kind)])
    else:
        made = np.stack([bar(angle_deg, size, offset) for offset in places(kind)])
    return read_only(made)


def places(kind: str) -> NDArray[np.float64]:
    """Where a sweep stops: phases in degrees of a grating, offsets in pixels of a bar."""
    if kind == "grating":
        return np.linspace(0, 360, _PHASES, endpoint=False, dtype=np.float64)
    return np.arange(-_REACH, _REACH + 1, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class ModelCell:
    """A model cell. One kernel: its half-rectified answer, a simple cell. Two: the root of their energy, a complex one.

    The two of a complex cell are not rectified before they are squared.
    """

    name: str
    kernels: tuple[NDArray[np.float64], ...]

    def respond(self, stimuli: Stimuli) -> NDArray[np.float64]:
        """The response ≥ 0 to each of (n, SIDE, SIDE), the kernel standing at the centre."""
        driven = [_framed(kernel).ravel() @ stimuli.reshape(len(stimuli), -1).T for kernel in self.kernels]
        if len(driven) == 1:
            return np.asarray(np.maximum(driven[0], 0))
        return np.sqrt(np.sum(np.square(driven), 0))


def _framed(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kernel in the middle of a SIDE × SIDE field of zeros."""
    framed = np.zeros((SIDE, SIDE))
    top, left = (SIDE // 2 - (k - 1) // 2 for k in kernel.shape)
    framed[top : top + kernel.shape[0], left : left + kernel.shape[1]] = kernel
    return framed


def quadrature(angle_deg: float, wavelength: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A Gabor filter with a bright middle and its partner a quarter wave on (Daugman 1985, eq. 1).

    The window is exp(−r²/σ²) with σ = 0.8 wavelengths, cut at 2σ; both are scaled alike, the even one sums to 0.
    Raises KernelError unless the wavelength is above 0 and the window fits into the stimulus.
    """
    sigma = WINDOW * wavelength
    side = 2 * int(np.ceil(2 * sigma)) + 1
    if wavelength <= 0 or side > SIDE:
        raise KernelError(
            f"The wavelength goes from above 0 to {SIDE / 2 / 2 / WINDOW:.0f} pixels, not {wavelength:g}."
        )
    return gabor_pair(angle_deg, wavelength, sigma)


def simple_cell(angle_deg: float, wavelength: float) -> ModelCell:
    """One Gabor filter, half-rectified (Hubel & Wiesel 1962; Movshon et al. 1978)."""
    return ModelCell("simple cell", quadrature(angle_deg, wavelength)[:1])


def complex_cell(angle_deg: float, wavelength: float) -> ModelCell:
    """The energy of a quadrature pair (Adelson & Bergen 1985): it does not care where the bright stripe is."""
    return ModelCell("complex cell", quadrature(angle_deg, wavelength))


def own_cell(kernel: ArrayLike, name: str = "your kernel") -> ModelCell:
    """Any kernel of at most SIDE pixels a side as a simple cell. Raises KernelError on others."""
    weights = as_kernel(kernel)
    if weights.ndim != 2 or max(weights.shape) > SIDE:
        raise KernelError(f"A cell's kernel has rows and columns, at most {SIDE} of each; not {weights.shape}.")
    return ModelCell(name, (weights,))


@dataclass(frozen=True, eq=False)
class TuningCurve:
    """Responses of a cell, (n,), at the values `at` of what was varied."""

    at: NDArray[np.float64]
    responses: NDArray[np.float64]

    @property
    def best(self) -> float:
        """Where the response is largest."""
        return float(self.at[int(self.responses.argmax())])

    @property
    def relative(self) -> NDArray[np.float64]:
        """The responses in shares of the largest; zeros if there was none."""
        highest = float(self.responses.max())
        return self.responses / highest if highest > 1e-9 else np.zeros_like(self.responses)


def angle_tuning(cell: ModelCell, kind: str, size: float, angles: Sequence[float] = ANGLES) -> TuningCurve:
    """The largest response while the stimulus of that size is swept over the cell, for each angle in degrees."""
    peaks = [cell.respond(sweep(kind, float(angle), size)).max() for angle in angles]
    return TuningCurve(np.array(angles, float), np.array(peaks))


def size_tuning(cell: ModelCell, kind: str, angle_deg: float) -> TuningCurve:
    """The same for each wavelength of a grating, or width of a bar, in pixels."""
    sizes = WAVELENGTHS if kind == "grating" else WIDTHS
    return TuningCurve(np.array(sizes), np.array([cell.respond(sweep(kind, angle_deg, size)).max() for size in sizes]))


def place_tuning(cell: ModelCell, kind: str, angle_deg: float, size: float) -> TuningCurve:
    """The response at each place of the sweep: phase in degrees, or offset in pixels."""
    return TuningCurve(places(kind), cell.respond(sweep(kind, angle_deg, size)))


def selectivity(angles_deg: ArrayLike, responses: ArrayLike) -> NDArray[np.float64]:
    """1 − circular variance of orientation tuning, |Σ r e^{2iθ}| / Σ r: 0 for a flat curve, 1 for a single angle.

    responses: (…, n) ≥ 0 at n angles spread evenly over 180°; all zero gives 0 (Mazurek, Kager & Van Hooser 2014).
    """
    r = np.asarray(responses, np.float64)
    turned = np.abs(r @ np.exp(2j * np.deg2rad(np.asarray(angles_deg, np.float64))))
    total = r.sum(-1)
    return np.divide(turned, total, out=np.zeros_like(total), where=total > 0)


def half_width(tuning: TuningCurve, period: float | None = None) -> float:
    """Over how much of what was varied the response is above half its largest, between its values a straight line.

    period: that of a curve that closes, as one over angles does after 180°. A cell that answers nothing has width 0.
    """
    at, values = tuning.at, tuning.relative - 0.5
    if period is not None:
        at, values = np.append(at, at[0] + period), np.append(values, values[0])
    low, high = np.minimum(values[:-1], values[1:]), np.maximum(values[:-1], values[1:])
    crossing = np.divide(high, high - low, out=np.ones_like(high), where=high > low)
    share = np.where(low >= 0, 1.0, np.where(high <= 0, 0.0, crossing))
    return float((share * np.diff(at)).sum())
