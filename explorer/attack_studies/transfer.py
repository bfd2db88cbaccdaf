"""Made for one network, shown to another: does the change still fool?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.attacks.controls import DRAWS, shuffled_perturbation
from explorer.attacks.goals import AttackError, Outcome, find_goal
from explorer.attacks.measurement import Attack
from explorer.attacks.methods import AttackSettings, run_attack
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.crops import resize_crop
from explorer.pictures.images import Image, from_array


@dataclass(frozen=True)
class TransferResult:
    """What one network makes of a picture that was made to fool another, or itself."""

    made_for: str | None  #: None for the control: the first network's change, shuffled
    shown_to: str
    predicted: tuple[str, float]  #: label and probability
    clean: tuple[str, float]  #: the same for the original
    target: str | None = None  #: the class it was made for, if this network knows it

    @property
    def outcome(self) -> Outcome:
        """As `Goal.outcome`, with this network's own prediction for the original as the label."""
        if self.predicted[0] == self.clean[0]:
            return "recovered"
        return "fooled" if self.target in (None, self.predicted[0]) else "another class"


def transfer(
    networks: Sequence[tuple[str, Network]], image: Image, how: AttackSettings, *, target: str | None = None,
    draws: int = DRAWS,
) -> Iterator[TransferResult]:  # fmt: skip
    """The rows of a square: the attack `how` on each of the networks (name, network), shown to all; then the controls.

    The whole adversarial picture is resized to each network's input, not cropped, and so are the original that it is
    compared to and the controls, `draws` for each network. A network that doesn't know the target, or sees it already,
    is attacked without one. Raises AttackError without a network.
    """
    if not networks:
        raise AttackError("A transfer needs at least one network.")
    first: Attack | None = None
    for name, network in networks:
        found = _attack(network, image, how, target)
        first = first or found
        for other in networks:
            yield _result(name, found.target, found.original, found.adversarial, other)
    assert first is not None
    changes = (shuffled_perturbation(first, draw) for draw in range(draws))
    shuffled = [from_array((first.original.uint8 + change).astype(np.uint8), "") for change in changes]
    for other in networks:
        yield from (_result(None, first.target, first.original, one, other) for one in shuffled)


def _attack(network: Network, image: Image, how: AttackSettings, target: str | None) -> Attack:
    try:
        goal = find_goal(network, image, target)
    except (AttackError, NetworkError):
        goal = find_goal(network, image)
    return run_attack(network, image, goal, how)


def _result(
    made_for: str | None, target: str | None, clean: Image, shown: Image, shown_to: tuple[str, Network]
) -> TransferResult:
    name, network = shown_to
    original, changed = (resize_crop(one, network.input_size, network.input_size) for one in (clean, shown))
    known = target if target in network.labels else None
    return TransferResult(made_for, name, network.predict(changed, 1)[0], network.predict(original, 1)[0], known)
