"""What is done to the pixels after each step so that no noise builds up: decay, blur and clipping.

Yosinski, Clune, Nguyen, Fuchs & Lipson, "Understanding Neural Networks Through Deep Visualization", 2015, section 3.
They counted from the mean of the training pictures in 0 … 255; here it is from mid-grey in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import torch
from torch import Tensor
from torch.nn import functional as F

GREY = 0.5


@dataclass(frozen=True)
class Regularizer:
    """In this order: decay, blur, the two clips. Zero switches each off; shares are in per cent of the pixels."""

    decay: float = 0.0  #: the share of its distance from grey that each value loses a step
    blur: float = 0.0  #: σ of a Gaussian in pixels
    every: int = 4  #: steps from one blur to the next
    small_norm: float = 0.0  #: per cent: the pixels nearest to grey become grey
    small_contribution: float = 0.0  #: per cent: the pixels that by their gradient matter least become grey

    def applied(self, pixels: Tensor, gradient: Tensor, step: int) -> Tensor:
        """Pixels (N, 3, S, S) after step 1, 2, …; `gradient` is the one that the step followed."""
        x = (1 - self.decay) * (pixels - GREY)
        if self.blur and step % self.every == 0:
            x = blurred(x, self.blur)
        if self.small_norm:
            x = _without(x, x.square().sum(1, keepdim=True).sqrt(), self.small_norm)
        if self.small_contribution:
            x = _without(x, (x * gradient).sum(1, keepdim=True).abs(), self.small_contribution)
        return x + GREY


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """A Gaussian to 4 σ as SciPy's, mirrored at the edges."""
    reach, channels = min(ceil(4 * sigma), pixels.shape[-1] - 1), pixels.shape[1]
    kernel = torch.exp(-(torch.arange(-reach, reach + 1, device=pixels.device) ** 2) / (2 * sigma**2)).to(pixels)
    row = (kernel / kernel.sum()).expand(channels, 1, 1, -1)
    framed = F.pad(pixels, [reach] * 4, "reflect")
    return F.conv2d(F.conv2d(framed, row, groups=channels), row.mT, groups=channels)


def _without(x: Tensor, weight: Tensor, percent: float) -> Tensor:
    """x with zeros where `weight` (N, 1, S, S) is under that percentile of its picture."""
    limit = torch.quantile(weight.flatten(1), percent / 100, dim=1).view(-1, 1, 1, 1)
    return x * (weight >= limit)
