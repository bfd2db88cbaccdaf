"""Kernels that are a column times a row: two short passes do what one square pass does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.convolution import Array, convolve
from explorer.filtering.kernels import KernelError, as_kernel

EXACT = 1e-6  # of the largest singular value: what rounding to six digits leaves


@dataclass(frozen=True, eq=False)
class Separated:
    """A kernel as Σ columns[i] · rows[i], strongest term first; `values` are its singular values.

    columns: (terms, k1), rows: (terms, k2). `products` counts multiplications per pixel: whole, and in passes.
    """

    columns: NDArray[np.float64]
    rows: NDArray[np.float64]
    values: NDArray[np.float64]
    products: tuple[int, int]

    @property
    def terms(self) -> int:
        """The kernel's rank: 1 means separable."""
        return len(self.columns)


def separate(kernel: ArrayLike) -> Separated:
    """Split a 2-D kernel by its singular value decomposition: k1·k2 products become terms·(k1 + k2).

    Raises KernelError on a kernel without two axes.
    """
    weights = as_kernel(kernel)
    if weights.ndim != 2:
        raise KernelError(f"Only rows and columns of weights can be separated; this kernel has shape {weights.shape}.")
    left, values, right = np.linalg.svd(weights, full_matrices=False)
    terms = int((values > EXACT * values[0]).sum()) if values[0] > 0 else 0
    scale = np.sqrt(values[:terms])
    k1, k2 = weights.shape
    return Separated(
        left[:, :terms].T * scale[:, None], right[:terms] * scale[:, None], values, (k1 * k2, terms * (k1 + k2))
    )


def in_passes(x: Array, parts: Separated, *, padding: str = "replicate") -> Array:
    """The convolution by passes along columns and rows, summed over the terms: as `convolve` with the whole kernel."""
    total = np.zeros_like(x)
    for column, row in zip(parts.columns, parts.rows, strict=True):
        total += convolve(convolve(x, column[:, None], padding=padding), row[None, :], padding=padding)
    return total
