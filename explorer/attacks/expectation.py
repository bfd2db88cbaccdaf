"""An attack made to survive: it raises the mean loss over random transformations (Athalye et al. 2018, section 2.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional

from explorer.attacks.goals import AttackError, Goal, check_settings
from explorer.attacks.iterates import Iterate, as_iterates
from explorer.attacks.losses import loss_of
from explorer.attacks.passes import logits, loss_gradient
from explorer.attacks.projected_gradient import projected_gradient_steps
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

# How far transformations go: pixels, share, share of each side, share of the light, levels, JPEG quality
SHIFT, SCALE, REDUCED, GAIN, NOISE, QUALITY = 8, 0.1, 0.5, 0.1, 8 / 255, (50, 95)
# Quantization tables for brightness and colour (ITU-T T.81, annex K), row by row.
_LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMINANCE = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, *[99] * 32,
)  # fmt: skip
_TO_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])  # JFIF


def expectation_over_transformation(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    norm: str,
    epsilon: float,
    steps: int = 20,
    samples: int = 8,
    seed: int = 0,
) -> Iterator[Iterate]:
    """Projected gradient steps of ε/8, each along the mean gradient over so many random transformations.

    These shift by up to 8 pixels, scale by up to 10 %, reduce to as little as half and back, change the light by up to
    10 %, add noise of up to 8 levels, and round as JPEG does (`jpeg_like`). Number 0 is the start; an iterate's logits
    are of the untransformed picture. Raises AttackError.
    """
    check_settings(norm, epsilon, steps)
    if samples < 1:
        raise AttackError(f"A mean over transformations takes at least one sample, not {samples}.")
    source, start = Generator().manual_seed(seed), network.tensor(image)
    module = for_gradients(network)

    def gradient_at(x: Tensor) -> tuple[Tensor, Tensor]:
        _, mean = loss_gradient(lambda one: module(transformed(one, samples, source)), x, loss_of(goal))
        return logits(network.module, x), mean

    walk = projected_gradient_steps(gradient_at, start, norm=norm, epsilon=epsilon, steps=steps)
    yield from as_iterates(walk, network, goal)


def transformed(x: Tensor, count: int, source: Generator) -> Tensor:
    """A picture (1, 3, S, S) after `count` random transformations, (count, 3, S, S) in [0, 1]; gradients pass."""
    return torch.cat([_random_transformation(x, source) for _ in range(count)])


def _random_transformation(x: Tensor, source: Generator) -> Tensor:
    down, right, scale, share, gain, spread, quality = torch.rand(7, generator=source).tolist()
    side = x.shape[-1]
    size = 1 + SCALE * (2 * scale - 1)
    shift = [2 * SHIFT * (2 * one - 1) / side for one in (right, down)]
    theta = torch.tensor([[[size, 0, shift[0]], [0, size, shift[1]]]], device=x.device)
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
    x = functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
    small = max(1, round(side * (REDUCED + (1 - REDUCED) * share)))
    x = functional.interpolate(x, (small, small), mode="bilinear", antialias=True)
    x = functional.interpolate(x, (side, side), mode="bicubic", antialias=True)
    noise = torch.randn(x.shape, generator=source).to(x.device)
    x = (x * (1 + GAIN * (2 * gain - 1)) + NOISE * spread * noise).clamp(0, 1)
    return jpeg_like(x, QUALITY[0] + (QUALITY[1] - QUALITY[0]) * quality)


def jpeg_like(x: Tensor, quality: float) -> Tensor:
    """Pictures (N, 3, H, W) as JPEG of that quality (1 to 99) leaves them, without chroma subsampling.

    The rounding of coefficients has a gradient of 1 here (straight-through, Bengio et al. 2013).
    """
    height, width = x.shape[2:]
    padded = functional.pad(x, (0, -width % 8, 0, -height % 8), "replicate")
    ycc = torch.einsum("kc,nchw->nkhw", _TO_YCC.to(x), 255 * padded)
    ycc = ycc - ycc.new_tensor([128, 0, 0]).view(1, 3, 1, 1)
    count, _, rows, columns = ycc.shape
    blocks = ycc.view(count, 3, rows // 8, 8, columns // 8, 8).transpose(3, 4)
    basis, tables = _dct_basis().to(x), _quantization_tables(quality).to(x)
    scaled = basis @ blocks @ basis.T / tables
    rounded = scaled + (scaled.round() - scaled).detach()
    ycc = (basis.T @ (rounded * tables) @ basis).transpose(3, 4).reshape(count, 3, rows, columns)
    ycc = ycc + ycc.new_tensor([128, 0, 0]).view(1, 3, 1, 1)
    rgb = torch.einsum("ck,nkhw->nchw", torch.linalg.inv(_TO_YCC).to(x), ycc) / 255
    return rgb[:, :, :height, :width].clamp(0, 1)


def _dct_basis() -> Tensor:
    """The orthonormal basis of the discrete cosine transform, (frequency, place)."""
    places, frequencies = torch.arange(8.0), torch.arange(8.0)[:, None]
    basis = torch.cos(math.pi * (2 * places + 1) * frequencies / 16) / 2
    basis[0] /= math.sqrt(2)
    return basis


def _quantization_tables(quality: float) -> Tensor:
    """The step of each coefficient (3, 1, 1, 8, 8) for brightness and the two colours, scaled as libjpeg does."""
    factor = 50 / quality if quality < 50 else 2 - quality / 50
    tables = torch.tensor([_LUMINANCE, _CHROMINANCE, _CHROMINANCE], dtype=torch.float32)
    return (tables * factor).round().clamp(1, 255).view(3, 1, 1, 8, 8)
