"""The cells of an activation atlas: the mean of their activations, the classes it gives, and their random control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.activation_atlas.layouts import GRIDS, around, cells_of, plane
from explorer.activation_atlas.samples import Samples
from explorer.networks.classifier import top_labels
from explorer.networks.loading import Network
from explorer.responses.interventions import predictions_from_vectors

LEAST = 4  #: samples of a cell; those with fewer are left empty
_TOP = 5  # classes
_EACH = 6  # samples of a cell on average, where an atlas is laid out anew


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell of the grid: its number, row by row, its samples' numbers, those most like their mean first, and that mean
    (C,). `classes` are what the network answers to the mean at every place, the most probable first.
    """

    number: int
    samples: NDArray[np.intp]
    mean: NDArray[np.float32]
    classes: tuple[tuple[str, float], ...]
    cosine: float  #: the mean cosine of its samples with their mean


@dataclass(frozen=True, eq=False)
class ActivationAtlas:
    """Samples at `points` (n, 2) in [0, 1), in the `cells` of a grid; `cell_of` (n,) is the number of each one's cell.

    `control` has as many cells with as many samples each, drawn at random.
    """

    samples: Samples
    points: NDArray[np.float64]
    grid: int
    cell_of: NDArray[np.intp]
    cells: tuple[Cell, ...]
    control: tuple[Cell, ...]

    def most_confident(self) -> Cell | None:
        """Of the fuller half of the cells the one that gives its first class the highest probability."""
        median = np.median([len(cell.samples) for cell in self.cells]) if self.cells else 0
        full = [cell for cell in self.cells if len(cell.samples) >= median]
        return max(full, key=lambda cell: cell.classes[0][1], default=None)

    def cell(self, number: int) -> Cell | None:
        """The cell of that number; None where it has too few samples."""
        return next((cell for cell in self.cells if cell.number == number), None)

    def control_of(self, cell: Cell) -> Cell:
        """The cell of the control that has as many samples, drawn at random."""
        return self.control[self.cells.index(cell)]

    def count(self, number: int) -> int:
        """How many samples lie in a cell, also where they are too few."""
        return int((self.cell_of == number).sum())

    def near(self, number: int) -> Samples:
        """The samples in a cell and in those that touch it: what is laid out anew to look closer."""
        return self.samples.some(np.flatnonzero(np.isin(self.cell_of, around(number, self.grid))))


def lay_out(
    network: Network, samples: Samples, *, layout: str = "t-SNE", grid: int = 8, seed: int = 0
) -> ActivationAtlas:
    """Lay samples out in the plane and in a grid of grid × grid cells. The same seed gives the same atlas.

    Carter, Armstrong, Schubert, Johnson & Olah, "Activation Atlas", Distill 2019. Raises ActivationAtlasError for a
    layout, a grid or a number of samples that can't be used.
    """
    points = plane(samples.vectors, layout, seed=seed)
    cell_of = cells_of(points, grid)
    drawn = np.random.default_rng(seed).permutation(cell_of)
    cells, control = (_cells(network, samples, numbers) for numbers in (cell_of, drawn))
    return ActivationAtlas(samples, points, grid, cell_of, cells, control)


def zoom_into(
    network: Network, atlas: ActivationAtlas, number: int, *, layout: str = "t-SNE", seed: int = 0
) -> ActivationAtlas:
    """Lay out anew what lies in a cell and in those that touch it, in a grid fine enough for so few samples.

    Raises ActivationAtlasError as `lay_out`.
    """
    near = atlas.near(number)
    grid = max(GRIDS[0], min(atlas.grid, round((len(near) / _EACH) ** 0.5)))
    return lay_out(network, near, layout=layout, grid=grid, seed=seed)


def _cells(network: Network, samples: Samples, cell_of: NDArray[np.intp]) -> tuple[Cell, ...]:
    numbers, counts = np.unique(cell_of, return_counts=True)
    numbers = numbers[counts >= LEAST]
    if not len(numbers):
        return ()
    means = np.stack([samples.vectors[cell_of == number].mean(0) for number in numbers])
    answers = predictions_from_vectors(network, samples.layer, means)
    return tuple(
        _cell(samples, int(number), np.flatnonzero(cell_of == number), mean, top_labels(network.labels, shares, _TOP))
        for number, mean, shares in zip(numbers, means, answers, strict=True)
    )


def _cell(
    samples: Samples,
    number: int,
    inside: NDArray[np.intp],
    mean: NDArray[np.float32],
    classes: Sequence[tuple[str, float]],
) -> Cell:
    vectors = samples.vectors[inside]
    sizes = np.linalg.norm(vectors, axis=1) * max(float(np.linalg.norm(mean)), np.finfo(np.float32).tiny)
    cosines = vectors @ mean / sizes
    order = np.argsort(-cosines, kind="stable")
    return Cell(number, inside[order], mean, tuple(classes), float(cosines.mean()))


def mean_cosine(cells: Sequence[Cell]) -> float:
    """The mean cosine, in [−1, 1], of samples with the mean of their cell: of cells that are not empty."""
    return float(np.average([cell.cosine for cell in cells], weights=[len(cell.samples) for cell in cells]))


def mean_confidence(cells: Sequence[Cell]) -> float:
    """The probability of each cell's first class, averaged over cells: low where means look like nothing."""
    return float(np.mean([cell.classes[0][1] for cell in cells]))
