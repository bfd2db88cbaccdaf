"""The smallest ε that works: searched for and verified on the rounded picture, not assuming that more is better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer.attacks.goals import Goal, check_settings
from explorer.attacks.measurement import Attack, measure
from explorer.attacks.norms import whole_levels
from explorer.attacks.projected_gradient import pgd
from explorer.networks.loading import Network
from explorer.pictures.images import Image

_NEIGHBOURS = 2  # levels below and above the one found that are tried as well
_FIRST_L2, _TOLERANCE = 0.05, 0.05


@dataclass(frozen=True, eq=False)
class Trial:
    """One ε that was tried, and what came of it once rounded."""

    epsilon: float
    found: Attack


def smallest_epsilon(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    norm: str = "linf",
    steps: int = 20,
    momentum: float = 0.0,
    largest: float | None = None,
) -> Iterator[Trial]:
    """Try one ε after another; `smallest` picks the answer from the trials, at any time.

    For L∞ these are whole levels, since a change below one level can't be saved: doubled until one works, then halved
    between the last that failed and the first that worked, and the two levels on either side of what is found are
    tried too, for success need not grow with ε. For L2, ε is found to 5 %. The search ends without success beyond
    `largest` (255 levels, or an L2 norm of 64). Raises AttackError.
    """
    check_settings(norm, 0 if largest is None else largest, steps)

    def attempt(epsilon: float) -> Trial:
        *_, last = pgd(network, image, goal, norm=norm, epsilon=epsilon, steps=steps, momentum=momentum)
        return Trial(epsilon, measure(network, image, last.x, goal, norm=norm, epsilon=epsilon))

    nothing = attempt(0.0)
    yield nothing
    if nothing.found.success:
        return
    if norm == "linf":
        most = 255 if largest is None else whole_levels(largest)
        yield from _search_levels(lambda level: attempt(level / 255), most)
    else:
        yield from _search_norms(attempt, 64.0 if largest is None else largest)


def smallest(trials: list[Trial]) -> Trial | None:
    """The trial with the least ε that succeeded; None without one."""
    return min((trial for trial in trials if trial.found.success), key=lambda trial: trial.epsilon, default=None)


def _search_levels(attempt: Callable[[int], Trial], most: int) -> Iterator[Trial]:
    """Whole levels: doubled, halved between failure and success, and the neighbours of what is found."""
    failed, level, tried = 0, 1, {0}
    while level <= most:
        trial = attempt(level)
        yield trial
        tried.add(level)
        if trial.found.success:
            break
        failed, level = level, (2 * level if 2 * level <= most or level == most else most)
    else:
        return
    works = level
    while works - failed > 1:
        middle = (failed + works) // 2
        trial = attempt(middle)
        yield trial
        tried.add(middle)
        failed, works = (failed, middle) if trial.found.success else (middle, works)
    around = range(max(1, works - _NEIGHBOURS), min(most, works + _NEIGHBOURS) + 1)
    yield from (attempt(neighbour) for neighbour in around if neighbour not in tried)


def _search_norms(attempt: Callable[[float], Trial], most: float) -> Iterator[Trial]:
    """The same for L2 norms, down to the tolerance."""
    failed, size = 0.0, min(_FIRST_L2, most)
    while True:
        trial = attempt(size)
        yield trial
        if trial.found.success:
            break
        if size >= most:
            return
        failed, size = size, min(2 * size, most)
    works = size
    while works - failed > _TOLERANCE * works:
        trial = attempt((failed + works) / 2)
        yield trial
        failed, works = (failed, trial.epsilon) if trial.found.success else (trial.epsilon, works)
    around = (works * (1 - 2 * _TOLERANCE), min(most, works * (1 + 2 * _TOLERANCE)))
    yield from (attempt(neighbour) for neighbour in around if neighbour != works)
