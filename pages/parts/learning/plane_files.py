"""What is taken away of the Hidden units screen: the output, its training as a film, points, weights and code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render
from explorer.csv_table import to_csv
from explorer.learning.backpropagation.activations import activate, sigmoid
from explorer.learning.errors import TrainingError
from explorer.learning.plane.network import split_parameters
from explorer.learning.plane.points import SIDE
from pages.parts.learning import plane, plane_code
from pages.parts.learning.plane_link import PlaneState, points_of
from pages.parts.widgets.takeaway import take_array, take_code, take_file, take_film, take_picture

PIXELS, FRAMES = 240, 40  # of the pictures that are taken away
IN_FILM = 300  # epochs: more would keep the server for too long


def take(state: PlaneState, row: NDArray[np.float64], table: plane.Table | None) -> None:
    """Offer the output as a picture, the training as a film, the points, the weights (a `row`) and the code."""
    take_picture(render.enlarge(picture(state, row), 480), "output.png", "The output as a picture")
    if _trainable(state, table):
        first = "" if state.epoch <= IN_FILM else f", to epoch {IN_FILM}"
        take_film(lambda: training(state, table), "training", f"The training{first}")
    take_file(lambda: points_csv(state, table), "points.csv", "The points (CSV)", "text/csv")
    take_array(row, "weights.npy", "All weights as numbers (NPY)")
    torch, keras = st.tabs(["PyTorch", "Keras"])
    with torch:
        take_code(plane_code.with_torch(state, row))
    with keras:
        take_code(plane_code.with_keras(state, row))


def _trainable(state: PlaneState, table: plane.Table | None) -> bool:
    """Whether there is anything to learn: points of one class alone can be drawn, and no more."""
    try:
        plane.training(state, table)
    except TrainingError:
        return False
    return True


def picture(state: PlaneState, row: NDArray[np.float64]) -> render.Picture:
    """The output over the plane, (PIXELS, PIXELS, 3), an output of one half at mid-grey."""
    middles = (np.arange(PIXELS) + 0.5) / PIXELS * 2 * SIDE - SIDE
    x, y = np.meshgrid(middles, -middles)
    value = np.stack([x.ravel(), y.ravel()], 1)
    weights, biases = split_parameters(row, state.layers)
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        value = activate(state.activation, value @ W.T + b)
    shown = sigmoid(value @ weights[-1].T + biases[-1]).reshape(PIXELS, PIXELS)
    return render.signed(2 * shown - 1, 1.0)


def training(state: PlaneState, table: plane.Table | None) -> Iterator[render.Picture]:
    """The output at up to FRAMES epochs, evenly apart from the first to the last that a film shows."""
    epochs = list(plane.training(replace(state, epoch=min(state.epoch, IN_FILM)), table))
    chosen = [epochs[i] for i in sorted(set(np.linspace(0, len(epochs) - 1, FRAMES).round().astype(int).tolist()))]
    return (picture(state, plane.flat(epoch)) for epoch in chosen)


def points_csv(state: PlaneState, table: plane.Table | None) -> bytes:
    """The points as a CSV: x, y, label, and whether each is held out."""
    points, labels, held = points_of(state, table)
    columns = dict.fromkeys(["x", "y", "label", "held out"], ".10g")
    return to_csv(columns, np.column_stack([points, labels, held]).tolist())
