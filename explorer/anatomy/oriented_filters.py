"""How many filters of a network's first layer are tuned to orientation, by the stimuli that physiologists use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.anatomy.filters import first_layer_filters
from explorer.cache import memoised
from explorer.classical.eye import ANGLES, axes, selectivity
from explorer.networks.loading import Network

TUNED = 0.3  # selectivity above which a filter counts as tuned
WAVELENGTHS = (4.0, 8.0, 16.0)  # pixels; a layer that keeps every second place can't tell finer stripes


@dataclass(frozen=True, eq=False)
class LayerTuning:
    """Responses (n, angles) of n filters to grey gratings, the mean over three wavelengths, and at their best one.

    `selectivity` and `best_selectivity` are (n,), of `responses` and of `at_best`.
    """

    angles_deg: tuple[int, ...]
    responses: NDArray[np.float64]
    at_best: NDArray[np.float64]
    selectivity: NDArray[np.float64]
    best_selectivity: NDArray[np.float64]

    @property
    def tuned(self) -> int:
        """How many filters prefer one orientation whatever the wavelength."""
        return int((self.selectivity > TUNED).sum())

    @property
    def tuned_at_best(self) -> int:
        """How many do at the one wavelength they answer to most."""
        return int((self.best_selectivity > TUNED).sum())


@memoised
def layer_tuning(network: Network) -> LayerTuning:
    """Show gratings of 36 angles and three wavelengths, drifting, to each filter of the first convolution.

    The response is the amplitude of what the filter gives while the grating drifts, before its bias: the largest
    over all phases. Raises NetworkError when there is no convolution.
    """
    filters = first_layer_filters(network).astype(np.float64)
    std = network.module.get_buffer("std").flatten().double().cpu().numpy()
    grey = (filters / std[None, :, None, None]).sum(1) / 2  # a grating in [0, 1] is half of one in [−1, 1]
    responses = np.stack([amplitudes(grey, wavelength) for wavelength in WAVELENGTHS])
    best = responses.max(2).argmax(0)
    at_best = responses[best, np.arange(len(grey))]
    mean = responses.mean(0)
    return LayerTuning(ANGLES, mean, at_best, selectivity(ANGLES, mean), selectivity(ANGLES, at_best))


def amplitudes(filters: NDArray[np.float64], wavelength: float) -> NDArray[np.float64]:
    """|Σ w e^{2πi·across/wavelength}| of filters (n, k, k) at each angle: (n, angles)."""
    if filters.shape[1] != filters.shape[2]:
        side = max(filters.shape[1:])
        filters = np.pad(filters, ((0, 0), (0, side - filters.shape[1]), (0, side - filters.shape[2])))
    waves = [np.exp(2j * np.pi * axes(angle, filters.shape[1]).across / wavelength) for angle in ANGLES]
    return np.abs(np.einsum("nij,aij->na", filters, np.stack(waves)))
