"""What is concluded from an attack and its control, in a sentence with the visitor's own numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pages.parts.shell.words import percent, rounded

_FARTHER = 1.5  # so many times as far is farther


def from_distances(attack: float, control: float) -> str:
    """From how far an attack, and the same change shuffled, moved the last layer's output (relative L2 distance)."""
    if control and attack < _FARTHER * control:
        return (
            f"At the last layer the attack has gone {rounded(attack)}, the shuffled change {rounded(control)}: so here "
            "its size moves the network as much as its direction."
        )
    times = f", {attack / control:,.0f} times as far" if control else ""
    return (
        f"At the last layer the attack has gone **{rounded(attack)}**, the same change shuffled **{rounded(control)}**"
        f"{times}: so it is the direction that carries through the layers, not the size."
    )


def from_rates(interval: tuple[float, float], control: tuple[float, float], what: str, other: str) -> str:
    """From the 95 % intervals of two success rates; `what` was done, and `other` in the control."""
    if interval[0] > control[1]:
        return f"The intervals are apart: so it is {what}, not merely {other}."
    if control[0] > interval[1]:
        return f"The control does better: so {what} adds nothing here."
    return f"The intervals overlap: these few pictures do not tell {what} from {other}."


def from_survival(plain: Sequence[int], shuffled: Sequence[int], tries: int) -> str:
    """From how many of `tries` transformations a change and the same shuffled survived, one count for each ε."""
    most, chance = max(plain), max(shuffled)
    counts = f"Shuffled, changes as large still fool after {chance} of {tries} at most, unshuffled after {most}: "
    if chance < most:
        return counts + "so what survives is the direction."
    return counts + "so at these sizes surviving proves nothing about the direction."


def from_noise(clean: float, noise: float, attack: float) -> str:
    """From the usual model's accuracy (0 to 1) on clean pictures, under noise and under attack of the same size."""
    kept = f"The usual model keeps **{percent(noise)}** under noise and **{percent(attack)}** under attack"
    lost_by_noise, lost = clean - noise, clean - attack
    if lost > 2 * max(lost_by_noise, 0.0) and lost > 0:
        return f"{kept}: so it is the direction that fools it, not the size."
    return f"{kept}: so at this size noise harms it nearly as much."
