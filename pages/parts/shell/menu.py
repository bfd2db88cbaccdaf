"""The menu of screens, folded by section: only that of the open screen shows its screens."""

from __future__ import annotations

from pages.parts.shell.screens import section_of
from pages.parts.widgets.component import component


def fold(screen: str) -> None:
    """Unfold the screen's section, and fold the others, whenever one comes to another section."""
    component("menu")(key="menu", data={"section": section_of(screen)})
