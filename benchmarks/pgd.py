"""Projected gradient descent beside foolbox's, with equal steps on as many threads.

Ours goes through the network's folded twin (`explorer.networks.gradients.folded`); on that, foolbox's comes out bit for
bit. On how many threads a pass is soonest is part of ours, too (`explorer.compute.threads`): so is told how foolbox
comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import torch
from foolbox.attacks import LinfPGD
from foolbox.models import PyTorchModel
from torch import Tensor, nn

from benchmarks.measure import Figure, interleave, timed
from explorer.attacks import find_goal, pgd
from explorer.compute import most_threads, threads
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network, load_network
from explorer.pictures.samples import sample

STEPS, EPSILON = 10, 2 / 255
GOAL = 0.75
USUAL = most_threads()  # as torch comes, before ours sets its own


def figures() -> Iterator[Figure]:
    network = load_network()
    same = replace(network, module=for_gradients(network))
    assert torch.equal(ours(network), theirs(same, threads()))
    note = f"passes: ours {passes(network, ours)}, theirs {passes(network, partial(theirs, count=USUAL))}"
    for count in sorted({USUAL, threads()}, reverse=True):
        medians = interleave(timed(partial(ours, network)), timed(partial(theirs, network, count)), rounds=20)
        goal = GOAL if count == threads() else None
        yield Figure(f"pgd: L∞, {STEPS} steps; foolbox, threads: {count}", *medians, goal, note=note)


def ours(network: Network) -> Tensor:
    image = sample("flower")
    goal = find_goal(network, image)
    for step in pgd(network, image, goal, norm="linf", epsilon=EPSILON, steps=STEPS, step_size=EPSILON / 8):
        last = step.x
    return last.cpu()


def theirs(network: Network, count: int) -> Tensor:
    """Foolbox from the same picture on. Both look at the end once more: it for success, ours for the probabilities."""
    torch.set_num_threads(count)
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
    counted = replace(network, key=f"{network.key}|counted", module=Counting(network.module).eval())
    modules = {counted.module, for_gradients(counted)}
    find_goal(counted, sample("flower"))
    for module in modules:
        module.forwards = module.backwards = 0  # those that made the twin
    attack(counted)
    forwards, backwards = (sum(getattr(one, what) for one in modules) for what in ("forwards", "backwards"))
    return f"{forwards} forward {backwards} backward"
