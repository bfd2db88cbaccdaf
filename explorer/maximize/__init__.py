"""Maximization: the picture that excites one unit of a network most, found by climbing its gradient."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from explorer.maximize.objectives import Between, Dream, Objective
from explorer.maximize.presets import DEFAULT, METHODS, MaximizeError, Preset
from explorer.maximize.settings import Settings
from explorer.maximize.steps import Step, answers, maximize, noise
from explorer.responses.units import Unit

__all__ = [
    "DEFAULT",
    "METHODS",
    "Between",
    "Dream",
    "MaximizeError",
    "Objective",
    "Preset",
    "Settings",
    "Step",
    "Unit",
    "answers",
    "maximize",
    "noise",
]


class _Package(ModuleType):
    """Python puts a package into its parent's namespace on import, over the function of the same name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Iterator[Step]:
        return maximize(*args, **kwargs)


sys.modules[__name__].__class__ = _Package  # so explorer.maximize(…) works whatever was imported first
