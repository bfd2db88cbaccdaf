"""Make an activation atlas: python -m explorer.activation_atlas efficientnet_lite0 folder --pictures photographs"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from explorer.activation_atlas.layouts import LAYOUTS, ActivationAtlasError
from explorer.activation_atlas.samples import MOST_PICTURES, PLACES, usual_layer
from explorer.activation_atlas.written import Plan, write
from explorer.dataset_examples.gallery import Folder, Gallery, GalleryError, Patches
from explorer.maximization import METHODS, MaximizeError
from explorer.networks.loading import NetworkError, load_network


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 2 and one sentence for what can't be done, 130 when it was stopped (run it again)."""
    options = _parser().parse_args(arguments)
    try:
        gallery = _gallery(options.pictures)
        for said in write(options.folder, _plan(options, gallery), gallery):
            print(said, flush=True)
        return 0
    except (ActivationAtlasError, GalleryError, MaximizeError, NetworkError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return 130


def _gallery(folder: Path | None) -> Gallery:
    if folder is None:
        return Patches()
    found = Folder(folder)
    if not found.names:
        raise GalleryError(f"There are no pictures in {folder}; name a folder with pictures.")
    return found


def _plan(options: argparse.Namespace, gallery: Gallery) -> Plan:
    layer = options.layer or usual_layer(load_network(options.network, pretrained=not options.random))
    return Plan(
        options.network, layer, gallery.digest, not options.random, options.layout, options.grid, options.places,
        options.most, options.size, options.steps, options.method, options.seed,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    usual = Plan("", "", "")
    parser = argparse.ArgumentParser(prog="python -m explorer.activation_atlas", description=__doc__)
    parser.add_argument("network", help="its name, as load_network takes it")
    parser.add_argument("folder", type=Path, help="where all goes; an atlas there is continued")
    parser.add_argument("--pictures", type=Path, help="a folder with pictures, subfolders too; else the samples")
    parser.add_argument("--layer", help="with maps; three quarters of the way if not given")
    parser.add_argument("--layout", default=usual.layout, choices=LAYOUTS)
    parser.add_argument("--grid", type=int, default=usual.grid, help="cells a side")
    parser.add_argument("--places", type=int, default=PLACES, help="samples of each picture")
    parser.add_argument("--most", type=int, default=MOST_PICTURES, help="pictures, drawn evenly by the seed")
    parser.add_argument("--size", type=int, default=usual.size, help="side of a cell's picture in pixels")
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--method", default=usual.method, choices=list(METHODS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--random", action="store_true", help="random weights, a control")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
