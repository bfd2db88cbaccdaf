"""Class logits maximized by *maco*, by plain pixels and by Lucent: what another network calls the pictures.

In the environment, EXPLORER_BENCH_CLASSES and _SEEDS say on how many class logits and seeds, _STEPS in how many steps.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks.lucent import Lucent, lucent
from benchmarks.maximization import SIDE, maximized
from benchmarks.measure import Figure
from explorer.compute import threads
from explorer.maximization import Unit
from explorer.maximization.gradient_ascent import scores
from explorer.maximization.steps import to_image
from explorer.maximization.transforms import Transform
from explorer.networks.loading import Network, load_network, to_tensor
from explorer.pictures.images import Image
from explorer.pictures.samples import sample

CLASSES = int(os.environ.get("EXPLORER_BENCH_CLASSES", 20))
SEEDS = int(os.environ.get("EXPLORER_BENCH_SEEDS", 3))
STEPS = int(os.environ.get("EXPLORER_BENCH_STEPS", 128))
BATCH = 8
HELD_OUT = Transform(angle_deg=20, smallest=0.7, largest=1.3, shift=0.2, noise=0.02)  # wider than any climb's own
PHOTOGRAPHS = ("flower", "coffee", "cat", "astronaut", "china", "rocket", "motorcycle")


def figures() -> Iterator[Figure]:
    with lucent(threads()) as other:
        yield from qualities(other)


def qualities(other: Lucent) -> Iterator[Figure]:
    """Class logits: named so by lite1, scores in held-out views, spectra, failures, for ours, Lucent's and pixels."""
    network, judge = load_network(device="cpu"), load_network("efficientnet_lite1", device="cpu")
    last = network.layers[-1].name
    classes = sorted(int(c) for c in np.random.default_rng(0).permutation(len(network.labels))[:CLASSES])
    work = [(Unit(last, channel), seed) for channel in classes for seed in range(SEEDS)]
    made: dict[str, list[Image]] = {"ours": [], "pixels": [], "Lucent": []}
    for start in range(0, len(work), BATCH):
        units, seeds = (
            [unit for unit, _ in work[start : start + BATCH]],
            [seed for _, seed in work[start : start + BATCH]],
        )
        for name, method in (("ours", "maco"), ("pixels", "pixels")):
            pictures = maximized(network, units, STEPS, method, seeds)
            made[name] += [to_image(picture, unit.name) for picture, unit in zip(pictures, units, strict=True)]
    for unit, seed in work:
        made["Lucent"].append(other.climb("efficientnet_lite0", True, unit, steps=STEPS, side=SIDE, seed=seed))
    units = [unit for unit, _ in work]
    named = {name: share_named(judge, units, images) for name, images in made.items()}
    held = {name: held_out(network, units, images) for name, images in made.items()}
    far = {name: median(spectrum_distance(image) for image in images) for name, images in made.items()}
    alive = {name: sum(image.pixels.std() > 0.03 for image in images) for name, images in made.items()}
    n = f"n = {len(work)}: {CLASSES} classes × {SEEDS} seeds, {STEPS} steps"
    yield quality("named by lite1, %", {k: 100 * v for k, v in named.items()}, named["ours"] >= 0.8, f"goal ≥ 80; {n}")
    yield quality("logit in held-out views", held, held["ours"] > held["Lucent"], "goal: above Lucent's")
    yield quality("spectrum's distance to photographs", far, far["ours"] < far["Lucent"], "goal: below Lucent's")
    yield quality("pictures that aren't grey", alive, alive["ours"] == len(work), f"goal: all {len(work)}")


def quality(what: str, values: dict[str, float], holds: bool, note: str) -> Figure:
    """A figure that is no time: ours and Lucent's, with plain pixels' in the note."""
    return Figure(f"maximize: {what}", float(values["ours"]), max(float(values["Lucent"]), 0.01), None, bool(holds),
                  f"Lucent {values['Lucent']:.2f}, pixels {values['pixels']:.2f}; {note}")  # fmt: skip


def share_named(judge: Network, units: list[Unit], images: list[Image]) -> float:
    """How many of the rounded pictures the judge calls by the unit's class, first of all."""
    right = [
        judge.predict(image, 1)[0][0] == judge.labels[unit.channel] for unit, image in zip(units, images, strict=True)
    ]
    return sum(right) / len(right)


def held_out(network: Network, units: list[Unit], images: list[Image], draws: int = 4) -> float:
    """The mean logit in views drawn from wider ranges than any climb has seen."""
    found = []
    for number, (unit, image) in enumerate(zip(units, images, strict=True)):
        sources = [torch.Generator().manual_seed(1000 * number + draw) for draw in range(draws)]
        views = HELD_OUT.draw(sources, network.input_size)
        seen = views.of(to_tensor(image.pixels[None], network.device).expand(draws, -1, -1, -1)).clamp(0, 1)
        found.append(float(scores(network, seen, [unit] * draws).mean()))
    return float(np.mean(found))


def spectrum_distance(image: Image) -> float:
    """The root mean square difference of log₁₀ amplitudes by frequency, radially averaged, from the photographs'."""
    return float(np.sqrt(np.mean((profile(image) - natural()) ** 2)))


_natural: list[Any] = []


def natural() -> Any:
    """The photographs' own profile, computed once."""
    if not _natural:
        network = load_network(device="cpu")
        _natural.append(np.mean([profile(network.prepare(sample(name))) for name in PHOTOGRAPHS], 0))
    return _natural[0]


def profile(image: Image) -> Any:
    """Log₁₀ of the amplitude in 12 rings from 0.02 to ½ cycle a pixel of the middle 128 pixels, contrast taken out."""
    top, left = (image.height - SIDE) // 2, (image.width - SIDE) // 2
    grey = image.pixels[top : top + SIDE, left : left + SIDE].mean(2)
    grey = (grey - grey.mean()) / max(float(grey.std()), 1e-6)
    window = np.outer(np.hanning(SIDE), np.hanning(SIDE))
    amplitude = np.abs(np.fft.fft2(grey * window))
    radius = np.hypot(*np.meshgrid(np.fft.fftfreq(SIDE), np.fft.fftfreq(SIDE)))
    edges = np.geomspace(0.02, 0.5, 13)
    rings = [amplitude[(radius >= low) & (radius < high)].mean() for low, high in pairwise(edges)]
    return np.log10(rings)
