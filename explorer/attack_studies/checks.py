"""Is the attack any good? Sanity checks after Carlini et al. 2019, run on demand, that say what they found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.attacks.goals import AttackError
from explorer.attacks.norms import quantized, random_border
from explorer.attacks.projected_gradient import attack_batch, logits
from explorer.attacks.square import margins, square_attack
from explorer.networks.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

MOST = 8  #: pictures that are looked at
_LARGE = 32 / 255
_QUERIES = 200


@dataclass(frozen=True)
class Check:
    """One check: a question to which a sound attack answers yes, whether this one does, and the numbers."""

    question: str
    passed: bool
    said: str


@dataclass(frozen=True, eq=False)
class _Subjects:
    """The pictures, what the network says of them, and how many it is fooled on."""

    network: Network
    pictures: Tensor
    labels: Tensor
    epsilon: float

    def margins(self, x: Tensor) -> Tensor:
        """The label's logit less the highest other one, (N,), on rounded pictures: below 0 the network is fooled."""
        return margins(self.network.module, quantized(x, self.pictures, "linf", self.epsilon), self.labels)

    def fooled(self, x: Tensor, epsilon: float) -> int:
        """On how many of the rounded pictures the network no longer says the label."""
        now = logits(self.network.module, quantized(x, self.pictures, "linf", epsilon)).argmax(1)
        return int((now != self.labels).sum())

    def attacked(self, steps: int, epsilon: float | None = None, **settings: bool) -> Tensor:
        """The pictures after so many gradient steps, a single one as long as ε; not rounded."""
        size = self.epsilon if epsilon is None else epsilon
        return attack_batch(
            for_gradients(self.network), self.pictures, self.labels, norm="linf", epsilon=size, steps=steps,
            step_size=size if steps == 1 else None, **settings,
        )  # fmt: skip

    def by_gradient(self, steps: int, epsilon: float | None = None, **settings: bool) -> int:
        """How many such an attack fools."""
        return self.fooled(self.attacked(steps, epsilon, **settings), self.epsilon if epsilon is None else epsilon)


def sanity_checks(network: Network, images: Sequence[Image], *, epsilon: float, steps: int = 10) -> Iterator[Check]:
    """Check an untargeted L∞ attack on at most 8 of the pictures, one question after another.

    Raises AttackError without a picture, or for an ε below one level, at which nothing can change.
    """
    if not images:
        raise AttackError("Choose at least one picture.")
    if 255 * epsilon * (1 + 1e-6) < 1:
        raise AttackError("ε is below one level of 255, so nothing can change: take at least 1.")
    pictures = torch.cat([network.tensor(image) for image in images[:MOST]])
    subjects = _Subjects(network, pictures, logits(network.module, pictures).argmax(1).clone(), epsilon)
    attacked, count, size = subjects.attacked(steps), len(pictures), f"{255 * epsilon:g} {_levels(255 * epsilon)}"
    few = subjects.fooled(attacked, epsilon)

    once = subjects.by_gradient(1)
    yield Check(
        "Are many steps at least as good as one?", few >= once,
        f"{_steps(steps)} fool {few} of {count} pictures, one step {once}, both within {size}.",
    )  # fmt: skip
    double = subjects.by_gradient(2 * steps)
    yield Check(
        "Are more steps at least as good?", double >= few,
        f"{_steps(2 * steps)} fool {double} of {count}, {_steps(steps)} {few}.",
    )  # fmt: skip
    large = subjects.by_gradient(steps, _LARGE)
    yield Check(
        "Does a large ε fool every time?", large == count,
        f"Within {255 * _LARGE:.0f} levels, {large} of {count} are fooled.",
    )  # fmt: skip
    again = subjects.by_gradient(steps, random_start=True)
    yield Check(
        "Does it work as well from a random start?", abs(again - few) <= max(1, count // 10),
        f"From a random start {again} of {count} are fooled, from the picture itself {few}.",
    )  # fmt: skip
    found = square_attack(network.module, pictures, subjects.labels, epsilon=epsilon, queries=_QUERIES)
    blind, ahead = subjects.fooled(found, epsilon), int((subjects.margins(found) < subjects.margins(attacked)).sum())
    yield Check(
        "Does the gradient get further than a search without it?", blind <= few and ahead <= count // 8,
        f"Random squares (Andriushchenko et al. 2020), {_QUERIES} queries for each picture, fool {blind} of {count}, "
        f"the gradient, with {_steps(steps)}, {few}; the search brings the label's lead lower on {ahead}. "
        "Were it ahead on many, the gradient would be misleading.",
    )  # fmt: skip
    noisy = subjects.fooled(random_border(pictures, "linf", epsilon, 0), epsilon)
    yield Check(
        "Does random noise do less?", noisy < few or few == 0,
        f"Noise of ±{size} fools {noisy} of {count}, the gradient {few}.",
    )  # fmt: skip


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _levels(count: float) -> str:
    return "level" if count == 1 else "levels"
