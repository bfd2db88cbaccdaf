"""Ascents as a small file: every eighth step as a picture, the last one exactly, with the values that were measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from explorer import render
from explorer.maximization import Step
from explorer.pictures.images import from_array
from pages.parts.neurons.maximization.ascents import KeptStep, decode

EVERY = 8  #: steps, of which one is written
QUALITY, _EXACT = 85, 101  # WebP's


def write_ascents(kept: Sequence[KeptStep], file: Path) -> None:
    """Write the ascents that were kept, of each panel every eighth step from its start."""
    ends = {shot.panel: shot.number for shot in kept}
    shots = [shot for shot in kept if shot.number % EVERY == 0 or shot.number == ends[shot.panel]]
    encoded = [webp(decode(shot.png), _EXACT if shot.number == ends[shot.panel] else QUALITY) for shot in shots]
    with file.open("wb") as opened:
        np.savez_compressed(
            opened,
            steps=np.array([(shot.panel, shot.number, shot.dead) for shot in shots]),
            scores=np.array([shot.score for shot in shots]),
            lengths=np.array([len(one) for one in encoded]),
            pictures=np.frombuffer(b"".join(encoded), np.uint8),
            mattered=np.array([shot.mattered for shot in shots if shot.number == ends[shot.panel]], np.float32),
        )


def read_ascents(file: Path) -> tuple[tuple[int, Step], list[KeptStep]]:
    """The last step with its panel, and all steps, as `write_ascents` wrote them; what mattered is of the last ones."""
    with np.load(file, allow_pickle=False) as told:
        panels, numbers, dead = told["steps"].T.tolist()
        scores, mattered = told["scores"].tolist(), iter(told["mattered"])
        parts = np.split(told["pictures"], np.cumsum(told["lengths"])[:-1])
    ends = dict(zip(panels, numbers, strict=True))
    kept = [
        KeptStep(panel, number, score, bool(none), render.png(decode(part.tobytes())),
                 next(mattered) if number == ends[panel] else None)
        for panel, number, score, none, part in zip(panels, numbers, scores, dead, parts, strict=True)
    ]  # fmt: skip
    last = kept[-1]
    step = Step(last.number, from_array(decode(last.png), "painted"), last.score, last.dead)
    return (last.panel, step), kept


def webp(pixels: render.Picture, quality: int = QUALITY) -> bytes:
    """A picture (H, W, 3) encoded as WebP: exactly with a quality above 100, else with a loss."""
    bgr = np.ascontiguousarray(pixels[..., ::-1])
    return cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
