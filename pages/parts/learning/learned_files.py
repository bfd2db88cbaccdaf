"""What is taken away of a run of the Learning screen: its filters as picture, film and numbers, and the code."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import PIL.Image

import explorer
from explorer import render
from explorer.csv_table import to_csv
from explorer.learning.exemplar_cnn.epochs import Epoch
from explorer.learning.exemplar_cnn.shipped_runs import PHOTOGRAPHS, TRUE
from pages.parts.learning.epoch_frames import EpochFrame, filter_sheet, shipped_frames
from pages.parts.learning.image_code import opened
from pages.parts.learning.learning_curves import settings_of
from pages.parts.widgets import job
from pages.parts.widgets.takeaway import take_array, take_code, take_file, take_film, take_picture

_NUMBERS = ("number", "loss", "accuracy", "held_out", "selectivity")
_STRIP = 24  # pixels beneath the filters, for the epoch


def take(running: job.Job[Epoch, EpochFrame] | None, last: Epoch) -> None:
    """Offer the filters of the `last` epoch, what led to them, and the lines that train the same."""
    frames = shipped_frames(TRUE) if running is None else list(running.kept)
    seed = 0 if running is None else running.key[2]
    take_picture(render.enlarge(filter_sheet(last.filters), 800), "learned-filters.png", "The filters")
    take_film(lambda: map(_framed, frames), "learned-filters", "The filters over training")
    take_array(last.filters, "learned-filters.npy", "The filters as numbers")
    take_file(lambda: _table(frames), "training.csv", "The curves (CSV)", "text/csv")
    take_code(
        "import explorer\nfrom explorer.learning.exemplar_cnn.training import TrainingSettings, train\n"
        f"{photographs(running)}"
        f"settings = {settings_of(running)!r}\n"
        f"for epoch in train(images, settings, seed={seed}, device='cpu'):\n"
        "    print(epoch.number, epoch.held_out, epoch.selectivity)"
    )


def _framed(frame: EpochFrame) -> render.Picture:
    """A sheet of filters on white, its epoch beneath."""
    with PIL.Image.open(io.BytesIO(frame.sheet)) as sheet:
        white = PIL.Image.new("RGBA", (sheet.width, sheet.height + _STRIP), "white")
        white.alpha_composite(sheet.convert("RGBA"))
    return render.label(np.asarray(white.convert("RGB")), f"epoch {frame.number}", (sheet.height, 0))


def _table(frames: Sequence[EpochFrame]) -> bytes:
    return to_csv(dict.fromkeys(_NUMBERS, "g"), ([getattr(frame, name) for name in _NUMBERS] for frame in frames))


def photographs(running: job.Job[Epoch, EpochFrame] | None) -> str:
    """The lines of code that open what a run was trained on."""
    if running is None or running.key[3] == tuple(map(explorer.sample, PHOTOGRAPHS)):
        return (
            "from explorer.learning.exemplar_cnn.shipped_runs import PHOTOGRAPHS\n\n"
            "images = [explorer.sample(name) for name in PHOTOGRAPHS]\n"
        )
    return f"\nimages = [{', '.join(map(opened, running.key[3]))}]\n"
