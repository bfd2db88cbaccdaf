"""The engine of Explorer: convolution, feature maps, maximization and attacks in plain Python.

Names are imported when they are first used, so that `import explorer` costs nothing and only what needs torch loads it.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.architecture.filters import first_layer_filters
    from explorer.attacks import Attack, AttackError, attack, random_perturbation
    from explorer.dataset_examples.examples import Example, top_examples
    from explorer.filtering.convolution import convolve
    from explorer.filtering.kernels import KernelError
    from explorer.learning.augmentation.pictures import Augmentation, augmentations
    from explorer.learning.backpropagation.passes import Backpropagation, backpropagate
    from explorer.learning.errors import TrainingError
    from explorer.learning.least_squares.double_descent import DoubleDescent, double_descent
    from explorer.learning.least_squares.minimum_norm import minimum_norm_fit
    from explorer.learning.plane.training import PlaneEpoch, train_plane
    from explorer.maximization import Between, Caricature, MaximizeError, Step, Unit, maximize
    from explorer.networks.layers import Layer
    from explorer.networks.loading import Network, NetworkError, load_network, load_own, wrap_network
    from explorer.networks.registry.specs import NETWORKS
    from explorer.networks.weights.pretrained import MismatchError
    from explorer.pictures.images import Image, ImageError, open_image
    from explorer.pictures.samples import sample, sample_names
    from explorer.responses.activations import feature_maps

# GNU's OpenMP lets waiting threads spin. With two visitors, or any other busy program, on few cores they take the time
# from those that work: an attack of 3 s took 17 to 38 s. The library reads this once, before torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_HOMES = {
    "responses.activations": ("feature_maps",),
    "attacks": ("Attack", "AttackError", "attack", "random_perturbation"),
    "filtering.convolution": ("convolve",),
    "dataset_examples.examples": ("Example", "top_examples"),
    "architecture.filters": ("first_layer_filters",),
    "pictures.images": ("Image", "ImageError", "open_image"),
    "filtering.kernels": ("KernelError",),
    "learning.augmentation.pictures": ("Augmentation", "augmentations"),
    "learning.least_squares.double_descent": ("DoubleDescent", "double_descent"),
    "learning.errors": ("TrainingError",),
    "learning.least_squares.minimum_norm": ("minimum_norm_fit",),
    "networks.layers": ("Layer",),
    "learning.backpropagation.passes": ("Backpropagation", "backpropagate"),
    "learning.plane.training": ("PlaneEpoch", "train_plane"),
    "maximization": ("Between", "Caricature", "MaximizeError", "Step", "Unit", "maximize"),
    "networks.loading": ("Network", "NetworkError", "load_network", "load_own", "wrap_network"),
    "pictures.samples": ("sample", "sample_names"),
    "networks.registry.specs": ("NETWORKS",),
    "networks.weights.pretrained": ("MismatchError",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'explorer' has no attribute {name!r}")
    value = getattr(import_module(f"explorer.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
