"""Measure all subjects or those named: a line per figure, also in latest.json; status 1 if a goal is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from benchmarks.measure import HEADER, Figure, write

Subject = Callable[[], Iterator[Figure]]
LATEST = Path(__file__).with_name("latest.json")


def _figures(name: str) -> Iterator[Figure]:
    """Imported only now: measuring a convolution needs neither torch nor a browser."""
    yield from import_module(f"benchmarks.{name}").figures()


SUBJECTS: dict[str, Subject] = {
    name: partial(_figures, name)
    for name in (
        "convolution",
        "feature_maps",
        "mosaic",
        "pgd",
        "maximization",
        "learning",
        "signals",
        "vision",
        "screens",
        "attacks",
        "start",
        "round_trip",
        "live_convolution",
    )
}


def main(names: Sequence[str], subjects: Mapping[str, Subject] = SUBJECTS, file: Path = LATEST) -> int:
    """Measure the subjects named, or all. Returns the exit status: 1 if a goal is missed, 2 for an unknown name."""
    for name in names:
        if name not in subjects:
            print(f"There is no benchmark {name!r}; choose from {', '.join(subjects)}.", file=sys.stderr)
            return 2
    figures: list[Figure] = []
    print(HEADER)
    try:
        for name in names or subjects:
            for figure in subjects[name]():
                figures.append(figure)
                print(figure.line(), flush=True)
    finally:  # what was measured before something broke is kept
        write(figures, file)
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
