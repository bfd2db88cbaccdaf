"""A large package loads for seconds in one thread while others draw screens, where scipy and Plotly look into it.

They take whatever `sys.modules` has, half loaded or not, and ask whether a value is of a class that isn't there yet
(AttributeError: partially initialized module 'torch' has no attribute 'Tensor'). So these classes stand in the module
from the first moment: at first empty ones, of which nothing is an instance.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

#: The classes that others look for, by the package that they belong to
CLASSES = {"torch": ("Tensor",), "pandas": ("DataFrame", "DatetimeIndex", "Index", "NA", "NaT", "Series")}


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in CLASSES else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__dict__.update({name: type(name, (), {}) for name in CLASSES[spec.name]})
        return module


def install() -> None:
    """From now on nobody who looks into one of these packages while it loads is let down."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
