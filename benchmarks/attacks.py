"""Attacks on the 20 labelled ImageNet pictures in foolbox's wheel: success and time beside foolbox as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import foolbox
import torch
from foolbox.attacks import L2DeepFoolAttack, LinfPGD
from foolbox.models import PyTorchModel
from torch import Tensor

from benchmarks.measure import Figure
from benchmarks.pgd import USUAL, Counting
from explorer.attacks.deepfool import deepfool_attack
from explorer.attacks.goals import Goal
from explorer.attacks.norms import quantize_batch, random_border
from explorer.attacks.passes import logits
from explorer.attacks.projected_gradient import attack_batch
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import Image, open_image

LEVELS = (0.5, 1.0, 2.0, 4.0, 8.0)
STEPS, BATCH, DEEP = 10, 5, 6
_FOLDER = Path(foolbox.__file__).parent / "data"


def figures() -> Iterator[Figure]:
    network = load_network()
    pictures, labels, images = right_ones(network)
    for level in LEVELS:
        yield pgd(network, pictures, labels, level / 255)
    yield nearest_borders(network, images[:DEEP], labels[:DEEP])


def right_ones(network: Network) -> tuple[Tensor, Tensor, list[Image]]:
    """The pictures whose label, the number at the end of the file's name, is what the network says."""
    files = sorted(_FOLDER.glob("imagenet_*.jpg"))
    images = [network.prepare(open_image(file)) for file in files]
    labels = torch.tensor([int(file.stem.rpartition("_")[2]) for file in files], device=network.device)
    pictures = torch.cat([network.tensor(image) for image in images])
    right = logits(network.module, pictures).argmax(1) == labels
    return pictures[right], labels[right], [image for image, is_right in zip(images, right, strict=True) if is_right]


def pgd(network: Network, pictures: Tensor, labels: Tensor, epsilon: float) -> Figure:
    """Equal steps on one picture after another, ours and theirs in turn; both are judged on what comes out, as it is.

    What is left of ours after rounding to 8 bits, and what noise of ±ε does, is told beside it.
    """
    mine, theirs = Counting(for_gradients(network)).eval(), Counting(network.module).eval()
    bounded = PyTorchModel(theirs, bounds=(0, 1), device=network.device)
    attack = LinfPGD(abs_stepsize=epsilon / 8, steps=STEPS, random_start=False)
    pairs = list(zip(pictures.split(1), labels.split(1), strict=True))
    found = list[Tensor]()

    def ours(x: Tensor, y: Tensor) -> bool:
        found.append(attack_batch(mine, x, y, norm="linf", epsilon=epsilon, steps=STEPS))
        return bool(logits(mine, found[-1]).argmax(1) != y)

    def other(x: Tensor, y: Tensor) -> bool:
        torch.set_num_threads(USUAL)
        return bool(attack(bounded, x, y, epsilons=epsilon)[2])

    ours(*pairs[0]), other(*pairs[0])  # to warm up
    found.clear()
    times: tuple[list[float], list[float]] = ([], [])
    hits: tuple[list[bool], list[bool]] = ([], [])
    for number, pair in enumerate(pairs):
        for side in (0, 1) if number % 2 else (1, 0):
            start = perf_counter()
            hits[side].append((ours, other)[side](*pair))
            times[side].append(1000 * (perf_counter() - start))
    ends = (torch.cat(found), random_border(pictures, "linf", epsilon, 0))
    saved, by_noise = (_fooled(network, quantize_batch(x, pictures, "linf", epsilon), labels) for x in ends)
    fooled = [sum(hit) for hit in hits]
    note = (
        f"fooled: ours {fooled[0]}, theirs {fooled[1]} of {len(pairs)}; saved with 8 bits: ours {saved}, noise "
        f"{by_noise}; passes: ours {_passes(mine, pairs)}, theirs {_passes(theirs, pairs)}"
    )
    medians = (median(times[0]), median(times[1]))
    return Figure(f"attacks: PGD, ε = {255 * epsilon:g}/255", *medians, 1.0, holds=fooled[0] >= fooled[1], note=note)


def _fooled(network: Network, pictures: Tensor, labels: Tensor) -> int:
    said = torch.cat([logits(network.module, some).argmax(1) for some in pictures.split(BATCH)])
    return int((said != labels).sum())


def _passes(counted: Counting, pairs: list[tuple[Tensor, Tensor]]) -> str:
    each = len(pairs) + 1  # one to warm up
    return f"{counted.forwards / each:g} forward {counted.backwards / each:g} backward"


def nearest_borders(network: Network, images: list[Image], labels: Tensor) -> Figure:
    """DeepFool, in turn: the same distance to the border with at most a fifth of the forward passes."""
    counted = Counting(network.module).eval()
    bounded = PyTorchModel(counted, bounds=(0, 1), device=network.device)
    forwards, ratios = 0, []
    times: tuple[list[float], list[float]] = ([], [])
    for image, label in zip(images, labels.split(1), strict=True):
        x = network.tensor(image)
        start = perf_counter()
        steps = list(deepfool_attack(network, image, Goal(int(label), None)))
        middle = perf_counter()
        torch.set_num_threads(USUAL)
        found, _, _ = L2DeepFoolAttack()(bounded, x, label, epsilons=None)
        times[0].append(1000 * (middle - start))
        times[1].append(1000 * (perf_counter() - middle))
        forwards += len(steps)
        ratios.append(float((steps[-1].x - x).norm() / (found - x).norm()))
    worst = max(abs(ratio - 1) for ratio in ratios)
    note = f"norms differ by at most {100 * worst:.2f} %; forwards: ours {forwards}, theirs {counted.forwards}"
    holds = worst <= 0.01 and 5 * forwards <= counted.forwards
    return Figure("attacks: DeepFool, L2", median(times[0]), median(times[1]), 1.0, holds=holds, note=note)
