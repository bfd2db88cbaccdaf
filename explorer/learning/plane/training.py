"""A small network learns to tell two classes of points in the plane apart; the browser does the same, and this is its
oracle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.arrays import read_only
from explorer.learning.backpropagation.activations import Array, check_activation
from explorer.learning.errors import TrainingError
from explorer.learning.optimization.optimizers import OPTIMIZERS
from explorer.learning.plane.network import PlaneNetwork
from explorer.learning.plane.seeded import Seeded

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LAYERS, MOST_UNITS, MOST_EPOCHS, LARGEST_RATE = 4, 16, 3000, 100.0
ACTIVATIONS = ("sigmoid", "tanh", "relu")
_ORDER = 4  # stream of a seed


Labelled = tuple[Array, NDArray[np.int64]]  # places (n, 2) with their labels (n,)


@dataclass(frozen=True, eq=False)
class PlaneEpoch:
    """A network after `number` passes through its points; number 0 is before learning.

    weights: a (n_next, n) array for each layer, biases (n_next,); read-only. Loss (cross-entropy, in nats) and accuracy
    are those of the weights as they are, over the points learned from, and over those held out (NaN for none).
    """

    number: int
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    loss: float
    accuracy: float
    held_out_loss: float
    held_out_accuracy: float


def train_plane(
    points: ArrayLike, labels: ArrayLike, *, layers: Sequence[int] = (4,), activation: str = "tanh",
    optimizer: str = "Adam", rate: float = 0.03, batch: int = 10, decay: float = 0.0, epochs: int = 100, seed: int = 0,
    held_out: ArrayLike | None = None, edits: Mapping[int, Mapping[int, float]] | None = None,
) -> Iterator[PlaneEpoch]:  # fmt: skip
    """Train on points (n, 2) with labels (n,) 0 or 1: yields the start first, then one PlaneEpoch for each pass.

    layers: units of each hidden layer, 0 to 4 layers of 1 to 16; one sigmoid unit follows, its loss is cross-entropy.
    decay: times each weight and bias, added to its derivative, as PyTorch's weight_decay. held_out: (n,), true for
    points that are not learned from. edits: by epoch, the parameters (by their place in W₀, b₀, W₁, …) that a hand set
    then. The same seed gives the same bits. Raises TrainingError, here and not at the first epoch, on points, labels or
    settings that don't do; and while it runs once the loss overflows.
    """
    places, classes = _checked_points(points, labels)
    held = np.zeros(len(places), np.bool_) if held_out is None else np.asarray(held_out, np.bool_)
    if held.shape != classes.shape:
        raise TrainingError(f"{len(places)} points need as many marks of what is held out, not {held.size}.")
    if len(set(classes[~held].tolist())) < 2:
        raise TrainingError("The points to learn from are all of one class: add some of the other, or hold out fewer.")
    check_activation(activation, ACTIVATIONS)
    _check_settings(layers, optimizer, rate, batch, decay, epochs)
    net = PlaneNetwork(layers, activation, seed)
    settings = _Settings(optimizer, rate, batch, decay, epochs, {} if edits is None else edits)
    _check_edits(settings.edits, net.flat.size)
    return _epochs(net, settings, (places[~held], classes[~held]), (places[held], classes[held]), seed)


@dataclass(frozen=True)
class _Settings:
    optimizer: str
    rate: float
    batch: int
    decay: float
    epochs: int
    edits: Mapping[int, Mapping[int, float]]


def _epochs(
    net: PlaneNetwork, settings: _Settings, learned: Labelled, held: Labelled, seed: int
) -> Iterator[PlaneEpoch]:  # fmt: skip
    random = Seeded(seed, _ORDER)
    m, v, step = np.zeros_like(net.flat), np.zeros_like(net.flat), 0
    with np.errstate(all="ignore"):
        for number in range(settings.epochs + 1):
            if number:
                step = _train_epoch(net, settings, learned, random.order(len(learned[0])), (m, v), step)
            for parameter, value in settings.edits.get(number, {}).items():
                net.flat[parameter] = value
            yield _epoch(net, number, learned, held)


def _train_epoch(
    net: PlaneNetwork, settings: _Settings, learned: Labelled, order: list[int], memory: tuple[Array, Array], step: int
) -> int:
    """Once through the points in this order; returns the number of steps so far."""
    points, labels = learned
    for start in range(0, len(order), settings.batch):
        chosen = order[start : start + settings.batch]
        net.backpropagate(points[chosen], labels[chosen])
        net.gradient += settings.decay * net.flat
        step += 1
        OPTIMIZERS[settings.optimizer](net.flat, net.gradient, settings.rate, *memory, step)
    return step


def _epoch(net: PlaneNetwork, number: int, learned: Labelled, held: Labelled) -> PlaneEpoch:
    (loss, accuracy), (held_loss, held_accuracy) = _loss_and_accuracy(net, *learned), _loss_and_accuracy(net, *held)
    if not np.isfinite(net.flat).all() or not np.isfinite(loss):
        raise TrainingError(f"In epoch {number} the loss grows beyond what 64 bits hold: take a smaller rate.")
    weights, biases = (tuple(read_only(one.copy()) for one in many) for many in (net.weights, net.biases))
    return PlaneEpoch(number, weights, biases, loss, accuracy, held_loss, held_accuracy)


def _loss_and_accuracy(net: PlaneNetwork, points: Array, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Mean cross-entropy and accuracy; NaN of no points."""
    if not len(points):
        return float("nan"), float("nan")
    last = net.sums(points)[0][-1][:, 0]
    losses = np.logaddexp(0.0, last) - labels * last
    return float(losses.mean()), float(((last > 0) == (labels == 1)).mean())


def _checked_points(points: ArrayLike, labels: ArrayLike) -> Labelled:
    try:
        places, classes = np.array(points, np.float64), np.array(labels)
    except (TypeError, ValueError):
        raise TrainingError("Points are pairs of numbers; some of these are none.") from None
    if places.ndim != 2 or places.shape[1] != 2 or len(places) < 2 or classes.shape != (len(places),):
        raise TrainingError(
            f"At least two points (n, 2) with a label each are needed, not shapes {places.shape} and {classes.shape}."
        )
    if not np.isfinite(places).all():
        raise TrainingError("A point has a coordinate that isn't finite (NaN or infinite): replace it.")
    if not np.isin(classes, (0, 1)).all():
        raise TrainingError("A label is 0 or 1; some of these are something else.")
    return places, classes.astype(np.int64)


def _check_settings(
    layers: Sequence[int], optimizer: str, rate: float, batch: int, decay: float, epochs: int
) -> None:  # fmt: skip
    if len(layers) > MOST_LAYERS or not all(1 <= units <= MOST_UNITS for units in layers):
        raise TrainingError(f"There are 0 to {MOST_LAYERS} layers of 1 to {MOST_UNITS} units, not {tuple(layers)}.")
    if optimizer not in OPTIMIZERS:
        raise TrainingError(f"There is no optimizer {optimizer!r}; choose one of {', '.join(OPTIMIZERS)}.")
    if not 0 < rate <= LARGEST_RATE:
        raise TrainingError(f"The learning rate is above 0 and at most {LARGEST_RATE:g}, not {rate:g}.")
    if not 1 <= batch <= 500:
        raise TrainingError(f"A batch holds 1 to 500 points, not {batch}.")
    if not 0 <= decay <= 1:
        raise TrainingError(f"The weight decay is 0 to 1, not {decay:g}.")
    if not 0 <= epochs <= MOST_EPOCHS:
        raise TrainingError(f"The number of epochs is 0 to {MOST_EPOCHS}, not {epochs}.")


def _check_edits(edits: Mapping[int, Mapping[int, float]], count: int) -> None:
    for place, value in ((place, value) for one in edits.values() for place, value in one.items()):
        if not 0 <= place < count or not np.isfinite(value):
            raise TrainingError(f"A weight set by hand is finite, in one of the places 0 to {count - 1}: not {value:g} "
                                f"in place {place}.")  # fmt: skip
