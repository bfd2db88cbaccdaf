"""What an attack is for, and the settings that make sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.networks.loading import Network, probabilities
from explorer.pictures.images import Image

NORMS = ("linf", "l2")
Outcome = Literal["fooled", "another class", "recovered"]  #: the last is the label again


class AttackError(ValueError):
    """Settings of an attack that can't be used: one sentence says why and what to do."""


@dataclass(frozen=True)
class Goal:
    """What an attack is for, as class numbers: away from the label or, with a target, to the target."""

    label: int
    target: int | None

    def reached(self, predicted: int) -> bool:
        """Whether a network that predicts this class is fooled: it is the target or, without one, not the label."""
        return predicted != self.label if self.target is None else predicted == self.target

    def outcome(self, predicted: int) -> Outcome:
        """What an attack came to when the network predicts this class."""
        return "fooled" if self.reached(predicted) else "recovered" if predicted == self.label else "another class"


def find_goal(network: Network, image: Image, target: int | str | None = None, label: int | str | None = None) -> Goal:
    """The goal of an attack on this picture; the label is the network's own prediction unless given.

    Classes are given by number or name. Raises AttackError when label and target are the same, NetworkError for an
    unknown class.
    """
    shares = probabilities(network, network.prepare(image))
    start = int(shares.argmax()) if label is None else network.class_index(label)
    end = None if target is None else network.class_index(target)
    if start == end:
        raise AttackError(f"The network already sees “{network.labels[start]}” here: choose another target.")
    return Goal(start, end)


def check_settings(norm: str, epsilon: float, steps: int = 1, step_size: float | None = None) -> None:
    """Raise AttackError for settings that no attack can use."""
    if norm not in NORMS:
        raise AttackError(f"The norm is one of {', '.join(NORMS)}, not {norm!r}.")
    if not 0 <= epsilon < np.inf:
        raise AttackError(f"ε must be a number from 0 on, in pixel units (2/255 is two levels), not {epsilon}.")
    if steps < 1:
        raise AttackError(f"An attack takes at least one step, not {steps}.")
    if step_size is not None and not 0 < step_size < np.inf:
        raise AttackError(f"The step size must be a number above 0, not {step_size}.")
