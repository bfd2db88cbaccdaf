"""Several networks of one shape, from several seeds, as one: what one step costs a small network, it costs them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from explorer.learning.ensembles.settings import EnsembleSettings

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "ReLU": functional.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
_MOMENTUM = 0.1  # of the running means and variances of batch normalization
_EPSILON = 1e-5


class Ensemble(nn.Module):
    """S fully connected networks of inputs (S, N, d): each layer's weights are one tensor (S, before, after).

    Each network begins as it would alone: weights from its own seed (He et al. 2015; Glorot & Bengio 2010 where the
    activation is no ReLU), biases 0.
    """

    def __init__(self, inputs: int, outputs: int, settings: EnsembleSettings, seeds: Sequence[int]) -> None:
        super().__init__()
        self.settings = settings
        self.sources = [Generator().manual_seed(seed) for seed in seeds]
        sizes = (inputs, *settings.layers, outputs)
        pairs = list(pairwise(sizes))
        self.weights = nn.ParameterList([self._initial_weights(before, after) for before, after in pairs])
        self.biases = nn.ParameterList([torch.zeros(len(seeds), 1, after) for _, after in pairs])
        normalized = settings.layers if settings.batch_norm else ()
        self.scales = nn.ParameterList([torch.ones(len(seeds), 1, width) for width in normalized])
        self.offsets = nn.ParameterList([torch.zeros(len(seeds), 1, width) for width in normalized])
        shapes = [(len(seeds), 1, width) for width in normalized]
        self.running_statistics = [(torch.zeros(shape), torch.ones(shape)) for shape in shapes]  # means, variances

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits (S, N, classes), and of each hidden layer what enters its activation (S, N, width).

        While it is `training`, batch normalization takes the batch's own mean and variance, and dropout leaves out.
        """
        sums = []
        for number in range(len(self.settings.layers)):
            z = torch.baddbmm(self.biases[number], x, self.weights[number])
            z = self._batch_norm(number, z) if self.settings.batch_norm else z
            sums.append(z)
            values = _ACTIVATIONS[self.settings.activation](z)
            if self.settings.residual and values.shape == x.shape:
                values = x + values
            x = self._dropout(values) if self.training and self.settings.dropout else values
        return torch.baddbmm(self.biases[-1], x, self.weights[-1]), sums

    def _initial_weights(self, before: int, after: int) -> Tensor:
        gain = 2 if self.settings.activation == "ReLU" else 1
        return torch.stack([
            torch.randn(before, after, generator=source) * (gain / before) ** 0.5 for source in self.sources
        ])  # fmt: skip

    def _batch_norm(self, number: int, z: Tensor) -> Tensor:
        """Each unit to mean 0 and variance 1 over the batch, then its own scale and offset (Ioffe & Szegedy 2015)."""
        if self.training:
            mean, variance = z.mean(1, keepdim=True), z.var(1, keepdim=True, correction=0)
            with torch.no_grad():
                for running, now in zip(self.running_statistics[number], (mean, variance), strict=True):
                    running.lerp_(now, _MOMENTUM)
        else:
            mean, variance = self.running_statistics[number]
        return (z - mean) * torch.rsqrt(variance + _EPSILON) * self.scales[number] + self.offsets[number]

    def _dropout(self, values: Tensor) -> Tensor:
        """A share of the values left out, each network's by its own chance, the others made larger for them."""
        stay = 1 - self.settings.dropout
        kept = torch.stack([torch.rand(values.shape[1:], generator=source) < stay for source in self.sources])
        return values * kept / stay
