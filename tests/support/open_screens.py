"""Make anew what screens open with: `python -m tests.support.open_screens` opens each and waits (a minute or two)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.attack_studies.results_file import write_results
from explorer.classical.texture_classes import compare
from explorer.classical.written_comparison import write_comparison
from explorer.dataset_examples.index import write_index
from explorer.learning.robustness.written_defence import write_defence
from explorer.pictures import thumbnails
from explorer.scheduler import Job
from explorer.shipped_results import FOLDER, file_of
from pages.parts.classical.two_classes import OPENING, squares
from pages.parts.neurons.circuits.starting_points import STARTING_POINTS
from pages.parts.neurons.maximization.ascent_files import write_ascents
from pages.parts.neurons.maximization.unit_pictures import write_painted
from tests.support.whole_app import app

#: the work that screens open with: screen, the work's slot, and the link where it isn't the screen alone
WORK: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("many", "many", {}),
    ("defence", "defence", {}),
    ("neurons", "maximization", {}),
    ("neurons", "index", {}),
    *(
        ("circuits", "unit_pictures", {"circuit_layer": point.layer, "circuit_channel": str(point.channel)})
        for point in STARTING_POINTS.values()
    ),
)
_WRITERS: dict[str, Callable[[Job[Any, Any], Path], None]] = {
    "many": lambda job, file: write_results(job.kept, file),
    "defence": lambda job, file: write_defence(job.newest, job.kept, job.key[1].model, file),
    "climbs": lambda job, file: write_ascents(job.kept, file),
    "unit pictures": lambda job, file: write_painted(job.kept, file),
    "index": lambda job, file: write_index(job.newest.index, file),
}
_LIMIT = 3600.0  # seconds


def write(job: Job[Any, Any], file: Path) -> None:
    """Write what a job has come to, as its screen reads it."""
    _WRITERS[job.key[0]](job, file)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    for page, slot, link in WORK:
        job = app(page, query=link).session_state[slot]
        job.seen = dict.fromkeys(job.seen, float("inf"))  # somebody looks on
        assert job.finished.wait(_LIMIT)
        assert job.error is None
        write(job, file_of(job.key))
    classes = [squares(name) for name in OPENING]
    write_comparison(compare(*classes), file_of(("classes", *classes)))
    thumbnails.write()


if __name__ == "__main__":
    main()
