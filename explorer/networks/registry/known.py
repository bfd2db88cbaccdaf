"""What is known of the networks that come with the app before PyTorch is there, which takes seconds in a new server.

Home opens with it: their size, the part of a picture that they see, and what they say of the samples.
`python -m explorer.networks.registry.known` asks them anew; `tests/test_known.py` does so and compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from explorer.networks.class_names import told_apart
from explorer.networks.registry.published import imagenet_labels
from explorer.networks.registry.specs import EMBEDDED
from explorer.pictures.crops import visible_part
from explorer.pictures.images import Image
from explorer.pictures.samples import sample, sample_names

FILE = Path(__file__).with_suffix(".json")
TOP = 5  #: labels of each sample


@dataclass(frozen=True)
class KnownNetwork:
    """A trained network, as `Network` tells it of itself.

    `top` are the numbers of the most probable classes and their probabilities, by the digest of a sample.
    """

    name: str
    parameters: int
    memory_bytes: int
    precision: str
    input_size: int
    resize: int
    top: Mapping[str, tuple[tuple[int, float], ...]]

    def answers(self, image: Image) -> bool:
        """Whether it is known what the network says of the picture."""
        return image.digest in self.top

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its classes."""
        return _labels()

    def crop(self, image: Image) -> tuple[int, int, int, int]:
        """Which part of a picture it gets: (top, left, bottom, right) in its pixels, ends excluded."""
        return visible_part(image, self.input_size, self.resize)

    def predict(self, image: Image) -> list[tuple[str, float]]:
        """The most probable labels with their probabilities, highest first. Raises KeyError unless it `answers`."""
        return [(self.labels[number], share) for number, share in self.top[image.digest]]


@lru_cache(maxsize=1)
def _labels() -> tuple[str, ...]:
    return told_apart(imagenet_labels())


@lru_cache(maxsize=1)
def known_networks() -> dict[str, KnownNetwork]:
    """All of them by name."""
    return {one["name"]: KnownNetwork(**one) for one in json.loads(FILE.read_text("utf-8"))}


def ask(name: str) -> KnownNetwork:
    """What a network that comes with the app says now, of itself and of all samples."""
    from explorer.networks.loading import load_network

    network = load_network(name, device="cpu")
    numbers = {label: number for number, label in enumerate(network.labels)}
    pictures = [sample(one) for one in sample_names()]
    top = {
        one.digest: tuple((numbers[label], round(share, 5)) for label, share in network.predict(one, TOP))
        for one in pictures
    }
    return KnownNetwork(
        name, network.parameters, network.memory_bytes, network.precision, network.input_size, network.resize, top
    )


if __name__ == "__main__":
    FILE.write_text(json.dumps([asdict(ask(name)) for name in EMBEDDED], indent=None) + "\n", "utf-8")
