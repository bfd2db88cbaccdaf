"""Coordinates of a square of pixels, counted from its middle, plain and turned; and steps at an angle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]


def centred_grid(side: int) -> tuple[Coordinates, Coordinates]:
    """Rows y, downwards, and columns x of side × side pixels, from the middle."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    return y, x


def rotated_grid(angle_deg: float, side: int) -> tuple[Coordinates, Coordinates]:
    """How far each of side × side pixels lies across a line through the middle at that angle, and how far along it.

    The angle is counter-clockwise from horizontal as on the screen, though rows grow downwards.
    """
    y, x = centred_grid(side)
    angle = np.deg2rad(angle_deg)
    return x * np.sin(angle) + y * np.cos(angle), x * np.cos(angle) - y * np.sin(angle)


def unit_step(angle_deg: float) -> Coordinates:
    """One pixel's step at an angle, counter-clockwise from rightwards as on the screen: (x, y), y downwards."""
    angle = np.deg2rad(angle_deg)
    return np.array([np.cos(angle), -np.sin(angle)])
