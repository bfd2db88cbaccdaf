"""Every image classifier of torchvision and timm by name: architecture, preprocessing, published weights."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.imports import imported

if TYPE_CHECKING:
    from timm.models import PretrainedCfg
    from torch import nn

_LABELS = Path(__file__).with_name("imagenet.txt")
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.[^.]+$")  # resnet18-f37072fd.pth, as torch.hub reads it


class WeightsError(ValueError):
    """A network or its weights that cannot be had: one sentence on what came, what is allowed, what to do."""


@dataclass(frozen=True)
class WeightsFile:
    """A published file of weights.

    `sha256` is the whole digest or its beginning, "" where only the server knows it; `file` is its name in
    the cache folder; `size` is roughly how many bytes it holds, None where only the server knows.
    """

    url: str
    sha256: str
    file: str
    size: int | None = None


@dataclass(frozen=True)
class Preprocessing:
    """How a network wants a picture: shorter side (with `squash`, both) to `resize` pixels by `interpolation`, central
    square of `input_size`, mean, std."""

    input_size: int
    resize: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    labels: tuple[str, ...]
    interpolation: str = "bicubic"
    squash: bool = False


@lru_cache(maxsize=1)
def available() -> tuple[str, ...]:
    """The full names of all classifiers with published weights: torchvision's, then timm's.

    A timm architecture stands for its default weights; `resolve` takes its other tags too.
    """
    ours = [f"torchvision/{name}" for name in _torchvision_names()]
    timms = _timm_configs()
    return (*ours, *(f"timm/{name}" for name in timms if "." not in name or name.split(".")[0] not in timms))


def resolve(name: str) -> str:
    """The full name of a network called by any of its names: "resnet18" is "torchvision/resnet18".

    A bare name is looked up in torchvision, then in timm. Raises WeightsError on an unknown one.
    """
    library, _, bare = re.sub(r"[\s-]+", "_", name.strip().lower()).rpartition("/")
    for spelling in (bare, bare.replace("_", "")):  # ResNet-18, too
        if library in ("", "torchvision") and spelling in _torchvision_names():
            return f"torchvision/{spelling}"
        if library in ("", "timm") and spelling in _timm_configs():
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
        return _build_torchvision(bare, wish).eval(), _torchvision_preprocessing(bare)
    return _build_timm(bare, wish).eval(), _timm_preprocessing(bare)


def weights_file(name: str) -> WeightsFile:
    """Where the weights of a network are published. Raises WeightsError on an unknown name."""
    library, bare = resolve(name).split("/")
    if library == "torchvision":
        weights = _torchvision_weights(bare)
        return _hashed_in_name(weights.url, round(weights.meta["_file_size"] * 2**20))
    config = _timm_configs()[bare]
    if not config.hf_hub_id:
        return _hashed_in_name(str(config.url))
    from huggingface_hub import constants

    # The repository first, as timm does: where both exist, the older url may hold another framework's format.
    filename = config.hf_hub_filename or "model.safetensors"
    file = f"{config.hf_hub_id}/{filename}".replace("/", "--")
    return WeightsFile(f"{constants.ENDPOINT}/{config.hf_hub_id}/resolve/main/{filename}", "", file)


def published_accuracy(name: str) -> float | None:
    """How often, in per cent, the weights name an ImageNet picture rightly by their publisher's test; None: not said.

    torchvision says it of its own, which timm also holds under the tag "tv_in1k".
    """
    library, bare = resolve(name).split("/")
    if library == "timm":
        tag = _timm_configs()[bare].tag
        bare = bare.partition(".")[0]
        if tag != "tv_in1k" or bare not in _torchvision_names():
            return None
    return float(_torchvision_weights(bare, first=library == "timm").meta["_metrics"]["ImageNet-1K"]["acc@1"])


def imagenet_labels() -> tuple[str, ...]:
    """The names of ImageNet-1k's 1,000 classes, in their usual order and as torchvision writes them."""
    return tuple(_LABELS.read_text("utf-8").splitlines())


def _library(module: str) -> Any:
    """A module of torchvision or timm. Raises WeightsError where it is missing, or was built for another torch."""
    try:
        return imported(module)
    except (ImportError, RuntimeError, OSError) as error:
        library = module.partition(".")[0]
        raise WeightsError(
            f"This network is {library}'s, and {library} can't be loaded here ({error}): “pip install torch {library}” "
            "brings two that fit. The networks that come with the app do without."
        ) from error


def _hashed_in_name(url: str, size: int | None = None) -> WeightsFile:
    file = url.rpartition("/")[2]  # as torch.hub names it, so that what it downloaded is found
    found = _HASH_IN_NAME.search(file)
    return WeightsFile(url, found[1] if found else "", file, size)


@lru_cache(maxsize=1)
def _torchvision_names() -> tuple[str, ...]:
    models = _library("torchvision.models")
    return tuple(models.list_models(module=models))  # this module alone: no detection, segmentation or video


def _torchvision_weights(bare: str, *, first: bool = False) -> Any:
    """The weights that torchvision recommends, or its first ones."""
    models = _library("torchvision.models")
    weights = models.get_model_weights(bare)
    return weights["IMAGENET1K_V1"] if first else weights.DEFAULT


def _build_torchvision(bare: str, wish: dict[str, Any]) -> nn.Module:
    models = _library("torchvision.models")
    arguments: dict[str, Any] = {}
    if bare in ("googlenet", "inception_v3"):
        # The published weights want their input normalized twice; heads that only help training are left out.
        arguments = {"transform_input": True, "aux_logits": False, "init_weights": False}
    elif bare.startswith("vit_"):
        arguments = {"image_size": _torchvision_preprocessing(bare).input_size}  # 518 for the largest, not 224
    module: nn.Module = models.get_model(bare, weights=None, **arguments, **wish)
    return module


def _torchvision_preprocessing(bare: str) -> Preprocessing:
    weights = _torchvision_weights(bare)
    transforms = weights.transforms()
    return Preprocessing(
        input_size=transforms.crop_size[0],
        resize=transforms.resize_size[0],
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        labels=tuple(weights.meta["categories"]),
        interpolation=transforms.interpolation.value,
    )


@lru_cache(maxsize=1)
def _timm_configs() -> dict[str, PretrainedCfg]:
    """timm's classifiers with published weights, by "resnet18" (the default tag) and "resnet18.a1_in1k"."""
    timm = _library("timm")
    get_pretrained_cfg = _library("timm.models").get_pretrained_cfg
    configs = {}
    for name in timm.list_models(pretrained=True):
        config = get_pretrained_cfg(name)
        if config is None or not _names_classes(config):
            continue
        architecture = name.split(".")[0]
        if config == get_pretrained_cfg(architecture):
            configs[architecture] = config
        configs[name] = config
    return configs


def _names_classes(config: PretrainedCfg) -> bool:
    """Whether the outputs are classes, ImageNet's 1,000 or a larger set's, not the features of CLIP."""
    return config.num_classes == 1000 or config.num_classes > 10_000


def _build_timm(bare: str, wish: dict[str, Any]) -> nn.Module:
    timm = _library("timm")
    module: nn.Module = timm.create_model(bare, pretrained=False, **wish)
    return module


def _timm_preprocessing(bare: str) -> Preprocessing:
    config = _timm_configs()[bare]
    size = config.input_size[-1]
    return Preprocessing(
        input_size=size,
        resize=floor(size / config.crop_pct),
        mean=tuple(config.mean),
        std=tuple(config.std),
        labels=_timm_labels(config),
        interpolation=config.interpolation,
        squash=config.crop_mode == "squash",
    )


def _timm_labels(config: PretrainedCfg) -> tuple[str, ...]:
    info = _library("timm.data.imagenet_info")
    if config.num_classes == 1000:
        return imagenet_labels()
    subset = info.infer_imagenet_subset({"num_classes": config.num_classes})
    if subset is None:
        return tuple(f"class {index}" for index in range(config.num_classes))
    return tuple(info.ImageNetInfo(subset).label_descriptions(as_dict=False))
