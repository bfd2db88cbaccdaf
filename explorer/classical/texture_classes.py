"""Two classes of pictures told apart by a handful of hand-made features, beside the same classifier on raw pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import one_blas_thread
from explorer.confidence_intervals import wilson
from explorer.filtering.pipeline import Stage, run
from explorer.pictures.images import Image, ImageError, from_array
from explorer.pictures.reduced import grey

ANGLES = (0, 45, 90, 135)
FEATURES = (*(f"edges at {a}°" for a in ANGLES), *(f"long lines at {a}°" for a in ANGLES))
SIDE = 128  # pixels of the longer side that features are measured on
RAW_SIDE = 16  # of the raw picture given to the classifier
LEAST = 4  # pictures of each class

Pictures = tuple[Image, ...]


@memoised
def features(image: Image) -> NDArray[np.float64]:
    """Mean |edges|, then mean long lines of those edges, at four angles: (8,), named by FEATURES; read-only."""
    values = grey(image, SIDE)
    means: list[tuple[float, float]] = []
    for angle in ANGLES:
        stages = (Stage("edge", 1.0, angle), Stage("absolute"), Stage("line", 8.0, angle), Stage("ReLU"))
        _, edges, _, lines = run(values, stages)
        means.append((edges.mean, lines.mean))
    found = np.array(means).T.ravel()
    return read_only(found)


def raw(image: Image) -> NDArray[np.float64]:
    """Brightness on 16 × 16 pixels, row by row: (256,)."""
    small = cv2.resize(grey(image, SIDE), (RAW_SIDE, RAW_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64).ravel()


@memoised
def crops(image: Image, side: int = 64) -> Pictures:
    """Squares that do not overlap, column by column from the left, so the two halves of the list are apart.

    Raises ImageError when there are fewer than four.
    """
    rows, columns = image.height // side, image.width // side
    if rows * columns < LEAST:
        raise ImageError(f"This picture holds {rows * columns} squares of {side} pixels; at least {LEAST} are needed.")
    places = [(i * side, j * side) for j in range(columns) for i in range(rows)]
    return tuple(from_array(image.pixels[top : top + side, left : left + side]) for top, left in places)


def halves(pictures: Sequence[Image]) -> tuple[Pictures, Pictures]:
    """The first half to learn from and the second to be tested on: for crops, left and right."""
    middle = (len(pictures) + 1) // 2
    return tuple(pictures[:middle]), tuple(pictures[middle:])


def shuffled(pictures: Sequence[Image], seed: int = 0) -> Pictures:
    """The pictures in an order that does not depend on their names."""
    order = np.random.default_rng(seed).permutation(len(pictures))
    return tuple(pictures[i] for i in order)


@dataclass(frozen=True, eq=False)
class Trained:
    """A logistic regression tested on pictures it has not seen.

    weights: one for each standardized input, positive for the second class. `interval` holds the true share of right
    answers with 95 % confidence (Wilson 1927).
    """

    weights: NDArray[np.float64]
    answers: NDArray[np.bool_]  #: of each picture tested: whether it was told right
    interval: tuple[float, float]

    @property
    def right(self) -> int:
        """How many it told right."""
        return int(self.answers.sum())

    @property
    def tested(self) -> int:
        """How many it was tested on."""
        return len(self.answers)

    @property
    def accuracy(self) -> float:
        """The share right, of those tested."""
        return self.right / self.tested


@dataclass(frozen=True)
class Comparison:
    """The same classifier on the eight features and on raw pixels; how many pictures it learned from."""

    by_features: Trained
    by_pixels: Trained
    learned_from: int

    @property
    def apart(self) -> tuple[int, int]:
        """How many test pictures only the features got right, and how many only the pixels."""
        features, pixels = self.by_features.answers, self.by_pixels.answers
        return int((features & ~pixels).sum()), int((~features & pixels).sum())

    @property
    def p_value(self) -> float:
        """How likely the two would come at least as far apart if each picture were as easy for both.

        McNemar's test (1947), exact and two-sided: both answer the same pictures, so only those that they answer
        differently say which is better. It takes the pictures as independent.
        """
        total = sum(self.apart)
        return float(binomtest(self.apart[0], total).pvalue) if total else 1.0


@memoised
def compare(first: Pictures, second: Pictures) -> Comparison:
    """Learn from the first half of each class and test on the second halves.

    Raises ImageError when a class has fewer than four pictures.
    """
    for name, pictures in (("first", first), ("second", second)):
        if len(pictures) < LEAST:
            raise ImageError(f"The {name} class has {len(pictures)} pictures; give at least {LEAST}.")
    return _compare(halves(first), halves(second))


@memoised
def compare_photographs(first: tuple[Pictures, ...], second: tuple[Pictures, ...]) -> Comparison:
    """Learn from squares of every other photograph of each class, and test on squares of photographs never seen.

    Raises ImageError when a class has fewer than two photographs.
    """
    for name, photographs in (("first", first), ("second", second)):
        if len(photographs) < 2:
            raise ImageError(f"The {name} class has {len(photographs)} photographs; give at least 2.")
    split = [tuple(tuple(chain.from_iterable(kind[start::2])) for start in (0, 1)) for kind in (first, second)]
    return _compare((split[0][0], split[0][1]), (split[1][0], split[1][1]))


def _compare(first: tuple[Pictures, Pictures], second: tuple[Pictures, Pictures]) -> Comparison:
    """Of each class what to learn from, and what to be tested on."""
    (learn_a, test_a), (learn_b, test_b) = first, second
    learn, test = (*learn_a, *learn_b), (*test_a, *test_b)
    labels = [0] * len(learn_a) + [1] * len(learn_b)
    truth = [0] * len(test_a) + [1] * len(test_b)
    by_features = train(np.stack([*map(features, learn)]), labels, np.stack([*map(features, test)]), truth)
    by_pixels = train(np.stack([*map(raw, learn)]), labels, np.stack([*map(raw, test)]), truth)
    return Comparison(by_features, by_pixels, len(learn))


def train(x: NDArray[np.float64], labels: Sequence[int], x_test: NDArray[np.float64], truth: Sequence[int]) -> Trained:
    """Standardize each input, fit a logistic regression (L2, C = 1) on x (n, d), and count what is right on x_test."""
    from sklearn.linear_model import LogisticRegression  # most of a second, which only this needs
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with one_blas_thread:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(x, labels)
    answers = np.asarray(model.predict(x_test) == np.asarray(truth))
    weights = np.asarray(model[-1].coef_[0], np.float64)
    return Trained(read_only(weights), read_only(answers), wilson(int(answers.sum()), len(truth)))
