"""What gradient ascent changes: the pixels, a Fourier spectrum in decorrelated colours, or its phases alone.

Each gives the start of one picture, the pictures (N, 3, S, S) in [0, 1] that a batch of parameters stands for, and the
parameters that come nearest to pictures given.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Protocol

import torch
from torch import Generator, Tensor

from explorer.maximization.natural_spectra import SLOPE, channels_of, correlated, spectrum_of, unit_weights

START_DEVIATION = 0.05  #: standard deviation of the start pictures around mid-grey


class Parameterization(Protocol):
    """How numbers that a gradient can change become a picture."""

    def start(self, size: int, source: Generator) -> Tensor:
        """The parameters of one start picture of size × size pixels, drawn from `source` on the CPU."""
        ...

    def pictures(self, parameters: Tensor, size: int) -> Tensor:
        """The pictures (N, 3, size, size) in [0, 1]; differentiable."""
        ...

    def bounded(self, parameters: Tensor) -> Tensor:
        """The nearest parameters that stand for a picture."""
        ...

    def of(self, pictures: Tensor) -> Tensor:
        """The parameters of pictures (N, 3, S, S) in [0, 1], as nearly as can be."""
        ...


@dataclass(frozen=True)
class Pixels:
    """The pixels themselves, kept in [0, 1] and, where `contrast` is given, no further from mid-grey than that.

    It bounds a picture's root mean square distance from mid-grey: a norm bound, under which what excites a linear unit
    most is known exactly.
    """

    contrast: float | None = None

    def start(self, size: int, source: Generator) -> Tensor:
        return (0.5 + START_DEVIATION * torch.randn(3, size, size, generator=source)).clamp(0, 1)

    def pictures(self, parameters: Tensor, size: int) -> Tensor:
        """The parameters themselves: (N, 3, S, S)."""
        return parameters

    def bounded(self, parameters: Tensor) -> Tensor:
        """Drawn towards mid-grey as far as `contrast` asks, then cut to [0, 1]."""
        if self.contrast is not None:
            away = parameters - 0.5
            size = away.flatten(1).square().mean(1).sqrt().view(-1, 1, 1, 1)
            parameters = 0.5 + away * (self.contrast / size.clamp(min=self.contrast))
        return parameters.clamp(0, 1)

    def of(self, pictures: Tensor) -> Tensor:
        return self.bounded(pictures)


@dataclass(frozen=True)
class Fourier:
    """Coefficients of sines and cosines, weighted by 1/f so that all scales move alike, in decorrelated colours.

    Olah, Mordvintsev & Schubert, "Feature Visualization", Distill 2017 (preconditioning). Parameters are
    (3, S, S//2 + 1, 2), real and imaginary parts; `gain` is the deviation before the sigmoid that parameters of
    variance 1 would give.
    """

    gain: float = 1.8

    def start(self, size: int, source: Generator) -> Tensor:
        deviation = START_DEVIATION / SLOPE / self.gain
        spectrum = deviation * torch.randn(3, size, size // 2 + 1, 2, generator=source)
        spectrum[:, 0, 0] = 0  # the mean: the start is mid-grey
        return spectrum

    def pictures(self, parameters: Tensor, size: int) -> Tensor:
        weights = self.gain * unit_weights(size, 1.0, 2.0).to(parameters.device)
        return torch.sigmoid(correlated(channels_of(torch.view_as_complex(parameters) * weights, size)))

    def bounded(self, parameters: Tensor) -> Tensor:
        return parameters

    def of(self, pictures: Tensor) -> Tensor:
        weights = self.gain * unit_weights(pictures.shape[-1], 1.0, 2.0).to(pictures.device)
        return torch.view_as_real(spectrum_of(pictures) / weights)


@dataclass(frozen=True)
class Maco:
    """Only where the waves of each frequency lie; how strong they are falls as 1/f^decay, as in natural pictures.

    Fel et al., "Unlocking Feature Visualization for Deeper Networks with MAgnitude Constrained Optimization", 2023
    (arXiv 2306.06805), with a formula in place of their measured spectrum. Parameters are (3, S, S//2 + 1) in radians.
    """

    decay: float = 1.2
    contrast: float = 0.22

    def start(self, size: int, source: Generator) -> Tensor:
        phases = pi * (2 * torch.rand(3, size, size // 2 + 1, generator=source) - 1)
        phases[:, 0, 0] = pi / 2  # the mean has only a cosine: the start is mid-grey
        return phases

    def pictures(self, parameters: Tensor, size: int) -> Tensor:
        magnitude = self.magnitude(size).to(parameters.device)
        spectrum = torch.complex(magnitude * parameters.cos(), magnitude * parameters.sin())
        return torch.sigmoid(correlated(channels_of(spectrum, size)))

    def bounded(self, parameters: Tensor) -> Tensor:
        return parameters

    def magnitude(self, size: int) -> Tensor:
        """How strong the wave of each frequency is: (S, S//2 + 1)."""
        return self.contrast / SLOPE * unit_weights(size, self.decay, 1.0)

    def of(self, pictures: Tensor) -> Tensor:
        """The phases of the pictures' waves; how strong these are is lost."""
        return spectrum_of(pictures).angle()


@dataclass(frozen=True)
class FreeSpectrum:
    """Where the waves lie, and the logarithm of how strong they are, begun at 1/f^decay as in natural pictures.

    As Maco, but strengths may follow the gradient, too, more slowly by `pace`. Parameters are (3, S, S//2 + 1, 2):
    phases in radians, and 1/pace times the logarithm of how many times a wave is as strong as at the start.
    """

    decay: float = 1.2
    contrast: float = 0.22  #: at the start
    pace: float = 0.15

    @property
    def _phases(self) -> Maco:
        return Maco(self.decay, self.contrast)

    def start(self, size: int, source: Generator) -> Tensor:
        phases = self._phases.start(size, source)
        return torch.stack([phases, torch.zeros_like(phases)], -1)

    def pictures(self, parameters: Tensor, size: int) -> Tensor:
        phases, strengths = parameters.unbind(-1)
        magnitude = self._phases.magnitude(size).to(parameters.device) * (self.pace * strengths).exp()
        return torch.sigmoid(
            correlated(channels_of(torch.complex(magnitude * phases.cos(), magnitude * phases.sin()), size))
        )

    def bounded(self, parameters: Tensor) -> Tensor:
        return parameters

    def of(self, pictures: Tensor) -> Tensor:
        spectrum = spectrum_of(pictures)
        usual = self._phases.magnitude(pictures.shape[-1]).to(pictures)
        tiny = torch.finfo(pictures.dtype).tiny
        return torch.stack([spectrum.angle(), (spectrum.abs().clamp(min=tiny) / usual).log() / self.pace], -1)
