"""An atlas: what many units of a network look for, as picture files and a manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explorer.maximization.presets import DEFAULT
from explorer.maximization.settings import MaximizationSettings
from explorer.pictures.images import Image, open_image
from explorer.responses.units import Unit

MANIFEST = "atlas.json"


class AtlasError(ValueError):
    """An atlas that can't be made or read: one sentence says why and what to do."""


@dataclass(frozen=True)
class AtlasPlan:
    """How every picture of an atlas is made. Unit i of a layer starts from `seed`, whatever it is made with."""

    network: str
    pretrained: bool = True
    size: int = 128
    steps: int = 128
    method: str = DEFAULT
    seed: int = 0
    format: str = "webp"

    def __post_init__(self) -> None:
        assert self.settings  # what can't be used is refused here and not when it is made

    @property
    def settings(self) -> MaximizationSettings:
        """Raises MaximizeError for what can't be used."""
        return MaximizationSettings(self.size, self.steps, self.method)


@dataclass(frozen=True)
class Entry:
    """One picture that was made; `score` is the unit's value in it, `start` that in the noise it began with."""

    layer: str
    channel: int
    label: str  #: the class's name, or ""
    file: str  #: in the atlas's folder
    score: float
    start: float
    dead: bool

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


def read_atlas(folder: Path) -> Atlas:
    """The atlas in a folder. Raises AtlasError when there is none or its manifest is broken."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return Atlas(folder, AtlasPlan(**manifest["plan"]), tuple(Entry(**entry) for entry in manifest["made"]))
    except OSError as error:
        raise AtlasError(f"There is no {MANIFEST} in {folder}; make one by python -m explorer.maximization.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AtlasError(f"{folder / MANIFEST} is broken ({error}); delete it and make the atlas anew.") from error
