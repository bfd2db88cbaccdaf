"""Is the attack any good? Sanity checks after Carlini et al. 2019, each with the numbers that it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.attack_studies.picture_sets import batch
from explorer.attacks.goals import AttackError
from explorer.attacks.norms import quantize_batch, random_border, whole_levels
from explorer.attacks.passes import logits
from explorer.attacks.projected_gradient import attack_batch
from explorer.attacks.square import margins, square_attack
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

MOST = 8  #: pictures that are attacked
_LARGE = 32 / 255
_QUERIES = 200


@dataclass(frozen=True)
class Check:
    """One check: a question to which a sound attack answers yes, and whether this one does."""

    question: str
    passed: bool
    finding: str  #: the numbers, in a sentence


@dataclass(frozen=True, eq=False)
class _Subjects:
    """The pictures that are attacked, with the classes predicted for them: counts on how many an attack fools."""

    network: Network
    pictures: Tensor
    labels: Tensor
    epsilon: float

    @property
    def count(self) -> int:
        return len(self.pictures)

    @property
    def size(self) -> str:
        """ε in words."""
        levels = 255 * self.epsilon
        return f"{levels:g} {'level' if levels == 1 else 'levels'}"

    def margins(self, x: Tensor) -> Tensor:
        """The label's logit minus the highest other one, (N,), on rounded pictures: below 0 the network is fooled."""
        return margins(self.network.module, quantize_batch(x, self.pictures, "linf", self.epsilon), self.labels)

    def fooled(self, x: Tensor, epsilon: float) -> int:
        """On how many of the rounded pictures the network no longer predicts the label."""
        now = logits(self.network.module, quantize_batch(x, self.pictures, "linf", epsilon)).argmax(1)
        return int((now != self.labels).sum())

    def attacked(self, steps: int, epsilon: float | None = None, **settings: bool) -> Tensor:
        """The pictures after so many gradient steps, a single one as long as ε; not rounded."""
        size = self.epsilon if epsilon is None else epsilon
        return attack_batch(
            for_gradients(self.network), self.pictures, self.labels, norm="linf", epsilon=size, steps=steps,
            step_size=size if steps == 1 else None, **settings,
        )  # fmt: skip

    def by_gradient(self, steps: int, epsilon: float | None = None, **settings: bool) -> int:
        """How many pictures such an attack fools."""
        return self.fooled(self.attacked(steps, epsilon, **settings), self.epsilon if epsilon is None else epsilon)


def sanity_checks(network: Network, images: Sequence[Image], *, epsilon: float, steps: int = 10) -> Iterator[Check]:
    """Check an untargeted L∞ attack on at most 8 of the pictures, one question after another.

    Raises AttackError without a picture, or for an ε below one level, at which nothing can change.
    """
    if not images:
        raise AttackError("Choose at least one picture.")
    if whole_levels(epsilon) < 1:
        raise AttackError("ε is below one level of 255, so nothing can change: take at least 1.")
    pictures = batch(network, images[:MOST])
    subjects = _Subjects(network, pictures, logits(network.module, pictures).argmax(1).clone(), epsilon)
    attacked = subjects.attacked(steps)
    few = subjects.fooled(attacked, epsilon)
    yield _beside_one_step(subjects, few, steps)
    yield _beside_more_steps(subjects, few, steps)
    yield _within_a_large_size(subjects, steps)
    yield _from_a_random_start(subjects, few, steps)
    yield _beside_a_search(subjects, attacked, few, steps)
    yield _beside_noise(subjects, few)


def _beside_one_step(subjects: _Subjects, few: int, steps: int) -> Check:
    once = subjects.by_gradient(1)
    return Check(
        "Are many steps at least as good as one?", few >= once,
        f"{_steps(steps)} fool {few} of {subjects.count} pictures, one step {once}, both within {subjects.size}.",
    )  # fmt: skip


def _beside_more_steps(subjects: _Subjects, few: int, steps: int) -> Check:
    double = subjects.by_gradient(2 * steps)
    return Check(
        "Are more steps at least as good?", double >= few,
        f"{_steps(2 * steps)} fool {double} of {subjects.count}, {_steps(steps)} {few}.",
    )  # fmt: skip


def _within_a_large_size(subjects: _Subjects, steps: int) -> Check:
    large = subjects.by_gradient(steps, _LARGE)
    return Check(
        "Does a large ε fool every time?", large == subjects.count,
        f"Within {255 * _LARGE:.0f} levels, {large} of {subjects.count} are fooled.",
    )  # fmt: skip


def _from_a_random_start(subjects: _Subjects, few: int, steps: int) -> Check:
    again = subjects.by_gradient(steps, random_start=True)
    return Check(
        "Does it work as well from a random start?", abs(again - few) <= max(1, subjects.count // 10),
        f"From a random start {again} of {subjects.count} are fooled, from the picture itself {few}.",
    )  # fmt: skip


def _beside_a_search(subjects: _Subjects, attacked: Tensor, few: int, steps: int) -> Check:
    """A gradient that is masked misleads: then a search that asks for no gradient is ahead of it."""
    found = square_attack(
        subjects.network.module, subjects.pictures, subjects.labels, epsilon=subjects.epsilon, queries=_QUERIES
    )
    blind = subjects.fooled(found, subjects.epsilon)
    ahead = int((subjects.margins(found) < subjects.margins(attacked)).sum())
    return Check(
        "Does the gradient get further than a search without it?", blind <= few and ahead <= subjects.count // 8,
        f"Random squares (Andriushchenko et al. 2020), {_QUERIES} queries for each picture, fool {blind} of "
        f"{subjects.count}, the gradient, with {_steps(steps)}, {few}; the search brings the label's lead lower on "
        f"{ahead}. Were it ahead on many, the gradient would be misleading.",
    )  # fmt: skip


def _beside_noise(subjects: _Subjects, few: int) -> Check:
    noisy = subjects.fooled(random_border(subjects.pictures, "linf", subjects.epsilon, 0), subjects.epsilon)
    return Check(
        "Does random noise do less?", noisy < few or few == 0,
        f"Noise of ±{subjects.size} fools {noisy} of {subjects.count}, the gradient {few}.",
    )  # fmt: skip


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
