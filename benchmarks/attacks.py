"""Attacks on the 20 labelled ImageNet pictures in foolbox's wheel: success and time beside foolbox's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import foolbox
import torch
from foolbox.attacks import L2DeepFoolAttack, LinfPGD
from foolbox.models import PyTorchModel
from torch import Tensor

from benchmarks.measure import Figure, interleave
from benchmarks.pgd import Counting
from explorer.attacks.balls import random_border
from explorer.attacks.deepfool import deepfool
from explorer.attacks.descent import descend, look
from explorer.attacks.goals import Goal
from explorer.compute import cores
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import Image, open_image

LEVELS = (0.5, 1.0, 2.0, 4.0, 8.0)
STEPS, ROUNDS, BATCH, DEEP = 10, 3, 5, 6
_FOLDER = Path(foolbox.__file__).parent / "data"


def figures() -> Iterator[Figure]:
    torch.set_num_threads(min(cores(), 8))  # as the app does
    network = load_network()
    pictures, labels, images = right_ones(network)
    for level in LEVELS:
        yield pgd(network, pictures, labels, level / 255)
    yield from nearest_borders(network, images[:DEEP], labels[:DEEP])


def right_ones(network: Network) -> tuple[Tensor, Tensor, list[Image]]:
    """The pictures whose label, the number at the end of the file's name, is what the network says."""
    files = sorted(_FOLDER.glob("imagenet_*.jpg"))
    images = [network.prepare(open_image(file)) for file in files]
    labels = torch.tensor([int(file.stem.rpartition("_")[2]) for file in files], device=network.device)
    pictures = torch.cat([network.tensor(image) for image in images])
    right = look(network.module, pictures).argmax(1) == labels
    return pictures[right], labels[right], [image for image, is_right in zip(images, right, strict=True) if is_right]


def pgd(network: Network, pictures: Tensor, labels: Tensor, epsilon: float) -> Figure:
    """Equal steps on equal batches; both are judged as foolbox does, on what comes out."""
    counted, model = Counting(network.module).eval(), Counting(network.module).eval()
    bounded = PyTorchModel(model, bounds=(0, 1), device=network.device)
    attack = LinfPGD(abs_stepsize=epsilon / 8, steps=STEPS, random_start=False)
    batches = list(zip(pictures.split(BATCH), labels.split(BATCH), strict=True))
    ours, theirs, noise = [0], [0], 0

    def mine() -> float:
        start = perf_counter()
        found = [descend(counted, x, y, norm="linf", epsilon=epsilon, steps=STEPS) for x, y in batches]
        fooled = [look(counted, x).argmax(1) != y for x, (_, y) in zip(found, batches, strict=True)]
        took = perf_counter() - start
        ours[0] = int(torch.cat(fooled).sum())
        return 1000 * took

    def other() -> float:
        start = perf_counter()
        fooled = [attack(bounded, x, y, epsilons=epsilon)[2] for x, y in batches]
        took = perf_counter() - start
        theirs[0] = int(torch.cat(fooled).sum())
        return 1000 * took

    medians = interleave(mine, other, rounds=ROUNDS, warm_up=1)
    for x, y in batches:
        noise += int((look(network.module, random_border(x, "linf", epsilon, 0).clamp(0, 1)).argmax(1) != y).sum())
    each, count = (ROUNDS + 1) * len(batches), len(pictures)
    note = (
        f"fooled: ours {ours[0]}, theirs {theirs[0]}, noise {noise} of {count}; passes a batch: ours "
        f"{counted.forwards // each} forward {counted.backwards // each} backward, theirs {model.forwards // each} and "
        f"{model.backwards // each}"
    )
    name = f"attacks: PGD, ε = {255 * epsilon:g}/255"
    return Figure(name, *medians, 1.0, holds=ours[0] >= theirs[0], note=note)


def nearest_borders(network: Network, images: list[Image], labels: Tensor) -> Iterator[Figure]:
    """DeepFool: the same distance to the border with at most a fifth of the forward passes."""
    counted = Counting(network.module).eval()
    bounded = PyTorchModel(counted, bounds=(0, 1), device=network.device)
    forwards, ratios = 0, []

    def mine() -> list[float]:
        nonlocal forwards
        norms = []
        for image, label in zip(images, labels.tolist(), strict=True):
            steps = list(deepfool(network, image, Goal(label, None)))
            forwards += len(steps)
            norms.append(float((steps[-1].x - network.tensor(image)).norm()))
        return norms

    start = perf_counter()
    norms = mine()
    middle = perf_counter()
    for image, label, norm in zip(images, labels, norms, strict=True):
        x = network.tensor(image)
        found, _, _ = L2DeepFoolAttack()(bounded, x, label[None], epsilons=None)
        ratios.append(norm / float((found - x).norm()))
    stop = perf_counter()
    worst = max(abs(ratio - 1) for ratio in ratios)
    note = f"norms differ by at most {100 * worst:.2f} %; forwards: ours {forwards}, theirs {counted.forwards}"
    holds = worst <= 0.01 and 5 * forwards <= counted.forwards
    yield Figure("attacks: DeepFool, L2", 1000 * (middle - start), 1000 * (stop - middle), 1.0, holds=holds, note=note)
