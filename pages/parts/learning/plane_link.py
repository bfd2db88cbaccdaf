"""The Hidden units screen as one text, which its link holds and its component reads and writes: all choices, points
added by hand, and weights set by hand."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from explorer.learning.optimization.optimizers import OPTIMIZERS
from explorer.learning.plane.network import parameter_count
from explorer.learning.plane.points import ARRANGEMENTS, MOST, SIDE, Labels, Points, held_out_mask, plane_points
from explorer.learning.plane.training import ACTIVATIONS, MOST_EPOCHS, MOST_LAYERS, MOST_UNITS

OWN = "own"  # the visitor's table
MOST_ADDED, MOST_EDITS, LARGEST = 200, 60, 1e6
USUAL = "circles_200_0.1_0.3_0_4_tanh_Adam_0.03_10_0_0_100_-_-_-"
_STEPS = 36**2 - 1  # of a coordinate in two digits of base 36


@dataclass(frozen=True)
class PlaneState:
    """What is set. added: (x, y, label); removed: places among all points; edits: (epoch, parameter, value)."""

    data: str
    count: int
    noise: float
    share: float
    data_seed: int
    layers: tuple[int, ...]
    activation: str
    optimizer: str
    rate: float
    batch: int
    decay: float
    seed: int
    epoch: int
    added: tuple[tuple[float, float, int], ...] = ()
    removed: tuple[int, ...] = ()
    edits: tuple[tuple[int, int, float], ...] = ()

    @property
    def edited(self) -> dict[int, dict[int, float]]:
        """The edits as `train_plane` takes them."""
        found: dict[int, dict[int, float]] = {}
        for epoch, place, value in self.edits:
            found.setdefault(epoch, {})[place] = value
        return found


def read(text: str) -> PlaneState:
    """What a link says. Raises ValueError when it was garbled."""
    data, count, noise, share, data_seed, layers, activation, optimizer, rate, batch, decay, seed, epoch, *more = (
        text.split("_")
    )
    added, removed, edits = more
    units = tuple(int(count) for count in layers.split("-") if count != "0")
    state = PlaneState(
        data, int(count), float(noise), float(share), int(data_seed), units,
        activation, optimizer, float(rate), int(batch), float(decay), int(seed), int(epoch),
        tuple(map(_point, _list(added))), tuple(map(int, _list(removed))), tuple(map(_edit, _list(edits, "*"))),
    )  # fmt: skip
    _check(state)
    return state


def _list(text: str, mark: str = ".") -> list[str]:
    return [] if text == "-" else text.split(mark)


def _point(text: str) -> tuple[float, float, int]:
    if not re.fullmatch("[0-9a-z]{4}[01]", text):
        raise ValueError(f"{text!r} is no point.")
    x, y = (round(int(text[i : i + 2], 36) / _STEPS * 2 * SIDE - SIDE, 4) + 0.0 for i in (0, 2))
    return x, y, int(text[4])


def _edit(text: str) -> tuple[int, int, float]:
    epoch, place, value = text.split("~")
    return int(epoch), int(place), float(value)


def _check(state: PlaneState) -> None:
    parameters = parameter_count(state.layers)
    fine = (
        state.data in (*ARRANGEMENTS, OWN)
        and 2 <= state.count <= MOST
        and 0 <= state.noise <= 1
        and 0 <= state.share <= 0.9
        and 0 <= state.data_seed <= 9999
        and 0 <= state.seed <= 9999
        and len(state.layers) <= MOST_LAYERS
        and all(1 <= units <= MOST_UNITS for units in state.layers)
        and state.activation in ACTIVATIONS
        and state.optimizer in OPTIMIZERS
        and 0 < state.rate <= 100
        and 1 <= state.batch <= 500
        and 0 <= state.decay <= 1
        and 0 <= state.epoch <= MOST_EPOCHS
        and len(state.added) <= MOST_ADDED
        and len(state.edits) <= MOST_EDITS
        and all(0 <= place < state.count + len(state.added) or state.data == OWN for place in state.removed)
        and all(0 <= place < parameters and abs(value) <= LARGEST for _, place, value in state.edits)
        and all(map(math.isfinite, (state.noise, state.share, state.rate, state.decay)))
    )
    if not fine:
        raise ValueError("A choice in this link is outside of its range.")


def without_table(state: PlaneState) -> PlaneState:
    """The same with the circles, for a link that says of a table which nobody brought."""
    return replace(state, data="circles", removed=())


def write(state: PlaneState) -> str:
    """The text of a state without points or weights by hand."""
    layers = "-".join(map(str, state.layers)) or "0"
    values = (state.data, state.count, state.noise, state.share, state.data_seed, layers, state.activation,
              state.optimizer, state.rate, state.batch, state.decay, state.seed, state.epoch)  # fmt: skip
    return "_".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values) + "_-_-_-"


def points_of(state: PlaneState, table: tuple[Points, Labels] | None) -> tuple[Points, Labels, np.ndarray]:
    """All points in use (n, 2), their labels and which are held out, as the browser has them."""
    if state.data == OWN and table is not None:
        points, labels = table
    else:
        points, labels = plane_points(state.data, state.count, noise=state.noise, seed=state.data_seed)
    if state.added:
        points = np.concatenate([points, [one[:2] for one in state.added]])
        labels = np.concatenate([labels, [one[2] for one in state.added]])
    held = held_out_mask(len(points), state.share, seed=state.data_seed)
    kept = ~np.isin(np.arange(len(points)), state.removed)
    return points[kept], labels[kept], held[kept]
