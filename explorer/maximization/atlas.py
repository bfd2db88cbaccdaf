"""An atlas: what many units of a network look for, as picture files and a manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explorer.maximization.presets import DEFAULT
from explorer.maximization.settings import MaximizationSettings
from explorer.maximization.usual import usual_method
from explorer.networks.loading import Network
from explorer.pictures.images import Image, open_image
from explorer.responses.units import Unit

MANIFEST = "atlas.json"
USUAL = "usual"  #: instead of a method: for each unit that by which one of its layer is looked at first
THOROUGH = "two networks"  #: which takes the place of the usual method for what can be named, being made in advance
ALONE = "recognisable"  #: what THOROUGH comes to where no second network can be asked


class AtlasError(ValueError):
    """An atlas that can't be made or read: one sentence says why and what to do."""


@dataclass(frozen=True)
class AtlasPlan:
    """How every picture of an atlas is made. Unit i of a layer starts from `seed`, whatever it is made with."""

    network: str
    pretrained: bool = True
    size: int = 224
    steps: int = 160
    method: str = USUAL
    seed: int = 0
    format: str = "webp"

    def __post_init__(self) -> None:
        assert self._settings(DEFAULT if self.method == USUAL else self.method)  # refused here, not when it is made

    def settings_of(self, network: Network, layer: str) -> MaximizationSettings:
        """How pictures of a layer's units are made. Raises NetworkError for a layer that the network lacks."""
        if self.method != USUAL:
            return self._settings(self.method)
        return self._settings(DEFAULT if usual_method(network, layer) == DEFAULT else THOROUGH)

    def _settings(self, method: str) -> MaximizationSettings:
        return MaximizationSettings(self.size, self.steps, method)


@dataclass(frozen=True)
class Entry:
    """One picture that was made; `score` is the unit's value in it, `start` that in the noise it began with.

    `photograph` is a file, too: of the pictures named by `photograph_of` the patch that excites the unit most.
    """

    layer: str
    channel: int
    label: str  #: the class's name, or ""
    file: str  #: in the atlas's folder
    score: float
    start: float
    dead: bool
    helper: str = ""  #: the network that was asked, too
    photograph: str = ""  #: "" as long as none was looked for
    photograph_of: str = ""
    photograph_score: float = 0.0  #: the unit's value there, where `score` is its mean over all places

    @property
    def unit(self) -> Unit:
        """The channel that the picture excites."""
        return Unit(self.layer, self.channel)


@dataclass(frozen=True)
class Atlas:
    """A folder with a manifest in it."""

    folder: Path
    plan: AtlasPlan
    entries: tuple[Entry, ...]

    @cached_property
    def layers(self) -> dict[str, tuple[Entry, ...]]:
        """The entries of each layer by channel, the layers in the order in which they were made."""
        names = dict.fromkeys(entry.layer for entry in self.entries)
        return {
            name: tuple(sorted((e for e in self.entries if e.layer == name), key=lambda e: e.channel)) for name in names
        }

    def image(self, entry: Entry) -> Image:
        """Raises ImageError when the file is gone or broken."""
        return open_image(self.folder / entry.file, name=f"{entry.layer} {entry.channel}")

    def photograph(self, entry: Entry) -> Image:
        """Raises ImageError when there is none, or when it is broken."""
        return open_image(self.folder / (entry.photograph or "none"), name=entry.photograph_of)


def read_atlas(folder: Path) -> Atlas:
    """The atlas in a folder. Raises AtlasError when there is none or its manifest is broken."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return Atlas(folder, AtlasPlan(**manifest["plan"]), tuple(Entry(**entry) for entry in manifest["made"]))
    except OSError as error:
        raise AtlasError(f"There is no {MANIFEST} in {folder}; make one by python -m explorer.maximization.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AtlasError(f"{folder / MANIFEST} is broken ({error}); delete it and make the atlas anew.") from error
