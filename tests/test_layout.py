"""The engine is built as the README draws it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "explorer"
FOLDERS = re.findall(r"^\| `(\w+)/` \|", (ROOT / "README.md").read_text("utf-8").split("| `explorer/…` | |")[1], re.M)


def stands_on(file: Path) -> set[str]:
    """The folders, and modules beside them, that a module of the engine imports, for its types too."""
    tree = ast.walk(ast.parse(file.read_text("utf-8")))
    names = [node.module or "" for node in tree if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[1] for name in names if name.startswith("explorer.")}


def test_the_readme_lists_every_folder():
    assert sorted(FOLDERS) == sorted(path.parent.name for path in ENGINE.glob("*/__init__.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_stands_only_on_those_above_it(folder):
    above = {*FOLDERS[: FOLDERS.index(folder) + 1], *(path.stem for path in ENGINE.glob("*.py"))}
    assert not {(file.name, used) for file in (ENGINE / folder).glob("*.py") for used in stands_on(file) - above}


@pytest.mark.parametrize("file", sorted(ENGINE.glob("*.py")), ids=lambda file: file.stem)
def test_what_lies_beside_the_folders_stands_on_none(file):
    assert not stands_on(file) & set(FOLDERS) or file.stem == "__init__"
