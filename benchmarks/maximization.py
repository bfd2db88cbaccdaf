"""Maximization beside Lucent's: many units at once, a picture as it is watched, and equal steps, size and batch.

In the environment, EXPLORER_BENCH_ROUNDS says how often each time is taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from statistics import median

import torch

from benchmarks.lucent import Lucent, lucent
from benchmarks.measure import Figure, interleave, timed
from explorer.compute import compute_slot, threads
from explorer.maximization import METHODS, MaximizationSettings, Unit, maximize
from explorer.maximization.ensemble import scores_of_views
from explorer.maximization.gradient_ascent import ascend
from explorer.maximization.workers import batch_size
from explorer.networks.loading import Network, load_network
from explorer.responses.units import map_shape

ROUNDS = int(os.environ.get("EXPLORER_BENCH_ROUNDS", 3))
SPEED_STEPS, SIDE, BATCH = 12, 128, 8
WATCHED = 1.8  #: of the bare gradients' time; 12 s for 200 steps were 1.74 of it on two quiet cores
# Weights make no difference to the speed: those that would have to be fetched are drawn.
SPEEDS = (
    ("efficientnet_lite0", True, "blocks.2"),
    ("efficientnet_lite0", True, "blocks.5"),
    ("torchvision/resnet18", False, "layer2"),
    ("torchvision/resnet18", False, "layer4"),
    ("torchvision/squeezenet1_1", False, "features.9"),
)


def figures() -> Iterator[Figure]:
    yield from batches()
    yield watched()
    yield recognisable()
    with lucent(threads()) as other:
        yield from speeds(other)


def maximized(
    network: Network, units: list[Unit], steps: int, method: str, seeds: list[int] | None = None
) -> torch.Tensor:
    *_, last = ascend(network, units, seeds or [0] * len(units), MaximizationSettings(SIDE, steps, method))
    return last.pictures


def batches() -> Iterator[Figure]:
    """Many units in one batch against one by one; the note tells the same of the network's passes alone."""
    network = load_network(device="cpu")
    for count in (batch_size("cpu"), BATCH):
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
    return Figure(f"maximize: {size} px in {steps} steps / {steps} gradients", whole, bare, WATCHED,
                  note=f"{whole / 1000:.1f} s")  # fmt: skip


def recognisable() -> Figure:
    """A class made recognisable, in two views a step, beside as many gradients of two pictures and nothing else."""
    network, preset = load_network(device="cpu"), METHODS["recognisable"]
    unit, steps = Unit(network.layers[-1].name, network.class_index("daisy")), preset.steps
    whole, bare = interleave(
        timed(lambda: list(maximize(network, unit, size=preset.size, steps=steps, method=preset))),
        timed(lambda: [passes(network, [unit] * preset.views) for _ in range(steps)]),
        rounds=1, warm_up=0,
    )  # fmt: skip
    return Figure(f"maximize: recognisable, {steps} steps / gradients", whole, bare, None,
                  note=f"{whole / 1000:.1f} s")  # fmt: skip


def passes(network: Network, units: list[Unit]) -> torch.Tensor:
    """One forward and one backward pass up to the units' layer, and nothing of ours around them."""
    x = torch.full((len(units), 3, network.input_size, network.input_size), 0.5, requires_grad=True)
    with compute_slot(len(units)):
        (gradient,) = torch.autograd.grad(scores_of_views(network, x, units).sum(), x)
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
        if not list(climb)[-1].zero_gradient.any():
            return channel
    return 5
