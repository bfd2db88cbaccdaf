"""A class at once: what each waits for, whether each sees their own, and what memory it takes.

`python -m benchmarks.load` with 1, 10 and 30 visitors, without heavy jobs and with one a minute each, beside the same
pauses on a ten-line app; `--soak 900` keeps the last of them there for a quarter of an hour. The client speaks
Streamlit's own protocol, so that no browser takes the cores; it takes some of them itself.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.load_visit import Brought, Told, brought, visit, visit_floor
from benchmarks.measure import Figure
from explorer.networks.loading import load_network
from tests.browser.support.server import OPTIONS, Server, running

TIMES, PLUS_MS, PLUS_WITH_JOBS_MS = 1.5, 150, 300  # light ones: p95 at most so many times the floor's, and so much more
LEFT_S = 150  # after which visits have ended (Streamlit keeps each two minutes) and memory is looked at again
BACK = 1.1  # times what it was
LONG_S, FLAT = 240, 1.05  # from so long a load on, memory may rise by so much from its second quarter to its last


@dataclass(frozen=True)
class Load:
    """So many visitors for so long, with or without heavy jobs."""

    visitors: int
    seconds: float
    heavy: bool


def figures() -> Iterator[Figure]:
    """A class of 30 with heavy jobs for a minute, beside the floor: p95 of the light interactions."""
    yield from measure([Load(30, 60, False), Load(30, 60, True)])


def measure(loads: Sequence[Load], left_s: float = LEFT_S) -> Iterator[Figure]:
    """Each load on the ten-line app and on ours, then what memory the visitors have left behind."""
    network = load_network(device="cpu")
    pictures = [brought(number, network) for number in range(max(load.visitors for load in loads))]
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        floor, ours = (
            stack.enter_context(running(logs / f"{number}.log", command(script)))
            for number, script in enumerate(("benchmarks/ten_lines.py", "app.py"))
        )
        asyncio.run(_visits(ours, Load(1, 20, True), pictures, Told()))  # all that is loaded once is there then
        before, most = resident_mb(ours), 0.0
        for load in loads:
            least, told = Told(), Told()
            asyncio.run(_visits_to_floor(floor, load, least))
            held = asyncio.run(_visits(ours, load, pictures, told))
            most = max(most, *held)
            yield figure(load, least, told)
            if load.seconds >= LONG_S:
                yield flatness(held)
        asyncio.run(asyncio.sleep(left_s))
        after = resident_mb(ours)
        note = f"{before:,.0f} MB before, {most:,.0f} at most, {after:,.0f} {left_s:g} s after they left"
        yield Figure("load: MB after, before", after, before, BACK, note=note)


def command(script: str) -> list[str]:
    """How a server of the script is started."""
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    return [sys.executable, "-m", "streamlit", "run", script, *options]


async def _visits(server: Server, load: Load, pictures: Sequence[Brought], told: Told) -> list[float]:
    """All visits at once; returns the memory that the server took meanwhile, in MB, twice a second."""
    doing = [
        asyncio.create_task(visit(server.url, pictures[n], load.seconds, load.heavy, told, n))
        for n in range(load.visitors)
    ]
    held = [resident_mb(server)]
    while not all(one.done() for one in doing):
        await asyncio.sleep(0.5)
        held.append(resident_mb(server))
    await asyncio.gather(*doing)
    return held


async def _visits_to_floor(server: Server, load: Load, told: Told) -> None:
    await asyncio.gather(*(visit_floor(server.url, min(load.seconds, 60), told, n) for n in range(load.visitors)))


def resident_mb(server: Server) -> float:
    """What the server's process has in memory, as Linux counts it; 0 elsewhere."""
    status = Path(f"/proc/{server.process.pid}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def figure(load: Load, least: Told, told: Told) -> Figure:
    """What a load's visitors tell, beside those of the ten-line app."""
    floor, ours = (np.percentile([1000 * one for one in times], (50, 95, 99)) for times in (least.light, told.light))
    goal = round(TIMES + (PLUS_WITH_JOBS_MS if load.heavy else PLUS_MS) / floor[1], 2)
    name = f"load: {load.visitors} visitors{', a heavy job a minute' if load.heavy else ''}, p95"
    return Figure(name, ours[1], floor[1], goal, not told.wrong and not told.lost, _note(told, ours, floor))


def flatness(held: Sequence[float]) -> Figure:
    """Whether memory grows on once all have come: its middle in the last quarter of the time, beside the second's."""
    quarter = max(1, len(held) // 4)
    early, late = np.median(held[quarter : 2 * quarter]), np.median(held[-quarter:])
    return Figure("load: MB in the last quarter, in the second", float(late), float(early), FLAT)


def _note(told: Told, ours: Sequence[float], floor: Sequence[float]) -> str:
    words = [
        f"p50 {ours[0]:.0f}, p99 {ours[2]:.0f} of {len(told.light)}; floor {floor[0]:.0f} and {floor[2]:.0f}",
        f"a screen opens in {_middle_and_worst(told.opened)}",
        f"{len(told.wrong)} wrong, {told.lost} sessions lost",
    ]
    if told.heavy:
        words += [f"heavy: first {_middle_and_worst(told.first)}, end {_middle_and_worst(told.heavy)}"]
    return "; ".join(words + sorted(set(told.wrong))[:5])


def _middle_and_worst(seconds: Sequence[float]) -> str:
    return f"{np.median(seconds):.2f} s, at worst {max(seconds):.2f}" if seconds else "–"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("python -m benchmarks.load", description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 10, 30])
    parser.add_argument("--seconds", type=float, default=60, help="how long each load lasts")
    parser.add_argument("--soak", type=float, default=0, help="seconds that the largest number stays, with heavy jobs")
    parser.add_argument("--left", type=float, default=LEFT_S, help="seconds after which memory is looked at again")
    options = parser.parse_args(arguments)
    loads = [Load(count, options.seconds, heavy) for count in options.visitors for heavy in (False, True)]
    if options.soak:
        loads = [Load(max(options.visitors), options.soak, True)]
    ok = True
    for figure in measure(loads, options.left):
        print(figure.line(), flush=True)
        ok &= figure.ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
