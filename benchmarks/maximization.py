"""Maximization beside Lucent's: equal steps, size and batch; then what another network calls the pictures.

In the environment, EXPLORER_BENCH_CLASSES, _SEEDS and _STEPS say on how many class logits and seeds the quality is
measured and in how many steps its pictures are made, EXPLORER_BENCH_ROUNDS how often each time is taken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks.measure import Figure, interleave, timed
from explorer.compute import compute_slot, threads
from explorer.maximization import MaximizationSettings, Unit, maximize
from explorer.maximization.asked import seen_scores
from explorer.maximization.gradient_ascent import ascend, scores
from explorer.maximization.steps import to_image
from explorer.maximization.transforms import Transform
from explorer.maximization.workers import at_once
from explorer.networks.loading import Network, load_network, to_tensor
from explorer.pictures.images import Image, from_array
from explorer.pictures.samples import sample
from explorer.responses.units import map_shape

CLASSES = int(os.environ.get("EXPLORER_BENCH_CLASSES", 20))
SEEDS = int(os.environ.get("EXPLORER_BENCH_SEEDS", 3))
ROUNDS = int(os.environ.get("EXPLORER_BENCH_ROUNDS", 3))
STEPS = int(os.environ.get("EXPLORER_BENCH_STEPS", 128))
SPEED_STEPS, SIDE, BATCH = 12, 128, 8
# Weights make no difference to the speed: those that would have to be fetched are drawn.
SPEEDS = (
    ("efficientnet_lite0", True, "blocks.2"),
    ("efficientnet_lite0", True, "blocks.5"),
    ("torchvision/resnet18", False, "layer2"),
    ("torchvision/resnet18", False, "layer4"),
    ("torchvision/squeezenet1_1", False, "features.9"),
)
PACKAGES = (("--no-deps", "torch-lucent==0.1.8", "kornia==0.4.1"), ("future", "decorator", "ipython"))
HELD_OUT = Transform(angle_deg=20, smallest=0.7, largest=1.3, shift=0.2, noise=0.02)  # wider than any climb's own
PHOTOGRAPHS = ("flower", "coffee", "cat", "astronaut", "china", "rocket", "motorcycle")


class Lucent:
    """The other process."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._file = process, folder / "picture.npy"
        self.answer: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def climb(self, network: str, pretrained: bool, unit: Unit, *, steps: int, side: int, seed: int = 0) -> Image:
        request = {"network": network, "pretrained": pretrained, "layer": unit.layer, "channel": unit.channel,
                   "steps": steps, "side": side, "seed": seed, "file": str(self._file)}  # fmt: skip
        assert self._process.stdin
        print(json.dumps(request), file=self._process.stdin, flush=True)
        self.answer = self._read()
        return from_array((np.load(self._file).clip(0, 1) * 255).round().astype(np.uint8))


@contextmanager
def lucent(count: int) -> Iterator[Lucent]:
    """Lucent in an environment of its own over our torch; installed once into EXPLORER_CACHE or a temporary folder."""
    root = Path(os.environ.get("EXPLORER_CACHE") or tempfile.gettempdir()) / "explorer-lucent"
    if not all((root / name).is_dir() for name in ("lucent", "decorator", "IPython")):
        for packages in PACKAGES:
            command = ["uv", "pip", "install", "--quiet", "--python", sys.executable, "--target", str(root), *packages]
            subprocess.run(command, check=True)
    # after our own packages: only what these lack comes from there
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    code = f"import sys; sys.path.append({str(root)!r}); sys.argv[1:] = ['{count}']; "
    code += "from benchmarks.lucent_side import main; main()"
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, env=environment)  # fmt: skip
        try:
            yield Lucent(process, Path(folder))
        finally:
            process.terminate()
            process.wait()


def figures() -> Iterator[Figure]:
    yield from batches()
    yield watched()
    with lucent(threads()) as other:
        yield from speeds(other)
        yield from qualities(other)


def maximized(
    network: Network, units: list[Unit], steps: int, method: str, seeds: list[int] | None = None
) -> torch.Tensor:
    *_, last = ascend(network, units, seeds or [0] * len(units), MaximizationSettings(SIDE, steps, method))
    return last.pictures


def batches() -> Iterator[Figure]:
    """Many units in one batch against one by one; the note tells the same of the network's passes alone."""
    network = load_network(device="cpu")
    for count in (at_once("cpu"), BATCH):
        units = [Unit("blocks.3", channel) for channel in range(count)]
        together, apart = interleave(
            timed(lambda units=units: maximized(network, units, 6, "maco")),
            timed(lambda units=units: [maximized(network, [unit], 6, "maco") for unit in units]),
            rounds=ROUNDS, warm_up=1,
        )  # fmt: skip
        bare, each = interleave(
            timed(lambda units=units: passes(network, units)),
            timed(lambda units=units: [passes(network, [unit]) for unit in units]),
            rounds=ROUNDS, warm_up=1,
        )  # fmt: skip
        note = f"the bare forward and backward passes: {bare / each:.2f}"
        yield Figure(f"maximize: {count} units in a batch / one by one", together, apart, 0.7, note=note)


def watched() -> Figure:
    """A picture as it is watched on the screen, every step scored, beside as many gradients and nothing else."""
    network, unit, size, steps = load_network(device="cpu"), Unit("blocks.5", 7), 224, 200
    whole, bare = interleave(
        timed(lambda: list(maximize(network, unit, size=size, steps=steps))),
        timed(lambda: [passes(network, [unit]) for _ in range(steps)]),
        rounds=1, warm_up=0,
    )  # fmt: skip
    return Figure(f"maximize: {size} px in {steps} steps / {steps} gradients", whole, bare, None,
                  note=f"{whole / 1000:.1f} s")  # fmt: skip


def passes(network: Network, units: list[Unit]) -> torch.Tensor:
    """One forward and one backward pass up to the units' layer, and nothing of ours around them."""
    x = torch.full((len(units), 3, network.input_size, network.input_size), 0.5, requires_grad=True)
    with compute_slot(len(units)):
        (gradient,) = torch.autograd.grad(seen_scores(network, x, units).sum(), x)
    return gradient


def speeds(other: Lucent) -> Iterator[Figure]:
    """The time of a climb with robust views, as Lucent's has them, for five layers, then the median of the ratios."""
    ratios = []
    for name, pretrained, layer in SPEEDS:
        network = load_network(name, device="cpu", pretrained=pretrained)
        unit = Unit(layer, living(network, layer))

        def theirs(name: str = name, pretrained: bool = pretrained, unit: Unit = unit) -> float:
            other.climb(name, pretrained, unit, steps=SPEED_STEPS, side=SIDE)
            return float(other.answer["ms"])

        ours = timed(lambda network=network, unit=unit: maximized(network, [unit], SPEED_STEPS, "robust"))
        mine, others = interleave(ours, theirs, rounds=ROUNDS, warm_up=1)
        ratios.append(others / mine)
        note = (
            f"{SPEED_STEPS} forward and backward each, ours up to the layer; Lucent's {other.answer['forwards']} whole"
        )
        yield Figure(f"maximize: {name.split('/')[-1]} {layer}", mine, others, None, note=note)
    middle = median(ratios)
    yield Figure("maximize: median of the five, ours / Lucent's", 1, middle, round(1 / 2.3, 3), note=f"{middle:.2f} ×")


def living(network: Network, layer: str) -> int:
    """The first channel from 5 on that a gradient reaches at once: a dead one's is redirected in a second pass."""
    for channel in range(5, map_shape(network.layer(layer))[0]):
        climb = ascend(network, [Unit(layer, channel)], [0], MaximizationSettings(SIDE, 1, "robust"))
        if not list(climb)[-1].flat.any():
            return channel
    return 5


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
