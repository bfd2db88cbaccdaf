"""Training an ensemble of small networks, each on the same examples in an order of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from explorer.compute import compute_slot
from explorer.learning.augmentation.digits import augment
from explorer.learning.datasets.digits import Digits
from explorer.learning.ensembles.network import Ensemble
from explorer.learning.ensembles.settings import (
    CHANGES,
    EDGES,
    STRENGTHS,
    EnsembleEpoch,
    EnsembleSettings,
    check_settings,
)
from explorer.learning.errors import TrainingError

_WATCHED = 256  # examples on which the layers are looked at


def train_ensemble(
    learned: Digits, held_out: Digits, settings: EnsembleSettings, *, seeds: Sequence[int] = (0,)
) -> Iterator[EnsembleEpoch]:
    """Yields the untrained networks first, then an EnsembleEpoch for each pass. The same seeds give the same bits.

    To stop, close the iterator. Raises, here and not at the first epoch, TrainingError on settings or examples that
    don't do; and where every network's loss is no longer a number.
    """
    check_settings(settings)
    if not 1 <= len(seeds) <= 64:
        raise TrainingError(f"One to 64 networks learn at once, not {len(seeds)}.")
    if len(learned.labels) < 2 or len(held_out.labels) < 1 or len(learned.labels.unique()) < 2:
        raise TrainingError("To learn, it takes at least two examples of at least two classes, and one held out.")
    return _epochs(learned.first(settings.learned or len(learned.labels)), held_out, settings, seeds)


class Trainer:
    """Trains an `ensemble`, each of its networks on the same examples in an order of its own."""

    def __init__(self, learned: Digits, settings: EnsembleSettings, seeds: Sequence[int]) -> None:
        self.settings, self.pictures = settings, learned.pictures
        self.sources = [Generator().manual_seed(1_000_003 + seed) for seed in seeds]  # the order isn't the weights'
        orders = [self._order(source, settings.shuffled) for source in self.sources]
        self.labels = torch.stack([learned.labels[order] for order in orders])
        inputs, classes = learned.pictures[0].numel(), max(2, int(learned.labels.max()) + 1)
        self.ensemble = Ensemble(inputs, classes, settings, seeds)
        self.optimizer = optimizer_of(self.ensemble, settings)

    def train_epoch(self) -> None:
        """One pass of every network through all examples, in batches."""
        self.ensemble.train()
        pictures = torch.stack([self._inputs(source) for source in self.sources])
        orders = torch.stack([self._order(source, True) for source in self.sources])
        for places in orders.split(self.settings.batch, 1):
            if places.shape[1] < 2:  # one example has no variance
                continue
            x = torch.stack([one[place] for one, place in zip(pictures, places, strict=True)])
            with compute_slot(len(x)), torch.enable_grad():
                loss = cross_entropies(self.ensemble(x.flatten(2))[0], self.labels.gather(1, places)).sum()
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()

    def _order(self, source: Generator, random: bool) -> Tensor:
        count = len(self.pictures)
        return torch.randperm(count, generator=source) if random else torch.arange(count)

    def _inputs(self, source: Generator) -> Tensor:
        settings = self.settings
        return augment(self.pictures, settings.augmented, settings.changes, source) if settings.augmented else (
            self.pictures)  # fmt: skip


def _epochs(
    learned: Digits, held_out: Digits, settings: EnsembleSettings, seeds: Sequence[int]
) -> Iterator[EnsembleEpoch]:
    trainer, seconds = Trainer(learned, settings, seeds), 0.0
    for number in range(settings.epochs + 1):
        start = perf_counter()
        if number:
            trainer.train_epoch()
        seconds += perf_counter() - start
        yield _measure(trainer, held_out, number, seconds)


def optimizer_of(ensemble: Ensemble, settings: EnsembleSettings) -> torch.optim.Optimizer:
    """The settings' optimizer from torch.optim for all weights, at the settings' rate.

    Momentum is 0.9; all else is torch's default.
    """
    weights = list(ensemble.parameters())
    if settings.optimizer in ("SGD", "momentum"):
        return torch.optim.SGD(weights, settings.rate, momentum=0.9 if settings.optimizer == "momentum" else 0.0)
    kind = torch.optim.RMSprop if settings.optimizer == "RMSprop" else torch.optim.Adam
    return kind(weights, settings.rate)


def cross_entropies(logits: Tensor, labels: Tensor) -> Tensor:
    """Each network's mean cross-entropy in nats, (S,), of logits (S, N, classes) by labels (S, N)."""
    each = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
    return each.view(labels.shape).mean(1)


def loss_and_accuracy(ensemble: Ensemble, pictures: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Each network's mean cross-entropy and accuracy, (S,) both, on pictures (N, …) in eval mode.

    labels: (N,) for all networks, or (S, N).
    """
    ensemble.eval()
    count = len(ensemble.sources)
    with compute_slot(len(pictures)), torch.no_grad():
        logits = ensemble(pictures.flatten(1).expand(count, -1, -1))[0]
    labels = labels.expand(count, -1)
    return cross_entropies(logits, labels), (logits.argmax(2) == labels).float().mean(1)


def _measure(trainer: Trainer, held_out: Digits, number: int, seconds: float) -> EnsembleEpoch:
    """All that is told of the epoch `number`. Raises TrainingError where no network's loss is a number any more."""
    ensemble = trainer.ensemble
    loss, accuracy = loss_and_accuracy(ensemble, trainer.pictures, trainer.labels)
    held_out_loss, held_out_accuracy = loss_and_accuracy(ensemble, held_out.pictures, held_out.labels)
    if number and not loss.isfinite().any():
        raise TrainingError(f"In epoch {number} the loss is no longer a number: choose a smaller learning rate.")
    pre_activations, gradients = _look_into_layers(trainer)
    with np.errstate(all="ignore"):  # a rate too large makes them as large as they get
        means, deviations = (np.array([getattr(one, of)() for one in pre_activations]) for of in ("mean", "std"))
    last = number == trainer.settings.epochs
    return EnsembleEpoch(
        number, loss.numpy(), accuracy.numpy(), held_out_loss.numpy(), held_out_accuracy.numpy(),
        means, deviations, np.array([_histogram(one) for one in pre_activations]), gradients, seconds,
        _accuracy_when_changed(ensemble, held_out) if last else np.empty(0),
    )  # fmt: skip


def _histogram(values: np.ndarray) -> np.ndarray:
    """The share of the values in each bin between EDGES; what lies beyond counts in the first or the last."""
    within = np.clip(np.nan_to_num(values), float(EDGES[0]), float(EDGES[-1]))
    return np.histogram(within, EDGES)[0] / values.size


def _accuracy_when_changed(ensemble: Ensemble, digits: Digits) -> np.ndarray:
    """Accuracy (CHANGES, STRENGTHS, S) on digits changed in one way each; empty where the examples are no pictures."""
    if digits.pictures.ndim != 4:
        return np.empty(0)

    def accuracy(change: str, strength: float) -> np.ndarray:
        pictures = augment(digits.pictures, strength, (change,), Generator().manual_seed(0))
        return loss_and_accuracy(ensemble, pictures, digits.labels)[1].numpy()

    return np.array([[accuracy(change, strength) for strength in STRENGTHS] for change in CHANGES])


def _look_into_layers(trainer: Trainer) -> tuple[list[np.ndarray], np.ndarray]:
    """The first network's pre-activations, (N, width) by hidden layer, and the norm of each layer's gradient (L + 1,).

    Both as in a step of training, but for the first examples only and without any step.
    """
    ensemble = trainer.ensemble
    pictures, labels = trainer.pictures[:_WATCHED], trainer.labels[:, :_WATCHED]
    with _left_unchanged(ensemble), compute_slot(len(pictures)), torch.enable_grad():
        logits, pre_activations = ensemble(pictures.flatten(1).expand(len(labels), -1, -1))
        gradients = torch.autograd.grad(cross_entropies(logits, labels).sum(), list(ensemble.weights))
    norms = [float(one.flatten(1).norm(dim=1).mean()) for one in gradients]
    return [one[0].detach().numpy() for one in pre_activations], np.array(norms)


@contextmanager
def _left_unchanged(ensemble: Ensemble) -> Iterator[None]:
    """Put the ensemble into training mode; its running statistics and its chance are afterwards as they were."""
    statistics = [(mean.clone(), variance.clone()) for mean, variance in ensemble.running_statistics]
    chance = [source.get_state() for source in ensemble.sources]
    ensemble.train()
    yield
    ensemble.running_statistics = statistics
    for source, state in zip(ensemble.sources, chance, strict=True):
        source.set_state(state)
