"""The attacks by name, each a sequence of iterates, and `attack`, which runs one to its end and measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from explorer.attacks.deepfool import deepfool_attack
from explorer.attacks.goals import AttackError, Goal, check_settings, find_goal
from explorer.attacks.iterates import Iterate
from explorer.attacks.measurement import Attack, measure
from explorer.attacks.minimal import minimal_norm
from explorer.attacks.norms import random_border
from explorer.attacks.projected_gradient import fgsm, pgd
from explorer.attacks.sparse import few_pixels, patch
from explorer.cache import memoised
from explorer.networks.loading import Network
from explorer.pictures.images import Image


@dataclass(frozen=True)
class AttackSettings:
    """The settings of an attack. A method ignores what it has no use for."""

    method: str = "pgd"  #: one of METHODS
    norm: str = "linf"  #: bounds every value's change; "l2" the root of their summed squares
    epsilon: float = 2 / 255  #: as `step_size` in units of pixels in [0, 1]
    steps: int = 20
    step_size: float | None = None  #: ε/8 unless given
    random_start: bool = False
    restarts: int = 1  #: runs in all; those after the first begin at random
    seed: int = 0
    pixels: int = 16  #: how many may change, or the side of the patch


@dataclass(frozen=True)
class Method:
    """An attack for the Method box: `run` gives its iterates from a network, a picture, a goal and what it `takes`."""

    title: str
    summary: str
    run: Callable[..., Iterator[Iterate]]
    takes: tuple[str, ...]  #: names of AttackSettings
    bounded: bool = True  #: whether ε bounds the change; else it is as large as it has to be
    restarted: bool = False  #: whether another start can help

    @property
    def counts_pixels(self) -> bool:
        """Whether its size is `AttackSettings.pixels`: few pixels change, each as much as it likes."""
        return "pixels" in self.takes


_GRADIENT = ("norm", "epsilon", "steps", "step_size", "random_start", "seed")
METHODS = {
    "fgsm": Method(
        "FGSM", "One step of size ε along the sign of the gradient (Goodfellow et al. 2015).", fgsm,
        ("norm", "epsilon"),
    ),
    "pgd": Method(
        "PGD", "Many small steps, each brought back to within ε (Madry et al. 2018).", pgd, _GRADIENT,
        restarted=True,
    ),
    "momentum": Method(
        "PGD with momentum", "As PGD, along the sum of the gradients so far (Dong et al. 2018).",
        partial(pgd, momentum=1.0), _GRADIENT, restarted=True,
    ),
    "deepfool": Method(
        "DeepFool", "Straight to the nearest decision boundary (Moosavi-Dezfooli et al. 2016): a small change "
        "before rounding, and often lost by rounding.", deepfool_attack, ("norm", "steps"), bounded=False,
    ),
    "minimal": Method(
        "Smallest that can be saved", "Shrink the change while it fools, grow it when not, always in whole levels "
        "(after Rony et al. 2019).", minimal_norm, ("steps",), bounded=False,
    ),
    "pixels": Method(
        "Few pixels", "Only so many pixels may change, each to any colour (Croce & Hein 2019).", few_pixels,
        ("pixels", "steps"), bounded=False,
    ),
    "patch": Method(
        "A patch", "Only one square may change, to any colours, where the gradient is largest (as Brown et al. 2017, "
        "for one picture).", patch, ("pixels", "steps"), bounded=False,
    ),
}  # fmt: skip


@memoised
def attack(
    network: Network,
    image: Image,
    *,
    method: str = "pgd",
    norm: str = "linf",
    epsilon: float = 2 / 255,
    target: int | str | None = None,
    label: int | str | None = None,
    steps: int = 20,
    step_size: float | None = None,
    random_start: bool = False,
    restarts: int = 1,
    seed: int = 0,
    pixels: int = 16,
) -> Attack:
    """Find a perturbation of size at most `epsilon` that makes the network wrong, or makes it say `target`.

    METHODS say what each `method` does, AttackSettings what the numbers are. After a run that fails come up to
    `restarts` − 1 more, from random starts; the best is kept. The label is the network's own clean prediction unless
    given. Raises AttackError, or NetworkError for an unknown class.
    """
    how = AttackSettings(method, norm, epsilon, steps, step_size, random_start, restarts, seed, pixels)
    goal = find_goal(network, image, target, label)
    check_settings(norm, epsilon, steps, step_size)
    return run_attack(network, image, goal, how)


def run_attack(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Attack:
    """An attack by its settings, run to its end and measured. Raises AttackError."""
    *_, last = trajectory(network, image, goal, how)
    return measure_iterate(network, image, last, how)


def trajectory(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    """The iterates of one run after another, until one fools once rounded; the last iterate is that of the best run.

    Methods without chance in them run once. Raises AttackError.
    """
    if how.method not in METHODS:
        raise AttackError(f"The method is one of {', '.join(METHODS)}, not {how.method!r}.")
    if how.restarts < 1:
        raise AttackError(f"An attack runs at least once, not {how.restarts} times.")
    method = METHODS[how.method]
    best: Iterate | None = None
    for run in range(how.restarts if method.restarted else 1):
        again = replace(how, random_start=how.random_start or run > 0, seed=how.seed + run)
        settings = {name: getattr(again, name) for name in method.takes}
        for last in method.run(network, image, goal, **settings):
            yield last
        if measure_iterate(network, image, last, how).success:
            return
        if best is None or last.progress > best.progress:
            best = last
    if best is not None and best is not last:
        yield best


@memoised
def measure_iterate(network: Network, image: Image, iterate: Iterate, how: AttackSettings) -> Attack:
    """What an attack comes to at an iterate, rounded within ε, or just rounded where no ε bounds the method.

    Each is measured once only, however often it is asked for.
    """
    size = how.epsilon if METHODS[how.method].bounded else np.inf
    return measure(network, image, iterate.x, iterate.goal, norm=how.norm, epsilon=size)


@memoised
def random_perturbation(network: Network, image: Image, *, norm: str, epsilon: float, seed: int = 0) -> Attack:
    """The control: a change of the same size with no gradient in it.

    For "linf" every value goes ε up or down by a coin's toss; for "l2" the direction is drawn evenly from all.
    """
    check_settings(norm, epsilon)
    x = random_border(network.tensor(image), norm, epsilon, seed)
    return measure(network, image, x, find_goal(network, image), norm=norm, epsilon=epsilon)
