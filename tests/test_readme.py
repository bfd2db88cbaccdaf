"""The README keeps its word: every screen has its picture there, and every picture is there."""

from __future__ import annotations

import re
from pathlib import Path

from pages.parts.shell.screens import SCREENS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PICTURES = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)


def test_every_screen_has_its_picture():
    told = {"lecture", "glossary", "notebook"}  # lead to the others: README says them in words
    assert {Path(picture).stem for picture in PICTURES} == {name for name, *_ in SCREENS} - told
    assert all(f"**{title}**" in README for name, title, _ in SCREENS if name in told)
    assert all((ROOT / picture).is_file() for picture in PICTURES)


def test_a_newcomer_is_told_one_folder_for_everything():
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.M)
    answers = {
        wish: re.findall(r"`((?:pages|explorer|assets)/[\w/.]*)`", answer)
        for wish, answer in rows
        if wish != "I want to add"
    }
    assert len(answers) > 9
    assert {wish: folders for wish, folders in answers.items() if len(folders) != 1} == {}
    assert [folder for (folder,) in answers.values() if not (ROOT / folder).exists()] == []
