"""The quiz's signals and kernels can be dragged onto its results: a component that presses the boxes' buttons."""

from __future__ import annotations

from pages.parts.widgets.component import component


def draggable() -> None:
    """From here on what is called Signal A or Kernel 1 can be dragged onto what is called Result 1."""
    component("match")(key="match_drag")
