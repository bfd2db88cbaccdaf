"""torchvision's classifiers: their names, published weights, architectures and preprocessing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from explorer.networks.registry.published import Preprocessing, library_module

if TYPE_CHECKING:
    from torch import nn


@lru_cache(maxsize=1)
def torchvision_names() -> tuple[str, ...]:
    """The bare names of its classifiers, none that detects, segments or watches films."""
    models = library_module("torchvision.models")
    return tuple(models.list_models(module=models))


def torchvision_weights(bare: str, *, first: bool = False) -> Any:
    """The weights that torchvision recommends, or its first ones."""
    models = library_module("torchvision.models")
    weights = models.get_model_weights(bare)
    return weights["IMAGENET1K_V1"] if first else weights.DEFAULT


def build_torchvision(bare: str, wish: dict[str, Any]) -> nn.Module:
    """The network with random weights; `wish` holds `num_classes` where others are wanted."""
    models = library_module("torchvision.models")
    arguments: dict[str, Any] = {}
    if bare in ("googlenet", "inception_v3"):
        # The published weights want their input normalized twice; heads that only help training are left out.
        arguments = {"transform_input": True, "aux_logits": False, "init_weights": False}
    elif bare.startswith("vit_"):
        arguments = {"image_size": torchvision_preprocessing(bare).input_size}  # 518 for the largest, not 224
    module: nn.Module = models.get_model(bare, weights=None, **arguments, **wish)
    return module


def torchvision_preprocessing(bare: str) -> Preprocessing:
    """How the recommended weights want a picture."""
    weights = torchvision_weights(bare)
    transforms = weights.transforms()
    return Preprocessing(
        input_size=transforms.crop_size[0],
        resize=transforms.resize_size[0],
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        labels=tuple(weights.meta["categories"]),
        interpolation=transforms.interpolation.value,
    )
