"""The patch that a test holds before a camera, made by the engine: python -m tests.support.printed_patch"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import explorer
from explorer import render
from explorer.attack_studies.printable_patch import printable_patch

FILE = Path(__file__).with_name("printed_patch.png")
TARGET, SIDE, STEPS = "broccoli", 80, 60


def made() -> render.Picture:
    """The patch of the shipped network on all samples, as Many pictures makes it."""
    network = explorer.load_network()
    images = [explorer.sample(name) for name in explorer.sample_names()]
    *_, last = printable_patch(network, images, target=network.class_index(TARGET), side=SIDE, steps=STEPS)
    return last.patch


def kept() -> render.Picture:
    """The patch as it was made once: making it takes longer than a test may."""
    return np.ascontiguousarray(cv2.imread(str(FILE))[..., ::-1])


if __name__ == "__main__":
    FILE.write_bytes(render.png(made()))
