"""Make an atlas: python -m explorer.maximization efficientnet_lite0 folder --layers blocks.3 --channels all"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from explorer.dataset_examples.gallery import GalleryError, Patches, on_server
from explorer.maximization.atlas import THOROUGH, USUAL, AtlasError, AtlasPlan
from explorer.maximization.atlas_making import FORMATS, Writer, batches, chosen_units
from explorer.maximization.atlas_photographs import photographs
from explorer.maximization.presets import DEFAULT, METHODS, MaximizeError
from explorer.maximization.workers import batch_size, devices, in_processes, in_this_process, on_ray_cluster
from explorer.networks.loading import Network, NetworkError, load_network


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 2 and one sentence for what can't be done, 130 when it was stopped (run it again)."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (AtlasError, GalleryError, MaximizeError, NetworkError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    plan = AtlasPlan(
        options.network, not options.random, options.size, options.steps, options.method, options.seed, options.format
    )
    network = load_network(plan.network, pretrained=plan.pretrained)
    layers = options.layers or [layer.name for layer in network.layers if layer.name.count(".") <= 1]
    wanted = [unit for layer in layers for unit in chosen_units(network, layer, options.channels, plan.seed)]
    writer = Writer(options.folder, plan)
    missing = writer.missing(wanted)
    workers = devices()[: options.workers]
    size = batch_size(workers[0]) if options.batch is None else options.batch
    work = list(batches(missing, size))
    done = len(wanted) - len(missing)
    print(f"{done} of {len(wanted)} pictures are there", flush=True)
    if options.ray:
        finished = on_ray_cluster(plan, work, options.ray)
    elif len(workers) > 1 and len(work) > 1:
        finished = in_processes(plan, work, workers)
    else:
        finished = in_this_process(plan, work)
    for made in finished:
        writer.add(made)
        done += len(made)
        print(f"{done} of {len(wanted)}: {made[-1][0].layer} {made[-1][0].channel}", flush=True)
    _add_photographs(writer, network, layers)
    return 0


def _add_photographs(writer: Writer, network: Network, layers: Sequence[str]) -> None:
    """Of the server's collection, or of the samples where there is none."""
    gallery = on_server() or Patches()
    for layer in layers:
        if entries := writer.without_photograph(layer):
            print(f"looking through {len(gallery.names)} photographs for {layer}", flush=True)
            writer.add_photographs(photographs(network, entries, gallery, writer.plan.format))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer.maximization", description=__doc__)
    parser.add_argument("network", help="its name, as load_network takes it")
    parser.add_argument("folder", type=Path, help="where pictures and manifest go; an atlas there is continued")
    parser.add_argument("--layers", nargs="+", metavar="LAYER", help="all blocks if none is named")
    parser.add_argument(
        "--channels", default="all", help="all, random:24 (drawn by the seed), 0-9,12, or known: classes known at sight"
    )
    parser.add_argument(
        "--method", default=USUAL, choices=[USUAL, *METHODS], help=f"usual: {DEFAULT}, and {THOROUGH} for late layers"
    )
    parser.add_argument("--size", type=int, default=AtlasPlan.size, help="side in pixels")
    parser.add_argument("--steps", type=int, default=AtlasPlan.steps)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, help="units maximized at once; by what computes if not given")
    parser.add_argument("--format", default="webp", choices=list(FORMATS))
    parser.add_argument("--random", action="store_true", help="random weights, the control")
    parser.add_argument("--workers", type=int, help="at most so many processes; as many as GPUs or cores if not given")
    parser.add_argument("--ray", metavar="ADDRESS", help="of a Ray cluster that makes them: auto, local, ray://…")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
