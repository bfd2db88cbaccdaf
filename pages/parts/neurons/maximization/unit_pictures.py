"""Small pictures of several units, as they are needed beside each other: from the atlas, or painted as one job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from explorer import render
from explorer.maximization import METHODS, MaximizationSettings, Unit
from explorer.maximization.gradient_ascent import ascend
from explorer.maximization.steps import to_image
from explorer.networks.loading import Network
from explorer.pictures.images import Image, ImageError, from_array
from pages.parts.neurons.atlas.atlases import entry_of
from pages.parts.neurons.maximization import made_by
from pages.parts.neurons.maximization.ascent_files import webp
from pages.parts.neurons.maximization.ascents import decode
from pages.parts.widgets import job

SLOT = "unit_pictures"
METHOD, SIDE, STEPS = "maco", 96, 24  # of what is painted: a quick look
AT_ONCE = 2  # units: each batch is drawn as soon as it is there
Painted = tuple[Unit, Image]


def paint(net: Network, units: Sequence[Unit], slot: str = SLOT) -> job.Job[Painted, Painted]:
    """The job that paints those of the units that no atlas has."""
    wanted = tuple(unit for unit in units if entry_of(net, unit) is None)
    return job.run(
        slot, ("unit pictures", net, wanted), lambda: painting(net, wanted), lambda painted: painted,
        read=lambda file: _read(file, wanted),
    )  # fmt: skip


def painting(net: Network, units: Sequence[Unit], at_once: int = AT_ONCE) -> Iterator[Painted]:
    """A quick look at each unit, as it gets ready."""
    settings = MaximizationSettings(SIDE, STEPS, METHODS[METHOD])
    for first in range(0, len(units), at_once):
        batch = list(units[first : first + at_once])
        *_, last = ascend(net, batch, [0] * len(batch), settings)
        yield from ((unit, to_image(pixels, unit.name)) for unit, pixels in zip(batch, last.pictures, strict=True))


def write_painted(kept: Sequence[Painted], file: Path) -> None:
    """Write the pictures of units, whose names are in the work's key."""
    encoded = [webp(image.uint8) for _, image in kept]
    with file.open("wb") as opened:
        np.savez(opened, lengths=np.array(list(map(len, encoded))), pictures=np.frombuffer(b"".join(encoded), np.uint8))


def _read(file: Path, units: Sequence[Unit]) -> tuple[Painted, list[Painted]]:
    with np.load(file, allow_pickle=False) as told:
        parts = np.split(told["pictures"], np.cumsum(told["lengths"])[:-1])
    kept = [(unit, from_array(decode(part.tobytes()), unit.name)) for unit, part in zip(units, parts, strict=True)]
    return kept[-1], kept


def found(net: Network, units: Sequence[Unit], *running: job.Job[Painted, Painted]) -> Mapping[Unit, render.Picture]:
    """The units' pictures, from the atlas or as far as they are painted by now; mid-grey for those to come."""
    painted = {unit: image.uint8 for one in running for unit, image in list(one.kept)}
    return {unit: painted.get(unit, _from_atlas(net, unit)) for unit in units}


def _from_atlas(net: Network, unit: Unit) -> render.Picture:
    known = entry_of(net, unit)
    if known is not None:
        atlas, entry = known
        try:
            return atlas.image(entry).uint8
        except ImageError:
            pass
    return np.full((SIDE, SIDE, 3), render.MID_GREY, np.uint8)


def credit(net: Network, units: Sequence[Unit]) -> str:
    """By whom and how the pictures were made: one sentence for the screen."""
    painted = made_by.sentence_for_many(net, METHOD, SIDE, STEPS)
    from_atlas = len(units) - missing(net, units)
    if not from_atlas:
        return painted
    if from_atlas == len(units):
        return "Pictures from the *Atlas*, which says how they were made."
    return f"{painted} From the *Atlas*: {from_atlas} of {len(units)}."


def missing(net: Network, units: Sequence[Unit]) -> int:
    """How many of the units no atlas has, so that they are painted."""
    return sum(entry_of(net, unit) is None for unit in units)


def progress(running: job.Job[Painted, Painted], count: int) -> tuple[float, str]:
    """The share that is painted, in [0, 1], and the words for it."""
    done = len(running.kept)
    return done / max(count, 1), f"Painting what each unit looks for: {done} of {count}"
