"""The networks that the app offers by name, with what is known of them before anything is loaded."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Spec:
    """What is known of a network before it is loaded."""

    title: str
    year: int | None
    parameters: float  #: millions
    download: float = 0.0  #: megabytes to fetch on first use; 0 when the weights come with the app
    accuracy: float | None = None  #: top-1 on ImageNet, in per cent, where the publisher says it
    depth: int | None = None  #: layers with weights on the longest way; None where nobody has counted
    multiply_adds: float | None = None  #: billions for one picture; None where nobody has counted


NETWORKS: dict[str, Spec] = {
    "efficientnet_lite0": Spec("EfficientNet-Lite0", 2020, 4.7),
    "efficientnet_lite1": Spec("EfficientNet-Lite1", 2020, 5.4),
    "efficientnet_lite2": Spec("EfficientNet-Lite2", 2020, 6.1),
    "torchvision/alexnet": Spec("AlexNet", 2012, 61.1, 233.1),
    "torchvision/vgg11": Spec("VGG-11", 2014, 132.9, 506.8),
    "torchvision/vgg16": Spec("VGG-16", 2014, 138.4, 527.8),
    "torchvision/googlenet": Spec("GoogLeNet", 2014, 6.6, 49.7),
    "torchvision/resnet18": Spec("ResNet-18", 2015, 11.7, 44.7),
    "torchvision/resnet50": Spec("ResNet-50", 2015, 25.6, 97.8),
    "torchvision/squeezenet1_1": Spec("SqueezeNet 1.1", 2016, 1.2, 4.7),
    "torchvision/densenet121": Spec("DenseNet-121", 2016, 8.0, 30.8),
    "torchvision/mobilenet_v2": Spec("MobileNetV2", 2018, 3.5, 13.6),
    "torchvision/convnext_tiny": Spec("ConvNeXt-Tiny", 2022, 28.6, 109.1),
}
EMBEDDED = {"efficientnet_lite0": 224, "efficientnet_lite1": 240, "efficientnet_lite2": 260}
CENSUS = Path(__file__).with_name("networks.csv")
COLUMNS = ("name", "year", "parameters", "download", "pixels", "top1", "depth", "multiply_adds")


@lru_cache(maxsize=1)
def all_specs() -> dict[str, Spec]:
    """Every classifier of torchvision and timm by its full name, in their order, after those that come with the app.

    Read from a table that `census` made, so nothing heavy is loaded. Those of `NETWORKS` have their titles,
    the others their names.
    """
    with CENSUS.open(encoding="utf-8", newline="") as file:
        specs = {row["name"]: _spec(row) for row in csv.DictReader(file)}
    return {name: _as_deep_as(specs[f"timm/tf_{name}"], NETWORKS[name]) for name in EMBEDDED} | specs


def _as_deep_as(same: Spec, spec: Spec) -> Spec:
    """With what was counted of the same architecture in a library."""
    return replace(spec, depth=same.depth, multiply_adds=same.multiply_adds)


def _spec(row: dict[str, str]) -> Spec:
    name = row["name"]
    return Spec(
        title=NETWORKS[name].title if name in NETWORKS else name,
        year=int(row["year"]) if row["year"] else None,
        parameters=float(row["parameters"]),
        download=float(row["download"]),
        accuracy=float(row["top1"]) if row["top1"] else None,
        depth=int(row["depth"]) if row["depth"] else None,
        multiply_adds=float(row["multiply_adds"]) if row["multiply_adds"] else None,
    )


def search(words: str) -> tuple[str, ...]:
    """The full names of the networks whose name or title holds all these words, whatever the case."""
    wanted = words.lower().split()
    return tuple(
        name
        for name, spec in all_specs().items()
        if all(word in f"{name} {spec.title} {spec.year}".lower() for word in wanted)
    )


def full_name(text: str) -> str | None:
    """A network's full name by its title, that name, or its bare name in torchvision or else timm; None if unknown."""
    names = all_specs()
    titles = {spec.title: name for name, spec in names.items()}
    for name in (titles.get(text, text), f"torchvision/{text}", f"timm/{text}"):
        if name in names:
            return name
    return None
