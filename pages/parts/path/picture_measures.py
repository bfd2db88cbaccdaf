"""The measures that need no network: of the visitor's picture, of samples and of small pictures of numbers."""

from __future__ import annotations

import numpy as np

import explorer
from explorer.architecture.sharing import Sharing
from explorer.filtering import edges as slopes
from explorer.filtering import patterns as matching
from explorer.filtering import pipeline
from explorer.filtering.smoothing import noisy
from explorer.pictures.images import Image, from_array
from explorer.pictures.reduced import grey, reduced
from pages.parts.path.measures import Map, Number, Word, measure
from pages.parts.shell.words import number

SIDE = 256  # pixels of the longer side of what is measured


@measure
def product_sum(*, numbers: list[list[float]], kernel: list[list[float]], row: int, column: int) -> Number:
    """One value of the convolution of a small picture of numbers, rows and columns from 0."""
    value = float(explorer.convolve(np.array(numbers, float), np.array(kernel, float))[row, column])
    window = np.array(numbers, float)[row : row + len(kernel), column : column + len(kernel[0])]
    terms = [
        f"{number(a)}·{number(w)}" for a, w in zip(window.ravel(), np.array(kernel, float).ravel(), strict=True) if w
    ]
    return Number(value, f"{' + '.join(terms)} = **{number(value)}**: the products where the weight isn't 0.")


@measure
def noise_left(*, size: int, strength: int = 20) -> Number:
    """How much of a noise of that standard deviation in levels, in %, a mean over size × size pixels leaves."""
    if not 1 <= size <= SIDE // 4:
        raise ValueError(f"The window has 1 to {SIDE // 4} pixels, not {size}.")
    flat = from_array(np.full((SIDE, SIDE, 3), 128, np.uint8))
    noise = noisy(flat, "Gaussian", strength).pixels[..., 0] - 128 / 255
    left = explorer.convolve(noise, np.full((size, size), 1 / size**2, np.float32))
    share = 100 * float(left.std() / noise.std())
    return Number(share, f"Measured on {SIDE} × {SIDE} pixels of noise: **{number(share, digits=2)} %** of it is left.")


@measure
def edges(image: Image, *, angle: int) -> Map:
    """How strongly an edge filter at that angle answers at each place."""
    return Map(np.abs(slopes.response(grey(image, SIDE), slopes.slope("Sobel", angle))), "answer of the edge filter")


@measure
def best_score(image: Image) -> Number:
    """The highest normalized correlation of the picture with a box from its own middle."""
    small = reduced(image, SIDE)
    sides = [max(matching.LEAST_SIDE, side // 5) for side in (small.height, small.width)]
    top, left = ((whole - part) // 2 for whole, part in zip((small.height, small.width), sides, strict=True))
    found = matching.search(small, small, (top, left, top + sides[0], left + sides[1]))
    best = float(found.scores.max())
    return Number(
        best, f"The highest of {found.scores.size:,} scores is **{best:.2f}**, where the box meets the piece itself."
    )


@measure
def more_edges(*, first: str, second: str) -> Word:
    """Which of two samples has the larger mean |vertical edge|, by its name."""
    means = {
        name: pipeline.run(grey(explorer.sample(name), SIDE), pipeline.LONG_LINES)[1].mean for name in (first, second)
    }
    told = ", ".join(f"{name} {value:.4f}" for name, value in means.items())
    return Word(max(means, key=means.__getitem__), f"Mean |vertical edge|: **{told}**.")


@measure
def weights_saved(*, side: int, kernel: int) -> Number:
    """How many times fewer weights a convolution has than a full connection to the same map."""
    out = side - kernel + 1
    if out < 1 or kernel < 1:
        raise ValueError(f"A kernel of {kernel} × {kernel} doesn't fit into {side} × {side}.")
    counted = Sharing((1, side, side), (1, out, out), (kernel, kernel))
    times = counted.connected / counted.shared
    return Number(
        times, f"{counted.connected:,} weights against {counted.shared}: **{number(times, digits=5)} times**."
    )


@measure
def selectivity_gain() -> Number:
    """How many times more the filters of the run that came with the app prefer one direction after learning."""
    from explorer.learning.exemplar_cnn.shipped_runs import TRUE, selectivities

    runs = selectivities(TRUE)
    before, after = float(runs[0, 0]), float(runs[0, -1])
    return Number(after / before, f"Orientation selectivity **{before:.2f}** before learning, **{after:.2f}** after.")
