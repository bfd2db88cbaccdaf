"""Every image classifier of torchvision and timm by name: architecture, preprocessing, published weights."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from explorer.networks.registry.published import Preprocessing, WeightsError, WeightsFile, hashed_in_name
from explorer.networks.registry.timm_models import build_timm, timm_configs, timm_preprocessing, timm_weights_file
from explorer.networks.registry.torchvision_models import (
    build_torchvision,
    torchvision_names,
    torchvision_preprocessing,
    torchvision_weights,
)

if TYPE_CHECKING:
    from torch import nn


@lru_cache(maxsize=1)
def available() -> tuple[str, ...]:
    """The full names of all classifiers with published weights: torchvision's, then timm's.

    A timm architecture stands for its default weights; `resolve` takes its other tags too.
    """
    ours = [f"torchvision/{name}" for name in torchvision_names()]
    timms = timm_configs()
    return (*ours, *(f"timm/{name}" for name in timms if "." not in name or name.split(".")[0] not in timms))


def resolve(name: str) -> str:
    """The full name of a network called by any of its names: "resnet18" is "torchvision/resnet18".

    A bare name is looked up in torchvision, then in timm. Raises WeightsError on an unknown one.
    """
    library, _, bare = re.sub(r"[\s-]+", "_", name.strip().lower()).rpartition("/")
    for spelling in (bare, bare.replace("_", "")):  # ResNet-18, too
        if library in ("", "torchvision") and spelling in torchvision_names():
            return f"torchvision/{spelling}"
        if library in ("", "timm") and spelling in timm_configs():
            return f"timm/{spelling}"
    raise WeightsError(f"There is no image classifier called “{name}”: {_suggestion(bare)}")


def _suggestion(bare: str) -> str:
    full_names: dict[str, list[str]] = {}
    for full in available():
        full_names.setdefault(full.partition("/")[2], []).append(full)
    close = [full for match in difflib.get_close_matches(bare, full_names, n=3) for full in full_names[match]]
    return f"did you mean {', '.join(close[:3])}?" if close else "choose one from the list."


def build(name: str, classes: int | None = None) -> tuple[nn.Module, Preprocessing]:
    """A network with random weights, in eval mode, giving plain logits (N, classes), and its preprocessing.

    Without `classes` it has as many as its published weights. The weights are drawn from torch's global random
    numbers. Raises WeightsError on an unknown name.
    """
    library, bare = resolve(name).split("/")
    wish: dict[str, Any] = {} if classes is None else {"num_classes": classes}
    if library == "torchvision":
        return build_torchvision(bare, wish).eval(), torchvision_preprocessing(bare)
    return build_timm(bare, wish).eval(), timm_preprocessing(bare)


def weights_file(name: str) -> WeightsFile:
    """Where the weights of a network are published. Raises WeightsError on an unknown name."""
    library, bare = resolve(name).split("/")
    if library == "torchvision":
        weights = torchvision_weights(bare)
        return hashed_in_name(weights.url, round(weights.meta["_file_size"] * 2**20))
    return timm_weights_file(bare)


def published_accuracy(name: str) -> float | None:
    """The weights' top-1 accuracy on ImageNet in per cent, by their publisher's test; None: not said.

    torchvision says it of its own, which timm also holds under the tag "tv_in1k".
    """
    library, bare = resolve(name).split("/")
    if library == "timm":
        tag = timm_configs()[bare].tag
        bare = bare.partition(".")[0]
        if tag != "tv_in1k" or bare not in torchvision_names():
            return None
    return float(torchvision_weights(bare, first=library == "timm").meta["_metrics"]["ImageNet-1K"]["acc@1"])
