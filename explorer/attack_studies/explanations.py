"""Why attacks work: many tiny steps in one direction add up, and where in the layers the pictures part ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.attacks.goals import Goal, check_settings
from explorer.attacks.losses import logit_difference
from explorer.attacks.measurement import Attack
from explorer.attacks.norms import normalize, random_border
from explorer.attacks.passes import logits, loss_gradient
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.layers import Layer
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import Image
from explorer.responses.activations import as_maps, outputs

_DRAWS, _BATCH = 16, 8
_MOST_LAYERS = 24


@dataclass(frozen=True, eq=False)
class Linearization:
    """The network as if it were linear around the picture: margin(x + δ) ≈ margin(x) + g · δ.

    The margin is the rival's logit minus the label's: above 0 the network is fooled. `predicted` is ε‖g‖₁ (for L2
    ε‖g‖₂), which δ = ε sign g gains; `noise` ε‖g‖₂ (for L2 ε‖g‖₂/√n), the standard deviation of what random signs
    gain. `measured` and `measured_noise` are what the network itself gains, the latter for each draw.
    """

    rival: str
    values: int  #: n, how many numbers the picture has
    margin: float  #: of the picture as it is
    l1: float  #: ‖g‖₁
    l2: float  #: ‖g‖₂
    predicted: float
    noise: float
    measured: float
    measured_noise: NDArray[np.float32]  #: (draws,)
    gradient: NDArray[np.float32]  #: (H, W, 3), of the margin


@memoised
def linearization(network: Network, image: Image, goal: Goal, *, norm: str, epsilon: float) -> Linearization:
    """Goodfellow et al. 2015, section 3, with this network's own gradient at this picture.

    The rival is the target or, without one, the most probable class beside the label. Raises AttackError.
    """
    check_settings(norm, epsilon)
    start = network.tensor(image)
    rival = _rival(network, start, goal)
    margin_of = logit_difference(*(torch.tensor([one], device=start.device) for one in (goal.label, rival)))
    scores, g = loss_gradient(network.module, start, margin_of)
    margin = float(margin_of(scores))
    l1, length, n = float(g.abs().sum()), float(g.norm()), g.numel()

    def gains(pictures: torch.Tensor) -> NDArray[np.float32]:
        now = logits(network.module, pictures.clamp(0, 1))
        gained: NDArray[np.float32] = (now[:, rival] - now[:, goal.label] - margin).cpu().numpy()
        return gained

    copies = start.expand(_BATCH, -1, -1, -1)
    noisy = [gains(random_border(copies, norm, epsilon, seed)) for seed in range(0, _DRAWS, _BATCH)]
    return Linearization(
        network.labels[rival], n, margin, l1, length,
        epsilon * (l1 if norm == "linf" else length), epsilon * (length if norm == "linf" else length / n**0.5),
        float(gains(start + epsilon * normalize(g, norm))[0]), read_only(np.concatenate(noisy)),
        read_only(np.ascontiguousarray(g[0].permute(1, 2, 0).cpu().numpy())),
    )  # fmt: skip


def _rival(network: Network, picture: torch.Tensor, goal: Goal) -> int:
    """The target or, without one, the most probable class beside the label."""
    if goal.target is not None:
        return goal.target
    order = logits(network.module, picture)[0].argsort(descending=True).tolist()
    return int(next(one for one in order if one != goal.label))


@dataclass(frozen=True, eq=False)
class LayerDistance:
    """How far a layer's output went from the clean one's: ‖f(x + δ) − f(x)‖₂ / ‖f(x)‖₂, for attack and control.

    `channels` (C,) is the change of each channel's mean over the picture, `noise_channels` the control's.
    """

    layer: str
    adversarial: float
    noise: float
    channels: NDArray[np.float32]
    noise_channels: NDArray[np.float32]

    def equals(self, other: LayerDistance) -> bool:
        """Whether both hold the same values, whatever the layers are called."""
        same = (self.adversarial, self.noise) == (other.adversarial, other.noise)
        return same and np.array_equal(self.channels, other.channels)

    def most_moved(self, count: int) -> list[int]:
        """The channels whose mean changed most, first the most."""
        return [int(one) for one in np.argsort(-np.abs(self.channels), kind="stable")[:count]]


def layer_distances(network: Network, found: Attack, control: Attack) -> tuple[LayerDistance, ...]:
    """One record for each of the network's main layers, in their order; one pass for all three pictures."""
    return _layer_distances(network, found.original, found.adversarial, control.adversarial)


@memoised
def _layer_distances(network: Network, clean: Image, adversarial: Image, noisy: Image) -> tuple[LayerDistance, ...]:
    names = [layer.name for layer in main_layers(network)]
    pixels = np.stack([picture.pixels for picture in (clean, adversarial, noisy)])
    with compute_slot(len(pixels)), torch.inference_mode():
        found = outputs(network, to_tensor(pixels, network.device), names)
    distances = [_distance(name, found[name]) for name in names]
    # of a block and its last part, which end alike, only the first is kept
    pairs = zip(distances, [None, *distances], strict=False)
    return tuple(one for one, before in pairs if before is None or not one.equals(before))


def _distance(name: str, output: torch.Tensor) -> LayerDistance:
    length = max(float(output[0].norm()), 1e-12)
    means = torch.stack([as_maps(one).mean((1, 2)) for one in output.float()]).cpu().numpy()
    return LayerDistance(
        name, float((output[1] - output[0]).norm()) / length, float((output[2] - output[0]).norm()) / length,
        read_only(means[1] - means[0]), read_only(means[2] - means[0]),
    )  # fmt: skip


def main_layers(network: Network) -> list[Layer]:
    """Layers at most two names deep ("blocks.2", "layer1.0"), at most 24 spread evenly, and always the last."""
    shallow = [layer for layer in network.layers if layer.name.count(".") <= 1 and ":" not in layer.name]
    places = np.linspace(0, len(shallow) - 1, min(_MOST_LAYERS, len(shallow))).round().astype(int)
    return [shallow[place] for place in places]
