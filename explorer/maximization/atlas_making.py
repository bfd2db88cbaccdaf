"""Making an atlas: which units, their pictures in batches, and the files, so that it can be stopped at any time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from explorer.atomic import atomic_write
from explorer.maximization.atlas import MANIFEST, AtlasError, AtlasPlan, Entry, read_atlas
from explorer.maximization.ensemble import companion
from explorer.maximization.gradient_ascent import ascend, scores
from explorer.maximization.known_classes import known_classes
from explorer.maximization.steps import to_image
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import Image
from explorer.responses.units import Unit, check_unit, map_shape

FORMATS: dict[str, dict[str, Any]] = {
    "webp": {"quality": 88, "method": 6},
    "png": {"optimize": True},
    "jpeg": {"quality": 92},
}
Made = tuple[Entry, bytes]  #: an entry and its file


def chosen_units(network: Network, layer: str, channels: str, seed: int = 0) -> list[Unit]:
    """Units of a layer by "all", "0-9,12", "random:24", which the seed draws, or "known": classes known at sight.

    Raises NetworkError, AtlasError.
    """
    count = map_shape(network.layer(layer))[0]
    if channels == "all":
        numbers = list(range(count))
    elif channels == "known" and layer == network.layers[-1].name:
        numbers = known_classes(network)
    elif channels.startswith("random:") and channels[7:].isdecimal():
        drawn = np.random.default_rng([seed, count]).permutation(count)[: int(channels[7:])]
        numbers = sorted(int(n) for n in drawn)
    else:
        try:
            parts = [[int(n) for n in part.split("-")] for part in channels.split(",")]
            numbers = [n for first, *rest in parts for n in range(first, (rest or [first])[0] + 1)]
        except ValueError:
            raise AtlasError(
                f"Channels are 'all', 'random:24', '0-9,12' or, of classes, 'known', not {channels!r}."
            ) from None
    units = [Unit(layer, number) for number in numbers]
    for unit in units:
        check_unit(network, unit)
    return units


def make(plan: AtlasPlan, units: Sequence[Unit], device: str | None = None) -> list[Made]:
    """The pictures of a layer's units in one batch. Runs anywhere: in this process, another, or on another machine."""
    network = load_network(plan.network, device=device, pretrained=plan.pretrained)
    settings = plan.settings_of(network, units[0].layer)
    first, *_, last = ascend(network, units, [plan.seed] * len(units), settings)
    helper = companion(network, units, settings.preset)
    start, end = scores(network, first.pictures, units), scores(network, last.pictures, units)
    made = []
    for i, unit in enumerate(units):
        name = network.labels[unit.channel] if unit.layer == network.layers[-1].name else ""
        dead = bool(last.zero_gradient[i]) and float(end[i]) <= float(start[i])
        entry = Entry(
            unit.layer, unit.channel, name, f"{unit.layer}/{unit.channel:04}.{plan.format}",
            round(float(end[i]), 4), round(float(start[i]), 4), dead,
            helper.name if helper else "",
        )  # fmt: skip
        made.append((entry, encode(to_image(last.pictures[i], unit.name), plan.format)))
    return made


def encode(image: Image, form: str) -> bytes:
    """A picture file. WebP at this quality takes a fifth of PNG's bytes and shows no difference."""
    file = io.BytesIO()
    PIL.Image.fromarray(image.uint8).save(file, form, **FORMATS[form])
    return file.getvalue()


class Writer:
    """Adds what is made to a folder, the manifest last, so that whatever stops it leaves a whole atlas behind."""

    def __init__(self, folder: Path, plan: AtlasPlan) -> None:
        """Raises AtlasError for a folder whose atlas was made otherwise."""
        if plan.format not in FORMATS:
            raise AtlasError(f"Pictures are written as {', '.join(FORMATS)}, not {plan.format!r}.")
        self.folder, self.plan = folder, plan
        self._made: dict[tuple[str, int], Entry] = {}
        if (folder / MANIFEST).exists():
            atlas = read_atlas(folder)
            if atlas.plan != plan:
                other = {k: v for k, v in asdict(atlas.plan).items() if v != getattr(plan, k)}
                raise AtlasError(
                    f"The atlas in {folder} was made with {other}; name another folder or the same settings."
                )
            self._made = {(e.layer, e.channel): e for e in atlas.entries if (folder / e.file).is_file()}

    def missing(self, units: Sequence[Unit]) -> list[Unit]:
        """Those not made yet."""
        return [unit for unit in units if (unit.layer, unit.channel) not in self._made]

    def without_photograph(self, layer: str) -> list[Entry]:
        """A layer's entries that have none yet, or whose file is gone."""
        return [
            entry
            for (name, _), entry in self._made.items()
            if name == layer and not (entry.photograph and (self.folder / entry.photograph).is_file())
        ]

    def add(self, made: Sequence[Made]) -> None:
        """Write the files of what was made, then the manifest that lists them. Raises AtlasError where that fails."""
        self._write([(entry.file, entry, content) for entry, content in made])

    def add_photographs(self, found: Iterable[Made]) -> None:
        """As `add`, of the entries' photographs."""
        self._write([(entry.photograph, entry, content) for entry, content in found])

    def _write(self, made: Sequence[tuple[str, Entry, bytes]]) -> None:
        try:
            for file, _, content in made:
                path = self.folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            self._list([entry for _, entry, _ in made])
        except OSError as error:
            raise AtlasError(
                f"Couldn't write in {self.folder} ({error.strerror or error}): make room there; the same command then "
                "goes on from what is there."
            ) from error

    def _list(self, made: Sequence[Entry]) -> None:
        """Write the manifest anew."""
        self._made |= {(entry.layer, entry.channel): entry for entry in made}
        manifest: dict[str, Any] = {"plan": asdict(self.plan), "made": [asdict(e) for e in self._made.values()]}
        with atomic_write(self.folder / MANIFEST) as opened:
            opened.write(json.dumps(manifest, indent=0, ensure_ascii=False).encode())


def batches(units: Sequence[Unit], size: int) -> Iterator[list[Unit]]:
    """Units of one layer at a time: a pass stops after the last layer of its batch."""
    if size < 1:
        raise AtlasError(f"A batch is of at least one unit, not {size}.")
    for layer in dict.fromkeys(unit.layer for unit in units):
        same = [unit for unit in units if unit.layer == layer]
        yield from (same[i : i + size] for i in range(0, len(same), size))
