"""Measure all subjects or those named: a line per figure, then one table; status 1 if a goal is missed or one breaks.

The figures are kept in latest.json; a subject that breaks costs the others nothing. `--readme` also puts the table into
README, `--remark WORDS` beside its date.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from benchmarks import readme
from benchmarks.measure import HEADER, Figure, table, write

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
        "picture_quality",
        "learning",
        "backpropagation",
        "hidden_units",
        "double_descent",
        "signals",
        "vision",
        "screens",
        "attacks",
        "start",
        "round_trip",
        "live_convolution",
        "browser_network",
        "load",
    )
}


def main(
    arguments: Sequence[str], subjects: Mapping[str, Subject] = SUBJECTS, file: Path = LATEST,
    page: Path = readme.README,
) -> int:  # fmt: skip
    """Measure the subjects named, or all. Returns the exit status: 1 if not all is well, 2 for an unknown name."""
    options = _options(arguments)
    for name in options.names:
        if name not in subjects:
            print(f"There is no benchmark {name!r}; choose from {', '.join(subjects)}.", file=sys.stderr)
            return 2
    figures: list[Figure] = []
    print(HEADER)
    try:
        broken = [name for name in options.names or subjects if not _measure(subjects[name], figures)]
    finally:  # also when it is stopped
        write(figures, file)
    print(f"\n{table(figures)}")
    if options.readme:
        readme.put(table(figures), options.remark, page)
    if broken:
        print(f"Broken off: {', '.join(broken)}.", file=sys.stderr)
    return 0 if not broken and all(figure.ok for figure in figures) else 1


def _measure(subject: Subject, figures: list[Figure]) -> bool:
    """Print a subject's figures and add them; whether it came to its end: one that breaks costs the others nothing."""
    try:
        for figure in subject():
            figures.append(figure)
            print(figure.line(), flush=True)
    except Exception:
        traceback.print_exc()
        return False
    return True


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; without one everything")
    parser.add_argument("--readme", action="store_true", help="put the table into README")
    parser.add_argument("--remark", default="", help="what else the machine was doing, said beside the date")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
