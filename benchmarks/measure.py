"""The measuring core: two ways of doing one thing, taken in turn, and what their medians say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

Timing = Callable[[], float]  # does the thing once and returns how many milliseconds it took


@dataclass(frozen=True)
class Figure:
    """One comparison: medians in ms, and the largest ratio allowed (None: the ratio is only told, not judged)."""

    name: str
    ours: float
    theirs: float
    goal: float | None
    holds: bool = True  #: whatever else has to be true, such as that a module was not loaded
    note: str = ""  #: for the reader of the line; not in the file

    @property
    def ratio(self) -> float:
        """Ours over theirs, to the decimals that are printed, because that is what is judged."""
        return round(self.ours / self.theirs, 3)

    @property
    def ok(self) -> bool:
        return self.holds and (self.goal is None or self.ratio <= self.goal)

    def record(self) -> dict[str, Any]:
        """What goes into the file; JSON-compatible."""
        names = ("name", "ours", "theirs", "ratio", "goal", "ok")
        return {name: getattr(self, name) for name in names}

    def line(self) -> str:
        """What is printed."""
        goal = "" if self.goal is None else f"≤ {self.goal:.3f}"
        verdict = "ok" if self.ok else "MISSED"
        cells = f"{self.name:<44}{self.ours:>10.2f}{self.theirs:>10.2f}{self.ratio:>8.3f}{goal:>9}  {verdict:<6}"
        return f"{cells}  {self.note}".rstrip()


def table(figures: Iterable[Figure]) -> str:
    """The figures as one table in Markdown; a goal that is not met is called missed."""
    rows = ["| name | ours | theirs | ratio | goal | ok |", "|---|--:|--:|--:|--:|---|"]
    for one in figures:
        goal = "" if one.goal is None else f"≤ {one.goal:g}"
        verdict = "no goal" if one.ok and one.goal is None else "ok" if one.ok else "**missed**"
        rows.append(f"| {one.name} | {one.ours:.2f} | {one.theirs:.2f} | {one.ratio:.2f} | {goal} | {verdict} |")
    return "\n".join(rows)


HEADER = f"{'':<44}{'ours, ms':>10}{'theirs':>10}{'ratio':>8}{'goal':>9}"


def timed(do: Callable[[], Any]) -> Timing:
    """Time a function by the wall clock; its result is thrown away after the clock has stopped."""

    def once() -> float:
        start = perf_counter()
        result = do()
        stop = perf_counter()
        del result
        return (stop - start) * 1000

    return once


def interleave(ours: Timing, theirs: Timing, *, rounds: int, warm_up: int = 2) -> tuple[float, float]:
    """Medians of ours and theirs, taken in turn, so that whatever else the machine does slows both.

    Who is first changes too: what one leaves behind, the other may pay for. The first `warm_up` turns of each are not
    counted. Raises ValueError without a round to count.
    """
    if rounds < 1:
        raise ValueError(f"A median needs at least one round, not {rounds}.")
    mine, others = [], []
    for turn in range(warm_up + rounds):
        for timing, times in [(ours, mine), (theirs, others)][:: -1 if turn % 2 else 1]:
            times.append(timing())
    return median(mine[warm_up:]), median(others[warm_up:])


def write(figures: Iterable[Figure], file: Path) -> None:
    """Keep the figures as a JSON list of records."""
    file.write_text(json.dumps([figure.record() for figure in figures], indent=2) + "\n", "utf-8")
