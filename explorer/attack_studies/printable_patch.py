"""A patch that makes any picture look like one class: learned from half of the pictures, judged on the others.

As Brown et al. 2017: it is pasted at random places, turned, scaled and in other light while it is made. The control is
a photograph of the same size at the same places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from explorer.attack_studies.pasting import paste, random_placement
from explorer.attack_studies.picture_sets import batch, distinct, split
from explorer.attacks.goals import AttackError
from explorer.attacks.gradient_steps import cosine_decay, gradient_steps, points
from explorer.attacks.losses import towards
from explorer.attacks.norms import round_to_levels
from explorer.attacks.passes import logits, loss_gradient
from explorer.confidence_intervals import wilson_by_cluster
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.crops import resize_crop
from explorer.pictures.images import Image

PLACES = 4  #: where each picture is judged
_BATCH = 4
_FIRST, _LAST = 0.08, 0.01  # of the range: the first and the last step
_EVERY = 10  # steps from one judgement to the next


@dataclass(frozen=True, eq=False)
class PrintablePatch:
    """The patch (side, side, 3) after `number` steps; for each picture, at how many of PLACES it is read as the target.

    `seen` are pictures that it was learned from, `unseen` the held-out ones; `control` is of a photograph where the
    patch was on `unseen`.
    """

    number: int
    patch: NDArray[np.uint8]
    seen: tuple[int, ...]
    unseen: tuple[int, ...]
    control: tuple[int, ...]
    example: Image  #: one of the unseen pictures, as the network gets it

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share on unseen pictures, by picture."""
        return wilson_by_cluster(self.unseen, PLACES)

    @property
    def control_interval(self) -> tuple[float, float]:
        """The same for the photograph at the same places."""
        return wilson_by_cluster(self.control, PLACES)


def printable_patch(
    network: Network, images: Sequence[Image], *, target: int, side: int, steps: int = 60, seed: int = 0
) -> Iterator[PrintablePatch]:
    """Signed steps down the target's loss on every second picture; judged at the start, every tenth step and the end.

    `side` is in pixels of the network's input. Equal pictures count once, and those read as the target already are left
    out. Raises AttackError.
    """
    different = _read_otherwise(network, images, target)
    if len(different) < 2:
        raise AttackError("A patch needs at least two different pictures that are not its class already.")
    if not 8 <= side <= network.input_size or steps < 1:
        raise AttackError(
            f"A patch has a side of 8 to {network.input_size} pixels and takes a step, not {side}, {steps}."
        )
    learned, held_out = split(batch(network, different))
    photograph = to_tensor(resize_crop(different[0], side, side).pixels[None], network.device)
    control = _hits(network, held_out, photograph, target, seed)

    def update(patch: Tensor, gradient: Tensor, number: int) -> Tensor:
        return (patch + cosine_decay(_FIRST, _LAST, number + 1, steps) * gradient.sign()).clamp(0, 1)

    gradient_at = partial(_sampled_gradient, network, learned, target, Generator().manual_seed(seed))
    walk = gradient_steps(gradient_at, torch.full_like(photograph, 0.5), update, steps=steps)
    for number, patch in enumerate(points(walk)):
        if number % _EVERY == 0 or number == steps:
            seen, unseen = (_hits(network, part, patch, target, seed) for part in (learned, held_out))
            levels = (patch[0].permute(1, 2, 0) * 255).round().cpu().numpy().astype(np.uint8)
            yield PrintablePatch(number, levels, seen, unseen, control, different[1])


def _read_otherwise(network: Network, images: Sequence[Image], target: int) -> list[Image]:
    """The different pictures that the network doesn't read as the target without a patch."""
    different = distinct(network, images)
    if not different:
        return []
    classes = logits(network.module, batch(network, different)).argmax(1).tolist()
    return [image for image, label in zip(different, classes, strict=True) if label != target]


def _sampled_gradient(
    network: Network, pictures: Tensor, target: int, source: Generator, patch: Tensor
) -> tuple[Tensor, Tensor]:
    """Logits and the gradient by the patch, on a few of the pictures drawn at random, each with a random placement."""
    some = pictures[torch.randint(0, len(pictures), (_BATCH,), generator=source)]
    placements, module = [random_placement(source) for _ in some], for_gradients(network)

    def with_patch(one: Tensor) -> Tensor:
        scores: Tensor = module(paste(some, one, placements))
        return scores

    return loss_gradient(with_patch, patch, towards(torch.full((len(some),), target, device=some.device)))


def _hits(network: Network, pictures: Tensor, patch: Tensor, target: int, seed: int) -> tuple[int, ...]:
    """For each picture, at how many of PLACES places, always the same, the patch in 8 bits makes it the target."""
    source = Generator().manual_seed(seed + 1)
    printed = round_to_levels(patch)
    hits = torch.zeros(len(pictures), dtype=torch.int64)
    for _ in range(PLACES):
        placements = [random_placement(source) for _ in pictures]
        for first in range(0, len(pictures), _BATCH):
            some = slice(first, first + _BATCH)
            shown = paste(pictures[some], printed, placements[some])
            hits[some] += logits(network.module, shown).argmax(1).cpu() == target
    return tuple(hits.tolist())
