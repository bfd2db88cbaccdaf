"""What follows from a control, in a sentence with the visitor's own numbers."""

from __future__ import annotations

import math

from pages.parts.shell.words import rounded

_SAME, _ALIKE = 0.8, 0.5  # correlations from which two maps are called nearly the same, and alike
_APART = 0.1  # shares that differ by less are told apart by nothing


def of_another_class(together: float, label: str) -> str:
    """From the correlation, −1 to 1, of a class's map with that of another, `label`."""
    if math.isnan(together):
        return "One of the two maps is dark everywhere, so they can't be compared."
    if together >= _SAME:
        return f"Nearly the same (correlation {rounded(together)}): so the heat map says where something is, not what."
    if together >= _ALIKE:
        return f"Partly the same (correlation {rounded(together)}): only what differs speaks for {label}."
    return f"Another heat map (correlation {rounded(together)}): so it is about {label}."


def of_other_weights(together: float, *, trained: bool) -> str:
    """From the correlation of a map with that of the same class by the other weights; `trained`: those in use are."""
    if math.isnan(together):
        return "One of the two maps is dark everywhere, so they can't be compared."
    said = f"(correlation {rounded(together)})"
    if together >= _ALIKE:
        weights = "random" if trained else "trained"
        return f"Mind: {weights} weights give much the same heat map {said}, so this one proves little."
    if trained:
        return f"Random weights give another heat map {said}: so where this one is bright was learned."
    return f"The trained weights give another heat map {said}: so this heat map is chance."


def of_a_change(ours: float, theirs: float, *, trained: bool) -> str:
    """From what is left of a change at the last layer, as a share: by the weights in use, and by the other ones."""
    learned, chance = (ours, theirs) if trained else (theirs, ours)
    if learned < chance - _APART:
        return "So to overlook this change was **learned**."
    if learned > chance + _APART:
        return "So learning made the network **notice** this change."
    return "So it is the **architecture** that treats it so, not what was learned."


def of_two_pictures(ours: float, theirs: float, *, trained: bool) -> str:
    """From how far two pictures are apart at the last layer, 0 to 1: by the weights in use, and by the other ones."""
    learned, chance = (ours, theirs) if trained else (theirs, ours)
    said = f"At the last layer they are **{learned:.2f}** apart, with random weights **{chance:.2f}**: "
    if learned > chance + _APART:
        return said + "so telling them apart was learned."
    if learned < chance - _APART:
        return said + "so learning brought them nearer."
    return said + "so that tells nothing of what was learned."
