"""Where a screen is."""

from __future__ import annotations

from pathlib import Path

_PAGES = Path(__file__).parents[2]


def file_of(name: str) -> str:
    """The file of a screen, for a link to it; the whole path, for the entry may lie elsewhere, as the Cloud's does."""
    return str(_PAGES / f"{name}.py")


def exists(name: str) -> bool:
    """Whether there is a screen of that name."""
    return name.isidentifier() and (_PAGES / f"{name}.py").is_file()
