"""Pictures as waves: their coefficients, how strong each is in natural pictures, and which colours go together."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

SLOPE = 0.25  # of the sigmoid at mid-grey
_EDGE = 0.02  # a picture given is kept so far from black and white, where the sigmoid's inverse is infinite

# The symmetric square root of the mean RGB covariance of the colour photographs among the samples, scaled so that the
# average channel has variance 1 (tests/test_maximize_parts.py computes it again). Independent channels of variance
# 1 come out correlated as red, green and blue are in photographs, so that what they mostly say is light and dark.
COLOURS = (
    (0.9393, 0.4449, 0.2876),
    (0.4449, 0.6611, 0.5146),
    (0.2876, 0.5146, 0.7678),
)


def spectrum_of(pictures: Tensor) -> Tensor:
    """The coefficients of the independent channels that `pictures` are made of; black and white are not quite so."""
    channels = torch.einsum(
        "rc,nchw->nrhw", torch.linalg.inv(torch.tensor(COLOURS)).to(pictures), pictures.logit(_EDGE)
    )
    return torch.fft.rfft2(channels, norm="ortho")


def channels_of(spectrum: Tensor, size: int) -> Tensor:
    """The channels (N, 3, size, size) whose waves have these coefficients."""
    return torch.fft.irfft2(spectrum, s=(size, size), norm="ortho")


def correlated(channels: Tensor) -> Tensor:
    """Independent channels (N, 3, S, S) as red, green and blue, which go together as in photographs."""
    matrix = torch.tensor(COLOURS).to(channels)
    return torch.einsum("rc,nchw->nrhw", matrix, channels)


@lru_cache(maxsize=32)
def unit_weights(size: int, decay: float, power: float) -> Tensor:
    """1/f^decay for every coefficient (S, S//2 + 1), scaled so that the pixels have variance 1 on average when the
    coefficients have expected squared magnitude `power`; f is in cycles per pixel, and 1/S for the mean.
    """
    rows, columns = torch.fft.fftfreq(size), torch.fft.rfftfreq(size)
    frequency = (rows[:, None].square() + columns.square()).sqrt()
    weights = frequency.clamp(min=1 / size) ** -decay
    # a column inside stands for itself and its mirror image; in the first (and the last, if the size is even) each
    # coefficient is averaged with its own mirror image, which halves the power
    share = torch.full_like(weights, 2 * power)
    share[:, 0] = power / 2
    if size % 2 == 0:
        share[:, -1] = power / 2
    return weights * size / (share * weights.square()).sum().sqrt()
