"""What a search for a pattern has found, in words with the visitor's numbers."""

from __future__ import annotations

from explorer.filtering.patterns import Found, Measure, Search, non_max_suppression, values_of
from explorer.pictures.images import Image
from pages.parts.shell.words import counted, number


def explain(image: Image, found: Search, places: list[Found], threshold: float, measure: Measure, alone: bool) -> str:
    """How large the kernel is, how many windows score at least `threshold`, and what the measure looks at.

    `alone`: whether windows that overlap a better one were left out of `places`.
    """
    best = non_max_suppression(found, threshold=float(found.scores.max()), overlap=1, count=1)[0]
    top, left, bottom, right = best.box
    grey = values_of(image, colour=False)
    light, usual = float(grey[top:bottom, left:right].mean()), float(grey.mean())
    size = " × ".join(map(str, found.pattern.shape))
    text = f"A kernel of **{size}** weights. {_counts(found, places, threshold, alone)} "
    if measure == "raw":
        text += (
            f"The best window is at row {top}, column {left}, and {number(light / usual if usual else 1)} times as "
            "bright as the picture: **bright areas win**, since $\\sum x\\,w$ grows with $x$, whatever its shape."
        )
    elif measure == "zero-mean":
        text += "Light no longer counts, since the weights sum to 0; strong contrast still does."
    else:
        text += (
            f"Light and contrast no longer count. The best score is **{number(best.score, decimals=3)}** at row {top}, "
            f"column {left}."
        )
    return text


def _counts(found: Search, places: list[Found], threshold: float, alone: bool) -> str:
    above = int((found.scores >= threshold).sum())
    if not above:
        return f"Nothing scores {number(threshold)}; the best is {number(found.scores.max())}."
    text = f"**{counted(above, 'window')}** score{'s' if above == 1 else ''} at least {number(threshold)}"
    if alone:
        return f"{text}; without those that overlap a better one, **{counted(len(places), 'place')}**."
    return (
        f"{text}; drawn {'are the best' if len(places) < above else 'are all'} {len(places)}."
        if above > 1
        else f"{text}."
    )
