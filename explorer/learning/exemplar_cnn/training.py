"""A small network learns to tell views of patches apart: its filters begin as noise and become edges.

Each patch of a photograph is a class of its own, so no label is needed (Exemplar-CNN: Dosovitskiy et al. 2014,
arXiv:1406.6909).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from time import perf_counter

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from explorer.arrays import read_only
from explorer.compute import compute_slot
from explorer.learning.errors import TrainingError
from explorer.learning.exemplar_cnn.epochs import Epoch
from explorer.learning.exemplar_cnn.network import classes_of, network_like, small_network, with_names
from explorer.learning.exemplar_cnn.patches import cut_patches, sample_views
from explorer.networks.loading import Network, choose_device, wrap_network
from explorer.networks.normalized import Normalized
from explorer.pictures.images import Image

MEAN, STD = 0.5, 0.25  #: what views are normalized by
SIDE = 224  #: of the picture that the trained network takes on other screens
_BATCH = 64
_HELD_OUT = 2  # views of each patch


@dataclass(frozen=True)
class TrainingSettings:
    """What one can play with. `decay` is AdamW's, per step in units of `rate`, on the first layer's filters.

    With `shuffled` the labels of all views are dealt out at random once: nothing can be learned but by heart.
    """

    filters: int = 48
    rate: float = 0.005
    decay: float = 0.2
    batch_norm: bool = True
    shuffled: bool = False
    patches: int = 200
    views: int = 12  #: of each patch
    epochs: int = 30


def train(
    images: Sequence[Image], settings: TrainingSettings | None = None, *, seed: int = 0, device: str | None = None
) -> Iterator[Epoch]:
    """Train on views of patches of the pictures; yields the untrained network first, then one Epoch for each pass.

    On the CPU the same seed gives the same bits. To stop, close the iterator. Raises, here and not at the first epoch,
    TrainingError on pictures or settings that don't do and NetworkError on a device that isn't there.
    """
    settings = settings or TrainingSettings()
    _check(settings)
    where = choose_device(device)
    return _epochs(cut_patches(images, settings.patches, seed=seed), settings, seed, where)


def _check(settings: TrainingSettings) -> None:
    ranges = {"filters": (1, 256), "patches": (2, 2000), "views": (1, 64), "epochs": (1, 1000)}
    for name, (low, high) in ranges.items():
        if getattr(settings, name) not in range(low, high + 1):
            raise TrainingError(f"The number of {name} is {low} to {high}, not {getattr(settings, name)}.")
    if not 0 < settings.rate <= 1:
        raise TrainingError(f"The learning rate is above 0 and at most 1, not {settings.rate}.")
    if not 0 <= settings.decay <= 10:
        raise TrainingError(f"The weight decay is 0 to 10, not {settings.decay}.")


@dataclass(frozen=True, eq=False)
class _LabelledViews:
    """Pictures (N, 3, 32, 32) with their labels (N,)."""

    pictures: Tensor
    labels: Tensor


def _epochs(patches: Tensor, settings: TrainingSettings, seed: int, device: torch.device) -> Iterator[Epoch]:
    source = Generator().manual_seed(seed)
    learned = _labelled_views(patches, settings.views, source, device)
    held_out = _labelled_views(patches, _HELD_OUT, source, device)
    body = small_network(settings.filters, settings.patches, settings.batch_norm, source)
    network = Normalized(body, (MEAN,) * 3, (STD,) * 3, 3).to(device)
    if settings.shuffled:
        order = torch.randperm(len(learned.labels), generator=Generator().manual_seed(seed)).to(device)
        learned = _LabelledViews(learned.pictures, learned.labels[order])
    optimizer = _optimizer(body, settings)
    start = perf_counter()
    loss, accuracy = _evaluate(network, learned)
    for number in range(settings.epochs + 1):
        if number:
            loss, accuracy = _train_epoch(network, optimizer, learned, source)
        if not isfinite(loss):
            raise TrainingError(f"In epoch {number} the loss is no longer a number: choose a smaller learning rate.")
        filters = read_only(next(body.parameters()).detach().float().cpu().numpy().copy())
        state = {name: value.detach().cpu().clone() for name, value in body.state_dict().items()}
        held_out_accuracy = _evaluate(network, held_out)[1]
        yield Epoch(number, loss, accuracy, held_out_accuracy, perf_counter() - start, filters, state)


def _labelled_views(patches: Tensor, views: int, source: Generator, device: torch.device) -> _LabelledViews:
    pictures = torch.cat([sample_views(patches, source) for _ in range(views)])
    return _LabelledViews(pictures.to(device), torch.arange(len(patches)).repeat(views).to(device))


def _optimizer(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    first, *others = network.parameters()
    groups = [{"params": [first], "weight_decay": settings.decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings.rate)


def _train_epoch(
    network: nn.Module, optimizer: torch.optim.Optimizer, views: _LabelledViews, source: Generator
) -> tuple[float, float]:
    """One pass through all views in random order: mean loss and accuracy on the way."""
    network.train()
    loss = correct = 0.0
    for batch in torch.randperm(len(views.labels), generator=source).split(_BATCH):
        chosen = batch.to(views.labels.device)
        with compute_slot(len(batch)), torch.enable_grad():
            logits = network(views.pictures[chosen])
            mean = functional.cross_entropy(logits, views.labels[chosen])
            optimizer.zero_grad()
            mean.backward()
            optimizer.step()
        loss += float(mean.detach()) * len(batch)
        correct += float((logits.argmax(1) == views.labels[chosen]).sum())
    return loss / len(views.labels), correct / len(views.labels)


def _evaluate(network: nn.Module, views: _LabelledViews) -> tuple[float, float]:
    """Mean loss and accuracy on views, without learning from them."""
    network.eval()
    with compute_slot(len(views.labels)), torch.no_grad():
        logits = torch.cat([network(part) for part in views.pictures.split(512)])
    correct = logits.argmax(1) == views.labels
    return float(functional.cross_entropy(logits, views.labels)), float(correct.float().mean())


def as_network(epoch: Epoch, *, name: str = "patches", side: int = SIDE, device: str | None = None) -> Network:
    """What an epoch has come to as a Network that every function of the engine takes; its classes are the patches.

    It sees pictures of side × side: at each place as much as it saw in training, and the mean over all places decides.
    Raises TrainingError on an epoch of which only the filters were kept.
    """
    if not epoch.state:
        raise TrainingError(f"Of epoch {epoch.number} only the filters were kept; choose the last one.")
    module = with_names(network_like(epoch.state))
    labels = [f"patch {number}" for number in range(classes_of(epoch.state))]
    return wrap_network(
        module, input_size=side, mean=(MEAN,) * 3, std=(STD,) * 3, labels=labels, name=name, device=device
    )
