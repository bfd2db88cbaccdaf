"""What follows from an attack's control, in a sentence with the visitor's own numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pages.parts.shell.words import percent, rounded

_FARTHER = 1.5  # so many times as far is farther


def of_distances(attack: float, control: float) -> str:
    """From how far the last layer's output went by an attack, and by the same change shuffled."""
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


def of_rates(interval: tuple[float, float], control: tuple[float, float], what: str, other: str) -> str:
    """From the 95 % intervals of two shares; `what` was done, and `other` in the control."""
    if interval[0] > control[1]:
        return f"The intervals are apart: so it is {what}, not merely {other}."
    if control[0] > interval[1]:
        return f"The control does better: so {what} adds nothing here."
    return f"The intervals overlap: these few pictures do not tell {what} from {other}."


def of_survival(plain: Sequence[int], shuffled: Sequence[int], tries: int) -> str:
    """From how many transformations, of so many, a change and the same shuffled outlasted, by size."""
    most, chance = max(plain), max(shuffled)
    said = f"Shuffled, changes as large still fool after {chance} of {tries} at most, unshuffled after {most}: "
    if chance < most:
        return said + "so what survives is the direction."
    return said + "so at these sizes surviving proves nothing about the direction."


def of_noise(clean: float, noise: float, attack: float) -> str:
    """From the usual model's accuracy, as shares, on clean pictures, under noise and under attack of the same size."""
    said = f"The usual model keeps **{percent(noise)}** under noise and **{percent(attack)}** under attack"
    lost_by_noise, lost = clean - noise, clean - attack
    if lost > 2 * max(lost_by_noise, 0.0) and lost > 0:
        return f"{said}: so it is the direction that fools it, not the size."
    return f"{said}: so at this size noise harms it nearly as much."
