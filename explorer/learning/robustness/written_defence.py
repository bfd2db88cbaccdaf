"""A finished adversarial training as a small file: the three models' weights, and all that was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Generator, Tensor

from explorer.learning.robustness.adversarial_training import AdversarialTrainingEpoch
from explorer.learning.robustness.digit_models import digit_model
from explorer.learning.robustness.robust_accuracy import Accuracy, RobustnessPoint

_OF_POINTS = ("attacked", "noisy", "exact")  # accuracies of a point
Kept = list[dict[str, float]]  #: what was kept of each epoch


def write_defence(last: AdversarialTrainingEpoch, kept: Sequence[Mapping[str, float]], model: str, file: Path) -> None:
    """Write the last epoch, and what was kept of each, of a training of `model`s: safetensors with JSON beside them."""
    from safetensors.torch import save_file

    measured: dict[str, Any] = {"model": model, "kept": list(kept), "points": [_from_point(one) for one in last.points]}
    measured |= {name: getattr(last, name) for name in ("number", "loss", "seconds")}
    measured |= {name: _from_accuracies(getattr(last, name)) for name in ("clean", "quick")}
    measured["own"] = _from_accuracy(last.own)
    weights = {f"{way} {name}": one for way, of in last.models.items() for name, one in of.state_dict().items()}
    save_file(weights, file, {"told": json.dumps(measured)})


def read_defence(file: Path) -> tuple[AdversarialTrainingEpoch, Kept]:
    """The last epoch, and what was kept of each, as `write_defence` wrote them."""
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        measured = json.loads(opened.metadata()["told"])
        weights: dict[str, Tensor] = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    models = {}
    for way in measured["clean"]:
        models[way] = digit_model(measured["model"], Generator()).eval().requires_grad_(False)
        models[way].load_state_dict({name: weights[f"{way} {name}"] for name in models[way].state_dict()})
    last = AdversarialTrainingEpoch(
        measured["number"], measured["loss"], _accuracies(measured["clean"]), _accuracies(measured["quick"]),
        _accuracy(measured["own"]), measured["seconds"], models, tuple(map(_point, measured["points"])),
    )  # fmt: skip
    return last, measured["kept"]


def _from_accuracy(accuracy: Accuracy) -> dict[str, int]:
    return {"right": accuracy.correct, "total": accuracy.total}


def _accuracy(read: Mapping[str, int]) -> Accuracy:
    return Accuracy(read["right"], read["total"])


def _from_accuracies(accuracies: Mapping[str, Accuracy]) -> dict[str, dict[str, int]]:
    return {way: _from_accuracy(one) for way, one in accuracies.items()}


def _accuracies(read: Mapping[str, Mapping[str, int]]) -> dict[str, Accuracy]:
    return {way: _accuracy(one) for way, one in read.items()}


def _from_point(point: RobustnessPoint) -> dict[str, Any]:
    return {"epsilon": point.epsilon} | {name: _from_accuracies(getattr(point, name)) for name in _OF_POINTS}


def _point(read: Mapping[str, Any]) -> RobustnessPoint:
    return RobustnessPoint(read["epsilon"], **{name: _accuracies(read[name]) for name in _OF_POINTS})
