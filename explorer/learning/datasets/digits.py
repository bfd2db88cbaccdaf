"""Handwritten digits of 8 × 8 pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor

HELD_OUT = 600  #: of 1,797 digits


@dataclass(frozen=True, eq=False)
class Digits:
    """Pictures (N, 1, 8, 8) in [0, 1] with their labels (N,), 0 to 9.

    `split_spirals` gives points (N, 2) and labels 0 or 1 in their place: networks that are compared learn from either.
    """

    pictures: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> Digits:
        """The same digits on another device."""
        return Digits(self.pictures.to(device), self.labels.to(device))

    def at(self, places: Tensor) -> Digits:
        """Those at `places`, numbers or a mask (N,) of bool."""
        return Digits(self.pictures[places], self.labels[places])

    def first(self, count: int) -> Digits:
        """The first `count`, or all if there are fewer."""
        return Digits(self.pictures[:count], self.labels[:count])


@lru_cache(maxsize=1)
def split_digits() -> tuple[Digits, Digits]:
    """scikit-learn's digits (Alpaydin & Kaynak 1998, UCI): 1,197 to learn from and 600 held out, always the same."""
    data = load_digits()
    pictures = (data.images / 16).astype("float32")[:, None]
    parts = train_test_split(pictures, data.target, test_size=HELD_OUT, stratify=data.target, random_state=0)
    learned, held_out, labels, held_out_labels = (torch.from_numpy(part) for part in parts)
    return Digits(learned, labels), Digits(held_out, held_out_labels)
