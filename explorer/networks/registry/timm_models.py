"""timm's classifiers: their names, published weights, architectures and preprocessing."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Any

from explorer.networks.registry.published import (
    Preprocessing,
    WeightsFile,
    hashed_in_name,
    imagenet_labels,
    library_module,
)

if TYPE_CHECKING:
    from timm.models import PretrainedCfg
    from torch import nn


@lru_cache(maxsize=1)
def timm_configs() -> dict[str, PretrainedCfg]:
    """timm's classifiers with published weights, by "resnet18" (the default tag) and "resnet18.a1_in1k"."""
    timm = library_module("timm")
    get_pretrained_cfg = library_module("timm.models").get_pretrained_cfg
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


def timm_weights_file(bare: str) -> WeightsFile:
    """Where the weights of that name are published."""
    config = timm_configs()[bare]
    if not config.hf_hub_id:
        return hashed_in_name(str(config.url))
    from huggingface_hub import constants

    # The repository first, as timm does: where both exist, the older url may hold another framework's format.
    filename = config.hf_hub_filename or "model.safetensors"
    file = f"{config.hf_hub_id}/{filename}".replace("/", "--")
    return WeightsFile(f"{constants.ENDPOINT}/{config.hf_hub_id}/resolve/main/{filename}", "", file)


def build_timm(bare: str, wish: dict[str, Any]) -> nn.Module:
    """The network with random weights; `wish` holds `num_classes` where others are wanted."""
    timm = library_module("timm")
    module: nn.Module = timm.create_model(bare, pretrained=False, **wish)
    return module


def timm_preprocessing(bare: str) -> Preprocessing:
    """How the weights of that name want a picture."""
    config = timm_configs()[bare]
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
    info = library_module("timm.data.imagenet_info")
    if config.num_classes == 1000:
        return imagenet_labels()
    subset = info.infer_imagenet_subset({"num_classes": config.num_classes})
    if subset is None:
        return tuple(f"class {index}" for index in range(config.num_classes))
    return tuple(info.ImageNetInfo(subset).label_descriptions(as_dict=False))
