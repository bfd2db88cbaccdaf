"""Training an ensemble of small networks, each on the same examples in an order of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from explorer.compute import compute_slot
from explorer.learning.augmentation.digits import changed
from explorer.learning.datasets.digits import Digits
from explorer.learning.ensembles.network import Ensemble
from explorer.learning.ensembles.settings import CHANGES, EDGES, STRENGTHS, EnsembleEpoch, EnsembleSettings, check
from explorer.learning.errors import TrainingError

_WATCHED = 256  # examples on which the layers are looked at


def train_ensemble(
    learned: Digits, held_out: Digits, settings: EnsembleSettings, *, seeds: Sequence[int] = (0,)
) -> Iterator[EnsembleEpoch]:
    """Yields the untrained networks first, then an EnsembleEpoch for each pass. The same seeds give the same bits.

    To stop, close the iterator. Raises, here and not at the first epoch, TrainingError on settings or examples that
    don't do; and where every network's loss is no longer a number.
    """
    check(settings)
    if not 1 <= len(seeds) <= 64:
        raise TrainingError(f"One to 64 networks learn at once, not {len(seeds)}.")
    if len(learned.labels) < 2 or len(held_out.labels) < 1 or len(learned.labels.unique()) < 2:
        raise TrainingError("To learn, it takes at least two examples of at least two classes, and one held out.")
    return _epochs(learned.first(settings.learned or len(learned.labels)), held_out, settings, seeds)


class Learner:
    """The networks on their way: `ensemble` is what they have become."""

    def __init__(self, learned: Digits, settings: EnsembleSettings, seeds: Sequence[int]) -> None:
        self.settings, self.pictures = settings, learned.pictures
        self.sources = [Generator().manual_seed(1_000_003 + seed) for seed in seeds]  # the order isn't the weights'
        orders = [self._order(source, settings.shuffled) for source in self.sources]
        self.labels = torch.stack([learned.labels[order] for order in orders])
        inputs, classes = learned.pictures[0].numel(), max(2, int(learned.labels.max()) + 1)
        self.ensemble = Ensemble(inputs, classes, settings, seeds)
        self.optimizer = optimizer_of(self.ensemble, settings)

    def pass_through(self) -> None:
        """Learn once from every example."""
        self.ensemble.train()
        pictures = torch.stack([self._seen(source) for source in self.sources])
        orders = torch.stack([self._order(source, True) for source in self.sources])
        for places in orders.split(self.settings.batch, 1):
            if places.shape[1] < 2:  # one example has no variance
                continue
            x = torch.stack([one[place] for one, place in zip(pictures, places, strict=True)])
            with compute_slot(len(x)), torch.enable_grad():
                loss = losses(self.ensemble(x.flatten(2))[0], self.labels.gather(1, places)).sum()
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()

    def _order(self, source: Generator, random: bool) -> Tensor:
        count = len(self.pictures)
        return torch.randperm(count, generator=source) if random else torch.arange(count)

    def _seen(self, source: Generator) -> Tensor:
        settings = self.settings
        return changed(self.pictures, settings.augmented, settings.changes, source) if settings.augmented else (
            self.pictures)  # fmt: skip


def _epochs(
    learned: Digits, held_out: Digits, settings: EnsembleSettings, seeds: Sequence[int]
) -> Iterator[EnsembleEpoch]:
    learner, seconds = Learner(learned, settings, seeds), 0.0
    for number in range(settings.epochs + 1):
        start = perf_counter()
        if number:
            learner.pass_through()
        seconds += perf_counter() - start
        yield _measured(learner, held_out, number, seconds)


def optimizer_of(ensemble: Ensemble, settings: EnsembleSettings) -> torch.optim.Optimizer:
    """torch's optimizer of that name; momentum is 0.9, the others' settings are torch's own."""
    weights = list(ensemble.parameters())
    if settings.optimizer in ("SGD", "momentum"):
        return torch.optim.SGD(weights, settings.rate, momentum=0.9 if settings.optimizer == "momentum" else 0.0)
    kind = torch.optim.RMSprop if settings.optimizer == "RMSprop" else torch.optim.Adam
    return kind(weights, settings.rate)


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean cross-entropy (S,) of logits (S, N, classes), by labels (S, N)."""
    each = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
    return each.view(labels.shape).mean(1)


def right(ensemble: Ensemble, pictures: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and accuracy, (S,) each, on pictures (N, …) with labels (N,) for all or (S, N)."""
    ensemble.eval()
    count = len(ensemble.sources)
    with compute_slot(len(pictures)), torch.no_grad():
        logits = ensemble(pictures.flatten(1).expand(count, -1, -1))[0]
    labels = labels.expand(count, -1)
    return losses(logits, labels), (logits.argmax(2) == labels).float().mean(1)


def _measured(learner: Learner, held_out: Digits, number: int, seconds: float) -> EnsembleEpoch:
    ensemble = learner.ensemble
    loss, accuracy = right(ensemble, learner.pictures, learner.labels)
    held_out_loss, held_out_accuracy = right(ensemble, held_out.pictures, held_out.labels)
    if number and not loss.isfinite().any():
        raise TrainingError(f"In epoch {number} the loss is no longer a number: choose a smaller learning rate.")
    sums, gradients = _layers(ensemble, learner)
    low, high = float(EDGES[0]), float(EDGES[-1])
    counts = [np.histogram(np.clip(np.nan_to_num(one), low, high), EDGES)[0] / one.size for one in sums]
    with np.errstate(all="ignore"):  # a rate too large makes them as large as they get
        means, deviations = (np.array([getattr(one, of)() for one in sums]) for of in ("mean", "std"))
    changed_ones = _on_changed(ensemble, held_out) if number == learner.settings.epochs else np.empty(0)
    return EnsembleEpoch(
        number, loss.numpy(), accuracy.numpy(), held_out_loss.numpy(), held_out_accuracy.numpy(),
        means, deviations, np.array(counts), gradients, seconds, changed_ones,
    )  # fmt: skip


def _on_changed(ensemble: Ensemble, digits: Digits) -> np.ndarray:
    """Accuracy (changes, strengths, S) on digits changed in one way each; empty where the examples are no pictures."""
    if digits.pictures.ndim != 4:
        return np.empty(0)
    return np.array([
        [
            right(ensemble, changed(digits.pictures, strength, (change,), Generator().manual_seed(0)), digits.labels)[1]
            .numpy()
            for strength in STRENGTHS
        ]
        for change in CHANGES
    ])  # fmt: skip


def _layers(ensemble: Ensemble, learner: Learner) -> tuple[list[np.ndarray], np.ndarray]:
    """What enters the first network's activations, (N, width) by layer, and how long each layer's gradient is."""
    kept = [(mean.clone(), variance.clone()) for mean, variance in ensemble.kept]
    pictures, labels = learner.pictures[:_WATCHED], learner.labels[:, :_WATCHED]
    stay = torch.is_grad_enabled()
    ensemble.train()
    chance = [source.get_state() for source in ensemble.sources]
    with compute_slot(len(pictures)), torch.enable_grad():
        logits, sums = ensemble(pictures.flatten(1).expand(len(labels), -1, -1))
        found = torch.autograd.grad(losses(logits, labels).sum(), list(ensemble.weights))
    torch.set_grad_enabled(stay)
    for source, state in zip(ensemble.sources, chance, strict=True):  # looking changes nothing
        source.set_state(state)
    ensemble.kept = kept
    return [one[0].detach().numpy() for one in sums], np.array(
        [float(one.flatten(1).norm(dim=1).mean()) for one in found]
    )
