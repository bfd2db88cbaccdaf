"""Pictures to be named: python -m benchmarks.recognisable folder --classes 20 --seeds 0 1 2

Classes drawn by a seed are painted by each method and by Lucent in one run, then named by the networks that took no
part. What is there already is not painted again, so it can be stopped. At the end the folder has `sheet.webp`, numbered
pictures without names for people to name, and `key.json`, which says what each is of.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image

from benchmarks.lucent import lucent
from explorer import render
from explorer.compute import threads
from explorer.maximization import METHODS, Unit, maximize
from explorer.maximization.ensemble import companion
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import Image, open_image

OURS = ("maco", "recognisable", "two networks")
JUDGES = ("efficientnet_lite1", "efficientnet_lite2")
GOALS = {"recognisable": 0.80, "two networks": 0.95}
PEOPLE = 24  #: pictures on the sheet
SIDE = 224  #: pixels of Lucent's pictures, and of each on the sheet
Paint = Callable[[Unit, int], Image]


@dataclass(frozen=True)
class Wish:
    """One picture: who paints it, its class and its seed."""

    painter: str
    channel: int
    seed: int

    def file(self, folder: Path) -> Path:
        return folder / self.painter.replace(" ", "_") / f"{self.channel:04}_{self.seed}.png"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recognisable", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--painters", nargs="+", default=[*OURS, "Lucent"])
    parser.add_argument("--steps", type=int, help="instead of each method's own")
    parser.add_argument("--device", default="cpu", help="where our pictures are painted and all are named")
    options = parser.parse_args()
    network = load_network(device=options.device)
    channels = drawn(network, options.classes)
    for painter in options.painters:
        wishes = [Wish(painter, channel, seed) for channel in channels for seed in options.seeds]
        paint_all(network, painter, wishes, options.folder, options.steps)
        print(told(network, painter, wishes, options.folder), flush=True)
    shown = [Wish("two networks", channel, options.seeds[0]) for channel in drawn(network, PEOPLE)]
    if "two networks" in options.painters:
        paint_all(network, "two networks", shown, options.folder, options.steps)
    sheet(network, shown, options.folder)


def drawn(network: Network, count: int) -> list[int]:
    """Classes drawn by chance, always the same, a smaller number the first of a larger one's."""
    return [int(n) for n in np.random.default_rng(0).permutation(len(network.labels))[:count]]


def paint_all(network: Network, painter: str, wishes: Sequence[Wish], folder: Path, steps: int | None) -> None:
    """Paint what isn't there yet."""
    missing = [wish for wish in wishes if not wish.file(folder).is_file()]
    if not missing:
        return
    if painter != "Lucent":
        for wish in missing:
            keep(ours(network, wish, steps), wish.file(folder))
        return
    with lucent(threads()) as other:
        for wish in missing:
            unit = Unit(network.layers[-1].name, wish.channel)
            image = other.climb(
                network.name, True, unit, steps=steps or METHODS["two networks"].steps, side=SIDE, seed=wish.seed
            )
            keep(image, wish.file(folder))


def ours(network: Network, wish: Wish, steps: int | None) -> Image:
    """The picture by one of the methods."""
    preset = METHODS[wish.painter]
    unit = Unit(network.layers[-1].name, wish.channel)
    *_, last = maximize(network, unit, size=preset.size, steps=steps or preset.steps, seed=wish.seed, method=preset)
    return last.image


def keep(image: Image, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(image.png())


def told(network: Network, painter: str, wishes: Sequence[Wish], folder: Path) -> str:
    """How many pictures each network that took no part names first by their class."""
    lines = []
    for name in judges(network, painter):
        judge = load_network(name, device=network.device.type)
        right = [named(judge, network, wish, folder) for wish in wishes]
        share, goal = sum(right) / len(right), GOALS.get(painter)
        verdict = "" if goal is None else f", goal ≥ {goal:.2f}: {'ok' if share >= goal else 'missed'}"
        lines.append(f"{painter}: named by {name} {share:.2f} (n = {len(right)}{verdict})")
    return "\n".join(lines)


def judges(network: Network, painter: str) -> Iterator[str]:
    """The networks that took no part in a painter's pictures."""
    unit = Unit(network.layers[-1].name, 0)
    helper = companion(network, [unit], METHODS[painter]) if painter in METHODS else None
    return (name for name in JUDGES if helper is None or name != helper.name)


def named(judge: Network, network: Network, wish: Wish, folder: Path) -> bool:
    return judge.predict(open_image(wish.file(folder)), 1)[0][0] == network.labels[wish.channel]


def sheet(network: Network, wishes: Sequence[Wish], folder: Path) -> None:
    """Numbered pictures in a drawn order, without names; the key apart."""
    there = [wish for wish in wishes if wish.file(folder).is_file()][:PEOPLE]
    if not there:
        return
    mixed = [there[n] for n in np.random.default_rng(1).permutation(len(there))]
    tiles = [
        render.label(render.smooth(open_image(wish.file(folder)).uint8, SIDE), str(number), (4, 4))
        for number, wish in enumerate(mixed, 1)
    ]
    PIL.Image.fromarray(render.mosaic(np.stack(tiles), columns=6, gap=6)).save(folder / "sheet.webp", quality=90)
    key = {number: network.labels[wish.channel] for number, wish in enumerate(mixed, 1)}
    names = sorted(key.values())
    (folder / "key.json").write_text(json.dumps({"key": key, "to choose from": names}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
