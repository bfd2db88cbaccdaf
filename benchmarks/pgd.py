"""Projected gradient descent beside foolbox's, with equal steps on the same module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from foolbox.attacks import LinfPGD
from foolbox.models import PyTorchModel
from torch import Tensor, nn

from benchmarks.measure import Figure, interleave, timed
from explorer.attacks import find_goal, iterates
from explorer.compute import threads
from explorer.networks.loading import Network, load_network
from explorer.pictures.samples import sample

STEPS, EPSILON = 10, 2 / 255
GOAL = 1.00


def figures() -> Iterator[Figure]:
    torch.set_num_threads(threads())  # as ours sets them itself
    network = load_network()
    assert torch.equal(ours(network), theirs(network))
    medians = interleave(timed(lambda: ours(network)), timed(lambda: theirs(network)), rounds=15)
    note = f"passes: ours {passes(network, ours)}, theirs {passes(network, theirs)}"
    yield Figure(f"pgd: L∞, {STEPS} steps, {network.name}", *medians, GOAL, note=note)


def ours(network: Network) -> Tensor:
    image = sample("flower")
    goal = find_goal(network, image)
    *_, last = iterates(network, image, goal, norm="linf", epsilon=EPSILON, steps=STEPS, step_size=EPSILON / 8)
    return last.x.cpu()


def theirs(network: Network) -> Tensor:
    """Foolbox from the same picture on. Both look at the end once more: it for success, ours for the probabilities."""
    image = sample("flower")
    label = torch.tensor([find_goal(network, image).label], device=network.device)
    model = PyTorchModel(network.module, bounds=(0, 1), device=network.device)
    attack = LinfPGD(abs_stepsize=EPSILON / 8, steps=STEPS, random_start=False)
    _, found, _ = attack(model, network.tensor(image), label, epsilons=EPSILON)
    return found.cpu()


class Counting(nn.Module):
    """Counts what goes through a module. Around it, not in it: the network is shared."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.forwards = self.backwards = 0

    def forward(self, x: Tensor) -> Tensor:
        self.forwards += 1
        logits: Tensor = self.inner(x)
        if logits.requires_grad:
            logits.register_hook(self._count_backward)
        return logits

    def _count_backward(self, _gradient: Tensor) -> None:
        self.backwards += 1


def passes(network: Network, attack: Callable[[Network], Tensor]) -> str:
    """How many passes one attack takes. The label is known by now, so none is spent on it."""
    counting = Counting(network.module).eval()
    attack(replace(network, module=counting))
    return f"{counting.forwards} forward {counting.backwards} backward"
