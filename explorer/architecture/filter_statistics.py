"""What a filter answers to, from its weights alone: orientation, frequency, colour; and so what kind it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.architecture.selectivity import orientation_selectivity

Values = NDArray[np.float64]

SPECTRUM = 64  # frequencies each way that a filter's spectrum is taken at
DEAD, ORIENTED, CHROMATIC, ONE_AXIS, SMOOTH = 0.05, 0.5, 0.5, 0.8, 0.5
LONG_WAVE = 0.25  # cycles per pixel: waves of four pixels
KINDS: Mapping[str, str] = {
    "edge": f"oriented: its selectivity (0 noise, 1 stripes) is at least {ORIENTED}",
    "colour contrast": f"at least {CHROMATIC:.0%} of its energy is colour, {ONE_AXIS:.0%} of that along one axis",
    "blob": f"neither, and at least {SMOOTH:.0%} of its power is in waves longer than four pixels",
    "other": "none of these",
    "dead": f"its norm is under {DEAD:.0%} of the layer's largest",
}


@dataclass(frozen=True)
class FilterStatistics:
    """Measures of n filters, each (n,).

    `angle_deg`: which way the stripes of its strongest wave run, 0 to 180, counter-clockwise from horizontal; of no
    meaning where `frequency` is 0. `frequency`: of that wave, in cycles per pixel. `selectivity`: 0 when its spectrum
    is the same in all directions, 1 when it lies on a line (`orientation_selectivity`). `colour`: share of its energy
    that is no grey. `hue_deg`: the axis of that colour, 0 to 180 (0: red against cyan), and `one_axis` the share of
    the colour along it. `smooth`: share of its power in long waves. `energy`: the norm of its weights.
    """

    angle_deg: Values
    frequency: Values
    selectivity: Values
    colour: Values
    hue_deg: Values
    one_axis: Values
    smooth: Values
    energy: Values

    @property
    def kinds(self) -> NDArray[np.str_]:
        """The kind of each filter (n,), by the definitions in KINDS."""
        conditions = {
            "dead": self.energy < DEAD * self.energy.max(initial=0.0),
            "colour contrast": (self.colour >= CHROMATIC) & (self.one_axis >= ONE_AXIS),
            "edge": self.selectivity >= ORIENTED,
            "blob": self.smooth >= SMOOTH,
        }
        return np.select(list(conditions.values()), list(conditions), "other")

    @property
    def counts(self) -> dict[str, int]:
        """How many filters are of each kind."""
        return {kind: int((self.kinds == kind).sum()) for kind in KINDS}


def spectra(weights: NDArray[Any], size: int = SPECTRUM) -> Values:
    """The amplitude spectra (n, size, size) of filters (n, channels, k, k), frequency 0 in the centre.

    √ of the power summed over the channels; zeros are padded to `size`. Row is vertical frequency, as in
    `explorer.filtering.spectra`.
    """
    # one filter at a time: all the spectra of a deep layer's slices would take gigabytes
    power = [(np.abs(np.fft.fft2(one.astype(np.float64), (size, size))) ** 2).sum(0) for one in weights]
    return np.fft.fftshift(np.sqrt(np.stack(power)), (1, 2))


def filter_statistics(weights: NDArray[Any]) -> FilterStatistics:
    """The measures of filters (n, channels, k, k), n ≥ 1; those of colour are 0 unless there are three channels."""
    amplitude = spectra(weights)
    places = np.fft.fftshift(np.fft.fftfreq(amplitude.shape[1]))
    down, across = np.meshgrid(places, places, indexing="ij")
    radius = np.hypot(down, across)
    power = np.where(radius <= places[-1] + 1e-9, amplitude**2, 0)  # a disc: the corners would favour diagonals
    peak = np.where(radius <= places[-1] + 1e-9, amplitude, 0).reshape(len(weights), -1).argmax(1)
    angle = np.degrees(np.arctan2(-down.flat[peak], across.flat[peak])) + 90  # stripes stand across their wave
    total = power.sum((1, 2))
    colour, hue, one_axis = _colour(weights)
    return FilterStatistics(
        angle_deg=angle % 180,
        frequency=radius.flat[peak],
        selectivity=orientation_selectivity(weights),
        colour=colour,
        hue_deg=hue,
        one_axis=one_axis,
        smooth=_share(np.where(radius <= LONG_WAVE, power, 0).sum((1, 2)), total),
        energy=np.sqrt((weights.astype(np.float64) ** 2).sum((1, 2, 3))),
    )


def _colour(weights: NDArray[Any]) -> tuple[Values, Values, Values]:
    """Share of the energy that is no grey, the axis of its colour in degrees, and the share of it along that axis."""
    count, channels = weights.shape[:2]
    if channels != 3:
        return np.zeros(count), np.zeros(count), np.zeros(count)
    planes = weights.reshape(count, 3, -1).astype(np.float64)
    chroma = planes - planes.mean(1, keepdims=True)
    axes = np.array([[2, -1, -1], [0, 3**0.5, -(3**0.5)]]) / 6**0.5  # red against cyan, green against blue
    flat = axes @ chroma  # (n, 2, k·k): colour has two dimensions once grey is taken out
    xx, yy, xy = (flat[:, 0] ** 2).sum(1), (flat[:, 1] ** 2).sum(1), (flat[:, 0] * flat[:, 1]).sum(1)
    spread = np.hypot(xx - yy, 2 * xy)
    hue = np.round(np.degrees(np.arctan2(2 * xy, xx - yy)) / 2, 6) % 180  # rounded: −0.0000001 is 0, not 180
    return _share(xx + yy, (planes**2).sum((1, 2))), hue, _share((xx + yy + spread) / 2, xx + yy)


def _share(part: Values, whole: Values) -> Values:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
