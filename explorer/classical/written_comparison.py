"""What two classes of pictures came to, as a small file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from explorer.arrays import read_only
from explorer.classical.texture_classes import Comparison, TestedClassifier

_PARTS = ("by_features", "by_pixels")


def write_comparison(found: Comparison, file: Path) -> None:
    """Write both classifiers' weights and answers, and how many pictures they learned from, as JSON."""
    told: dict[str, Any] = {name: _told(getattr(found, name)) for name in _PARTS}
    file.write_text(json.dumps(told | {"learned_from": found.learned_from}), "utf-8")


def read_comparison(file: Path) -> Comparison:
    """What `write_comparison` wrote."""
    told = json.loads(file.read_text("utf-8"))
    by_features, by_pixels = (_trained(**told[name]) for name in _PARTS)
    return Comparison(by_features, by_pixels, told["learned_from"])


def _told(one: TestedClassifier) -> dict[str, Any]:
    return {"weights": one.weights.tolist(), "answers": one.correct.tolist(), "interval": one.interval}


def _trained(weights: list[float], answers: list[bool], interval: list[float]) -> TestedClassifier:
    low, high = interval
    return TestedClassifier(read_only(np.array(weights)), read_only(np.array(answers)), (low, high))
