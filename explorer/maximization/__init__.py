"""Maximization: the picture that excites one unit of a network most, found by gradient ascent."""

from __future__ import annotations

from explorer.maximization.objectives import Between, Caricature, Direction, Objective
from explorer.maximization.presets import DEFAULT, METHODS, MaximizeError, Preset
from explorer.maximization.settings import MaximizationSettings
from explorer.maximization.steps import Step, diverse_pictures, maximize, noise
from explorer.responses.units import Unit

__all__ = [
    "DEFAULT",
    "METHODS",
    "Between",
    "Caricature",
    "Direction",
    "MaximizationSettings",
    "MaximizeError",
    "Objective",
    "Preset",
    "Step",
    "Unit",
    "diverse_pictures",
    "maximize",
    "noise",
]
