"""The screens: by section, where each is, and what it needs."""

from __future__ import annotations

from pathlib import Path

_PAGES = Path(__file__).parents[2]
HOME = "Home"
#: by section of the sidebar: file in pages/, title, symbol
SECTIONS = {
    "": (
        ("home", HOME, "home"),
        ("lecture", "The lecture", "route"),
        ("glossary", "Glossary", "dictionary"),
        ("notebook", "My notebook", "menu_book"),
    ),
    "Convolution": (
        ("convolution", "Convolution", "grid_on"),
        ("signals", "Signals", "show_chart"),
        ("match", "Match", "extension"),
        ("smoothing", "Smoothing", "blur_on"),
        ("patterns", "Patterns", "select_all"),
        ("edges", "Edges", "polyline"),
        ("hierarchy", "Hierarchy", "account_tree"),
        ("eye", "The eye", "visibility"),
        ("descriptors", "Before 2012", "fingerprint"),
        ("motion", "Motion", "motion_photos_on"),
    ),
    "Inside a network": (
        ("live", "Live", "videocam"),
        ("plan", "Plan", "account_tree"),
        ("filters", "Filters", "texture"),
        ("feature_maps", "Feature maps", "layers"),
        ("where", "Where it looks", "center_focus_strong"),
        ("invariance", "Invariance", "open_with"),
    ),
    "What it looks for": (
        ("neurons", "Neurons", "lightbulb"),
        ("circuits", "Circuits", "polyline"),
        ("atlas", "Atlas", "apps"),
    ),
    "How it learns": (
        ("backpropagation", "Backpropagation", "undo"),
        ("hidden_units", "Hidden units", "scatter_plot"),
        ("learning", "Learning", "school"),
        ("overfitting", "Overfitting", "psychology"),
        ("depth", "Depth and width", "height"),
        ("tricks", "Tricks", "auto_fix_high"),
    ),
    "How it is fooled": (
        ("adversarial", "Adversarial", "visibility_off"),
        ("defence", "Defence", "shield"),
        ("many", "Many pictures", "photo_library"),
    ),
}
# These screens compute with PyTorch from the start, so they run once it is there. The others never load it, or wait for
# it where they do.
WITH_TORCH = {"learning"} | {
    file for section in ("Inside a network", "What it looks for", "How it is fooled") for file, *_ in SECTIONS[section]
}
OPENING = {"adversarial": "coffee"}  # the picture a screen opens with, where the visit begins there and none is wished
SCREENS = tuple(screen for section in SECTIONS.values() for screen in section)


def file_of(name: str) -> str:
    """The file of a screen, for a link to it; the whole path, for the entry may lie elsewhere, as the Cloud's does."""
    return str(_PAGES / f"{name}.py")


def section_of(name: str) -> str:
    """The section of the menu that holds a screen, "" for the first, which has no name."""
    return next(section for section, screens in SECTIONS.items() if any(file == name for file, *_ in screens))


def exists(name: str) -> bool:
    """Whether there is a screen of that name."""
    return name.isidentifier() and (_PAGES / f"{name}.py").is_file()
