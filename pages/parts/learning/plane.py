"""The component of the Hidden units screen, what came back of it, and the same training by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import render
from explorer.cache import memoised
from explorer.learning.plane.network import parameter_count
from explorer.learning.plane.points import Labels, Points
from explorer.learning.plane.training import PlaneEpoch, train_plane
from pages.parts.learning.plane_link import PlaneState, points_of, read
from pages.parts.widgets.component import ASSETS, joined, register, values_sent

FOLDER = ASSETS / "plane"
SCRIPTS = ("../convolution/numbers", "../convolution/drag", "seeded", "points", "state",
           "net", "timeline", "pictures", "net_view", "board", "curves", "unit", "settings", "main")  # fmt: skip
Table = tuple[Points, Labels]


@lru_cache(maxsize=1)
def _component() -> Any:
    return register("plane", FOLDER, joined(FOLDER, SCRIPTS))


def show_plane(text: str, table: Table | None, *, key: str, on_settled: Callable[[], None]) -> None:
    """Show what `text` says, see `plane_link`, `table` among the points; `on_settled`: the visitor has changed it."""
    own = [] if table is None else np.column_stack(table).tolist()
    colours = render.diverging_colours().tobytes().hex()
    _component()(data={"text": text, "own": own, "colours": colours}, key=key, on_settled_change=on_settled)


def by_hand(key: str) -> bool:
    """Whether a visitor's hand set what has settled, rather than Python."""
    return values_sent(key).get("mine") is True


def from_browser(key: str, text: str) -> NDArray[np.float64] | None:
    """All weights and biases, W₀, b₀, W₁, …, as the browser learned them for just this text; None for nothing."""
    state = values_sent(key)
    if state.get("text") != text:
        return None
    try:
        flat = np.array(state.get("flat"), np.float64)
    except (TypeError, ValueError):  # forged
        return None
    return flat if flat.shape == (parameter_count(read(text).layers),) and np.isfinite(flat).all() else None


def training(state: PlaneState, table: Table | None) -> Iterator[PlaneEpoch]:
    """The engine's training up to the epoch that is shown. Raises TrainingError as `train_plane` does."""
    points, labels, held = points_of(state, table)
    return train_plane(
        points, labels, layers=state.layers, activation=state.activation, optimizer=state.optimizer, rate=state.rate,
        batch=state.batch, decay=state.decay, epochs=state.epoch, seed=state.seed, held_out=held, edits=state.edited,
    )  # fmt: skip


@memoised
def last_epoch(state: PlaneState) -> PlaneEpoch:
    """The last epoch of training on points that no table brought; memoised, for the screen opens with one."""
    *_, last = training(state, None)
    return last


def flat(epoch: PlaneEpoch) -> NDArray[np.float64]:
    """Weights and biases in one row, W₀, b₀, W₁, …"""
    pairs = zip(epoch.weights, epoch.biases, strict=True)
    return np.concatenate([part for W, b in pairs for part in (W.ravel(), b)])
