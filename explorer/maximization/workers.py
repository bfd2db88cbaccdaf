"""Who makes an atlas: this process, one for each core or GPU, or a Ray cluster. Only this one writes files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import torch

from explorer.compute import cores
from explorer.maximization.atlas import AtlasError, AtlasPlan
from explorer.maximization.atlas_making import Made, make
from explorer.responses.units import Unit

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

Batches = Sequence[Sequence[Unit]]
_device: str | None = None  # of a worker process, for its whole life


def devices() -> list[str]:
    """One for each worker that this machine can have: its GPUs, else the CPU once for each core."""
    if torch.cuda.is_available():
        return [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return ["mps"] if torch.backends.mps.is_available() else ["cpu"] * cores()


def batch_size(device: str) -> int:
    """How many units a batch has: with more than four, the maps of the first layers outgrow a CPU's caches."""
    return 4 if device == "cpu" else 16


def in_this_process(plan: AtlasPlan, work: Batches) -> Iterator[list[Made]]:
    """One batch after another in this process."""
    for units in work:
        yield make(plan, units)


def in_processes(plan: AtlasPlan, work: Batches, workers: Sequence[str]) -> Iterator[list[Made]]:
    """Batches as they are done by processes with a device each. Stopping it ends them."""
    context = get_context("spawn")  # CUDA and torch's threads don't survive a fork
    free: Queue[str] = context.Queue()
    for device in workers:
        free.put(device)
    pool = ProcessPoolExecutor(len(workers), context, initializer=_begin, initargs=(free,))
    try:
        for done in as_completed([pool.submit(_make, plan, units) for units in work]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(free: Queue[str]) -> None:
    global _device
    _device = free.get()
    if _device == "cpu":
        torch.set_num_threads(1)  # as many processes as cores do more than as many threads


def _make(plan: AtlasPlan, units: Sequence[Unit]) -> list[Made]:
    return make(plan, units, _device)


def on_ray_cluster(plan: AtlasPlan, work: Batches, address: str) -> Iterator[list[Made]]:
    """Batches as they are done by a Ray cluster: a core each, or a GPU each where the cluster has some.

    `address` is Ray's: "auto", "ray://host:10001", or "local" for one on this machine. Raises AtlasError without Ray.
    """
    try:
        import ray
    except ImportError as error:
        raise AtlasError("Ray isn't installed here; `pip install ray`, or leave the address out.") from error
    mine = not ray.is_initialized()
    if mine:
        ray.init(address, log_to_driver=False)
    try:
        gpu = 1 if ray.cluster_resources().get("GPU") else 0
        remote: Any = ray.remote(num_cpus=1, num_gpus=gpu)(make)
        waiting = [remote.remote(plan, units) for units in work]
        while waiting:
            (done, *_), waiting = ray.wait(waiting)
            yield ray.get(done)
    finally:
        if mine:
            ray.shutdown()
