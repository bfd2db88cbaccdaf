"""Heavy libraries, imported by one thread at a time: two that begin at once can get one that is half there."""

from __future__ import annotations

from importlib import import_module
from threading import RLock
from typing import Any

_lock = RLock()  # one for all: torchvision and timm import each other's parts


def imported(module: str) -> Any:
    """A module of another library, whole. Raises what importing it raises."""
    with _lock:
        return import_module(module)
