"""Where each activation lies in the plane, and in which cell of a grid over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LAYOUTS = ("t-SNE", "PCA")
GRIDS = (2, 20)  #: how many cells a side of the grid may have
_COMPONENTS = 50  # that t-SNE is given: van der Maaten & Hinton's, "Visualizing Data using t-SNE", JMLR 2008
_PERPLEXITY = 30
_LEAST = 8  # samples
_MARGIN = 0.05  # of the span between the percentiles


class ActivationAtlasError(ValueError):
    """An activation atlas that can't be made: one sentence says why and what to do."""


def plane(vectors: NDArray[np.float32], layout: str, *, seed: int = 0) -> NDArray[np.float64]:
    """Points (n, 2) in [0, 1), x to the right and y up, for activations (n, C): those of like direction lie together.

    The first and last hundredth along each axis are drawn in, so that few outliers don't empty the grid (as in the
    notebooks of Carter et al., "Activation Atlas", Distill 2019, who use UMAP). The same seed gives the same points.
    Raises ActivationAtlasError for another layout and for too few activations.
    """
    if layout not in LAYOUTS:
        raise ActivationAtlasError(f"The layout is one of {', '.join(LAYOUTS)}, not {layout!r}.")
    if len(vectors) < _LEAST:
        raise ActivationAtlasError(
            f"{len(vectors)} activations are too few to lay out: {_LEAST} at least. Take more pictures, or zoom out."
        )
    directions = vectors.astype(np.float64) / np.linalg.norm(vectors, axis=1, keepdims=True)
    return _within(_t_sne(directions, seed) if layout == "t-SNE" else _components(directions, 2))


def _components(directions: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The first principal components (n, count) of directions (n, C); zeros where there are fewer."""
    from sklearn.decomposition import PCA  # most of a second, which only this needs

    there = min(count, *directions.shape)
    found = PCA(there, svd_solver="full").fit_transform(directions)
    return np.pad(found, ((0, 0), (0, count - there)))


def _t_sne(directions: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(directions) - 1) / 3)
    reduced = _components(directions, _COMPONENTS)
    return np.asarray(TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(reduced), np.float64)


def _within(points: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.percentile(points, (1, 99), axis=0)
    margin = _MARGIN * (high - low)
    span = np.maximum(high - low + 2 * margin, np.finfo(float).tiny)
    return np.clip((points - low + margin) / span, 0, np.nextafter(1, 0))


def cells_of(points: NDArray[np.float64], grid: int) -> NDArray[np.intp]:
    """For each point (n, 2) the number of its cell, row by row from the top left, in a grid of grid × grid.

    Raises ActivationAtlasError for a grid that is too fine or none.
    """
    if grid not in range(GRIDS[0], GRIDS[1] + 1):
        raise ActivationAtlasError(f"The grid has {GRIDS[0]} to {GRIDS[1]} cells a side, not {grid}.")
    columns = (points[:, 0] * grid).astype(np.intp)
    rows = grid - 1 - (points[:, 1] * grid).astype(np.intp)
    return rows * grid + columns


def around(cell: int, grid: int) -> list[int]:
    """The numbers of a cell and of those that touch it."""
    row, column = divmod(cell, grid)
    rows, columns = (range(max(0, n - 1), min(grid, n + 2)) for n in (row, column))
    return [r * grid + c for r in rows for c in columns]
