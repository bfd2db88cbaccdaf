"""What adversarial training has come to, as a small file: the three models' weights, and all that was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Generator, Tensor

from explorer.learning.robustness.adversarial_training import AdversarialTrainingEpoch
from explorer.learning.robustness.digit_models import digit_model
from explorer.learning.robustness.robust_accuracy import Accuracy, RobustnessPoint

Kept = list[dict[str, float]]  #: what was kept of each round


def write_defence(last: AdversarialTrainingEpoch, kept: Sequence[Mapping[str, float]], model: str, file: Path) -> None:
    """Write the last round, with what was kept of all, of a training of `model`s as safetensors."""
    from safetensors.torch import save_file

    told: dict[str, Any] = {"model": model, "kept": list(kept), "points": [asdict(point) for point in last.points]}
    told |= {name: getattr(last, name) for name in ("number", "loss", "seconds")}
    told |= {name: {way: asdict(one) for way, one in getattr(last, name).items()} for name in ("clean", "quick")}
    told["own"] = asdict(last.own)
    weights = {f"{way} {name}": one for way, of in last.models.items() for name, one in of.state_dict().items()}
    save_file(weights, file, {"told": json.dumps(told)})


def read_defence(file: Path) -> tuple[AdversarialTrainingEpoch, Kept]:
    """The last round, and what was kept of all, as `write_defence` wrote them."""
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        told = json.loads(opened.metadata()["told"])
        weights: dict[str, Tensor] = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    models = {}
    for way in told["clean"]:
        models[way] = digit_model(told["model"], Generator()).eval().requires_grad_(False)
        models[way].load_state_dict({name: weights[f"{way} {name}"] for name in models[way].state_dict()})
    last = AdversarialTrainingEpoch(
        told["number"], told["loss"], _accuracies(told["clean"]), _accuracies(told["quick"]), Accuracy(**told["own"]),
        told["seconds"], models, tuple(map(_point, told["points"])),
    )  # fmt: skip
    return last, told["kept"]


def _accuracies(told: Mapping[str, Mapping[str, int]]) -> dict[str, Accuracy]:
    return {way: Accuracy(**one) for way, one in told.items()}


def _point(told: Mapping[str, Any]) -> RobustnessPoint:
    shares = {name: _accuracies(told[name]) for name in ("attacked", "noisy", "exact")}
    return RobustnessPoint(told["epsilon"], **shares)
