"""Make anew what screens open with: `python -m tests.support.open_screens` opens each and waits (a minute or two)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.attack_studies.written_results import write_results
from explorer.learning.written_defence import write_defence
from explorer.opened import FOLDER, file_of
from explorer.scheduler import Job
from tests.support.whole_app import app

SCREENS = {"many": "many", "defence": "defence"}  #: the slot of the work that a screen opens with
_LIMIT = 3600.0  # seconds


def write(job: Job[Any, Any], file: Path) -> None:
    """Write what a job has come to, as its screen reads it."""
    if job.key[0] == "many":
        write_results(job.kept, file)
    else:
        write_defence(job.newest, job.kept, job.key[1].model, file)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    for page, slot in SCREENS.items():
        job = app(page).session_state[slot]
        job.seen = dict.fromkeys(job.seen, float("inf"))  # somebody looks on
        assert job.finished.wait(_LIMIT)
        assert job.error is None
        write(job, file_of(job.key))


if __name__ == "__main__":
    main()
