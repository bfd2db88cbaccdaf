"""How many filters of a network's first layer are tuned to orientation, by the stimuli that physiologists use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.architecture.filters import first_layer_filters
from explorer.cache import memoised
from explorer.classical.eye import ANGLES, STIMULI, bar, selectivity
from explorer.filtering.grids import rotated_grid
from explorer.filtering.kernels import KernelError
from explorer.networks.loading import Network

TUNED = 0.3  # selectivity above which a filter counts as tuned
WAVELENGTHS = (4.0, 8.0, 16.0)  # pixels; a layer that keeps every second place can't tell finer stripes
SIZES = {"grating": WAVELENGTHS, "bar": (2.0, 4.0, 8.0)}  # a bar is as wide as a bright stripe


@dataclass(frozen=True, eq=False)
class LayerTuning:
    """Responses (n, angles) of n filters to grey gratings or bars, the mean over three sizes, and at their best one.

    `selectivity` and `best_selectivity` are (n,), of `responses` and of `at_best`.
    """

    angles_deg: tuple[int, ...]
    responses: NDArray[np.float64]
    at_best: NDArray[np.float64]
    selectivity: NDArray[np.float64]
    best_selectivity: NDArray[np.float64]

    @property
    def tuned(self) -> int:
        """How many filters prefer one orientation whatever the wavelength or width."""
        return int((self.selectivity > TUNED).sum())

    @property
    def tuned_at_best(self) -> int:
        """How many do at the one size they answer to most."""
        return int((self.best_selectivity > TUNED).sum())


@memoised
def layer_tuning(network: Network, kind: str = "grating") -> LayerTuning:
    """Show gratings or bars of 36 angles and three sizes, drifting, to each filter of the first convolution.

    The response is the largest change from what grey gives while the stimulus drifts, either way and so before bias and
    ReLU; of a grating that is the amplitude. Raises NetworkError when there is no convolution, KernelError on another
    kind.
    """
    if kind not in STIMULI:
        raise KernelError(f"A stimulus is one of {', '.join(STIMULI)}, not {kind!r}.")
    filters = first_layer_filters(network).astype(np.float64)
    std = network.module.get_buffer("std").flatten().double().cpu().numpy()
    grey = (filters / std[None, :, None, None]).sum(1) / 2  # a grating in [0, 1] is half of one in [−1, 1]
    shown = amplitudes if kind == "grating" else bar_responses
    responses = np.stack([shown(_square(grey), size) for size in SIZES[kind]])
    best = responses.max(2).argmax(0)
    at_best = responses[best, np.arange(len(grey))]
    mean = responses.mean(0)
    return LayerTuning(ANGLES, mean, at_best, selectivity(ANGLES, mean), selectivity(ANGLES, at_best))


def amplitudes(filters: NDArray[np.float64], wavelength: float) -> NDArray[np.float64]:
    """|Σ w e^{2πi·across/wavelength}| of filters (n, k, k) at each angle: (n, angles)."""
    waves = [np.exp(2j * np.pi * rotated_grid(angle, filters.shape[1])[0] / wavelength) for angle in ANGLES]
    return np.abs(np.einsum("nij,aij->na", filters, np.stack(waves)))


def bar_responses(filters: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """The largest |Σ w·bar| of filters (n, k, k) while the bar is swept over them, at each angle: (n, angles)."""
    side = filters.shape[1]
    reach = int(np.ceil(side * np.sqrt(0.5) + width / 2))  # from outside one corner to outside the other
    bars = np.stack([[bar(angle, width, offset, side) for offset in range(-reach, reach + 1)] for angle in ANGLES])
    return np.asarray(np.abs(np.einsum("nij,aoij->nao", filters, bars, optimize=True)).max(2))


def _square(filters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Filters (n, h, w) with zeros at the right or beneath, so that they turn in a square."""
    side = max(filters.shape[1:])
    return np.pad(filters, ((0, 0), (0, side - filters.shape[1]), (0, side - filters.shape[2])))
