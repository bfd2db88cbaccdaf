"""What an attack came to: everything in pixel units, on the rounded 8-bit picture that a visitor can save."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.arrays import read_only
from explorer.attacks.goals import Goal
from explorer.attacks.norms import quantize
from explorer.networks.loading import Network, probabilities, top_labels
from explorer.pictures.images import Image, from_array, open_image

_WINDOW = 7  # pixels: the side of SSIM's window (Wang et al. 2004) in scikit-image


@dataclass(frozen=True, eq=False)
class Attack:
    """An original, what it became, and what the network says of both; all measured on 8-bit pictures."""

    original: Image
    adversarial: Image
    perturbation: NDArray[np.float32]  #: (H, W, 3), adversarial − original
    before: list[tuple[str, float]]  #: top 5, highest first
    after: list[tuple[str, float]]
    label: str
    target: str | None
    linf: float  #: largest change of any value
    l2: float  #: square root of the sum of squared changes
    success: bool  #: the target is first or, without a target, the label no longer is

    @property
    def changed(self) -> float:
        """The share of pixels of which at least one channel changed."""
        return float((self.perturbation != 0).any(2).mean())

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in decibels; infinite without a change."""
        error = float(np.square(self.perturbation, dtype=np.float64).mean())
        return float("inf") if error == 0 else -10 * float(np.log10(error))

    @cached_property
    def ssim(self) -> float:
        """Structural similarity (Wang et al. 2004): 1 for equal pictures."""
        from skimage.metrics import structural_similarity

        side = min(self.original.height, self.original.width, _WINDOW)
        return float(
            structural_similarity(
                self.original.uint8, self.adversarial.uint8, win_size=side - (side % 2 == 0), channel_axis=2
            )
        )


def measure(network: Network, image: Image, x: Tensor, goal: Goal, *, norm: str, epsilon: float) -> Attack:
    """Round a perturbed picture (1, 3, S, S) to 8 bits within `epsilon` and see what the network says of the result.

    With an infinite ε it is only rounded.
    """
    original = network.prepare(image).named("original")  # results are shared: no visitor's file name in them
    change = x[0].permute(1, 2, 0).cpu().numpy().astype(np.float64) - original.pixels
    start = original.uint8.astype(np.int16)
    levels = np.clip(start + quantize(change, norm, epsilon), 0, 255)
    adversarial = from_array(levels.astype(np.uint8), "adversarial")
    difference = (levels - start) / 255
    before, after = probabilities(network, original), probabilities(network, adversarial)
    return Attack(
        original, adversarial, read_only(difference.astype(np.float32)),
        top_labels(network.labels, before, 5), top_labels(network.labels, after, 5),
        network.labels[goal.label], None if goal.target is None else network.labels[goal.target],
        float(np.abs(difference).max()), float(np.sqrt(np.square(difference).sum())),
        goal.reached(int(after.argmax())),
    )  # fmt: skip


def read_back(network: Network, found: Attack) -> tuple[str, float]:
    """What the network says, first, of the adversarial picture once it was saved as PNG and opened again."""
    return network.predict(open_image(found.adversarial.png(), name="adversarial"), 1)[0]
