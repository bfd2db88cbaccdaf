"""An activation atlas in a folder: samples, a picture for each cell, the sheet and the table; stopped, it goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from explorer import render
from explorer.activation_atlas.cell_pictures import METHOD, SIDE, STEPS, direction, painting
from explorer.activation_atlas.cells import ActivationAtlas, Cell, lay_out
from explorer.activation_atlas.layouts import ActivationAtlasError
from explorer.activation_atlas.samples import MOST_PICTURES, PLACES, Samples, sampling
from explorer.activation_atlas.sheets import sheet, table
from explorer.atomic import atomic_write
from explorer.dataset_examples.gallery import Gallery
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import open_image

MANIFEST = "activation_atlas.json"
_SAVE_EVERY = 5.0  # seconds


@dataclass(frozen=True)
class Plan:
    """How an atlas is made; `pictures` is the gallery's digest."""

    network: str
    layer: str
    pictures: str
    pretrained: bool = True
    layout: str = "t-SNE"
    grid: int = 8
    places: int = PLACES
    most: int = MOST_PICTURES
    size: int = SIDE
    steps: int = STEPS
    method: str = METHOD
    seed: int = 0


def write(folder: Path, plan: Plan, gallery: Gallery) -> Iterator[str]:
    """Make an atlas in a folder, or go on with the one that is there, and say after each part how far it is.

    Raises ActivationAtlasError for a folder whose atlas was made otherwise or that can't be written, and what
    `sampling`, `lay_out` and `painting` raise.
    """
    network = load_network(plan.network, pretrained=plan.pretrained)
    try:
        _begin(folder, plan)
        samples = yield from _sampled(folder, plan, network, gallery)
        atlas = lay_out(network, samples, layout=plan.layout, grid=plan.grid, seed=plan.seed)
        (folder / "samples.csv").write_bytes(table(atlas, gallery.names))
        yield from _painted(folder, plan, network, atlas)
        _write_sheet(folder, atlas)
    except OSError as error:
        raise ActivationAtlasError(
            f"Couldn't write in {folder} ({error.strerror or error}): make room there; the same command then goes on."
        ) from error


def _begin(folder: Path, plan: Plan) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / MANIFEST
    if not file.exists():
        file.write_text(json.dumps(asdict(plan), indent=1), "utf-8")
        return
    try:
        before = json.loads(file.read_text("utf-8"))
        other = {name: before[name] for name, value in asdict(plan).items() if before[name] != value}
    except (ValueError, KeyError, TypeError) as error:
        raise ActivationAtlasError(f"{file} is broken ({error}); delete it and make the atlas anew.") from error
    if other:
        raise ActivationAtlasError(
            f"The atlas in {folder} was made with {other}; name another folder or the same settings."
        )


def _sampled(folder: Path, plan: Plan, network: Network, gallery: Gallery) -> Generator[str, None, Samples]:
    file, saved = folder / "samples.npz", time.monotonic()
    how = {"places": plan.places, "most": plan.most, "seed": plan.seed}
    for samples in sampling(network, plan.layer, gallery, begun=_read(file), **how):
        if samples.done == samples.total or time.monotonic() > saved + _SAVE_EVERY:
            with atomic_write(file) as opened:
                np.savez(opened, **asdict(samples))
            saved = time.monotonic()
        yield f"{samples.done} of {samples.total} pictures looked through"
    return samples


def _read(file: Path) -> Samples | None:
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            return Samples(
                str(kept["layer"]), kept["vectors"], kept["where"],
                int(kept["done"]), int(kept["total"]), int(kept["skipped"]),
            )  # fmt: skip
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return None


def _painted(folder: Path, plan: Plan, network: Network, atlas: ActivationAtlas) -> Iterator[str]:
    missing = [cell for cell in atlas.cells if not _file(folder, cell).is_file()]
    done, all_of_them = len(atlas.cells) - len(missing), len(atlas.cells)
    yield f"{done} of {all_of_them} cells are there"
    (folder / "cells").mkdir(exist_ok=True)
    directions = [direction(plan.layer, cell) for cell in missing]
    for ready in painting(network, directions, size=plan.size, steps=plan.steps, method=plan.method, seed=plan.seed):
        for number, picture in ready:
            with atomic_write(_file(folder, missing[number])) as opened:
                opened.write(render.png(picture.uint8))
        done += len(ready)
        if ready:
            yield f"{done} of {all_of_them} cells painted"


def _write_sheet(folder: Path, atlas: ActivationAtlas) -> None:
    pictures = {cell.number: open_image(_file(folder, cell)).uint8 for cell in atlas.cells}
    (folder / "sheet.png").write_bytes(render.png(sheet(atlas, pictures)))


def _file(folder: Path, cell: Cell) -> Path:
    return folder / "cells" / f"{cell.number:03}.png"
