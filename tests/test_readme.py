"""The README keeps its word: every screen has its picture there, and every picture is there."""

from __future__ import annotations

import re
from pathlib import Path

from pages.parts.shell.frame import SCREENS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PICTURES = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)


def test_every_screen_has_its_picture():
    assert {Path(picture).stem for picture in PICTURES} == {name for name, *_ in SCREENS}
    assert all((ROOT / picture).is_file() for picture in PICTURES)
