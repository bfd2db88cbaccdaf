"""Engine and screens are built as the README draws them: imports point down only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE, PAGES = ROOT / "explorer", ROOT / "pages"


def listed(folder: str) -> list[str]:
    """The folders that README's table of this folder lists, in its order."""
    table = (ROOT / "README.md").read_text("utf-8").split(f"| `{folder}/…` | |")[1].split("\n\n")[0]
    return re.findall(r"^\| `(\w+)/` \|", table, re.M)


FOLDERS, SUBJECTS = listed("explorer"), listed("explorer/learning")
# What each room of pages/parts/ may import from, itself aside; a family of screens imports from these three.
SHARED = {"shell": {"widgets", "pickers"}, "widgets": {"shell"}, "pickers": {"shell", "widgets"}}
FAMILIES = {
    "convolution",
    "signals",
    "classical",
    "network",
    "live",
    "neurons",
    "adversarial",
    "learning",
    "path",
    "lesson",
    "notebook",
    "find",
}


def imported(file: Path) -> set[str]:
    """Every name that a module imports, with its package, wherever in the module that stands."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = file.relative_to(ROOT).parts[: -node.level] if node.level else ()
            names |= {".".join((*above, *filter(None, [node.module]), alias.name)) for alias in node.names}
    return names


def stands_on(file: Path, within: str = "explorer") -> set[str]:
    """The folders of `within`, and modules beside them, that a module of the engine imports, for its types too."""
    tree = ast.walk(ast.parse(file.read_text("utf-8")))
    names = [node.module or "" for node in tree if isinstance(node, ast.ImportFrom)]
    return {name.removeprefix(f"{within}.").split(".")[0] for name in names if name.startswith(f"{within}.")}


def test_the_readme_lists_every_folder():
    assert sorted(FOLDERS) == sorted(path.parent.name for path in ENGINE.glob("*/__init__.py"))
    assert sorted(SUBJECTS) == sorted(path.parent.name for path in (ENGINE / "learning").glob("*/__init__.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_stands_only_on_those_above_it(folder):
    above = {*FOLDERS[: FOLDERS.index(folder) + 1], *(path.stem for path in ENGINE.glob("*.py"))}
    assert not {(file.name, used) for file in (ENGINE / folder).rglob("*.py") for used in stands_on(file) - above}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_of_learning_stands_only_on_those_above_it(subject):
    learning = ENGINE / "learning"
    above = {*SUBJECTS[: SUBJECTS.index(subject) + 1], *(path.stem for path in learning.glob("*.py"))}
    files = (learning / subject).glob("*.py")
    assert not {(file.name, used) for file in files for used in stands_on(file, "explorer.learning") - above}


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_folder_offers_hides_none_of_its_modules(folder):
    """After `from explorer.attacks.deepfool import deepfool` in `__init__`, that name would be the function's alone."""
    modules = {path.stem for path in (ENGINE / folder).iterdir()}
    assert not modules & {name.rpartition(".")[2] for name in imported(ENGINE / folder / "__init__.py")}


@pytest.mark.parametrize("file", sorted(ENGINE.glob("*.py")), ids=lambda file: file.stem)
def test_what_lies_beside_the_folders_stands_on_none(file):
    assert not stands_on(file) & set(FOLDERS) or file.stem == "__init__"


def test_every_room_of_the_screens_has_its_rule():
    rooms = {path.parent.name for path in (PAGES / "parts").glob("*/__init__.py")}
    assert rooms == SHARED.keys() | FAMILIES
    table = (ROOT / "README.md").read_text("utf-8").split("| `pages/parts/…` | |")[1].split("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)/`", table)) == sorted(rooms)
    assert {path.name for path in (PAGES / "parts").glob("*.py")} == {"__init__.py"}
    assert {path.parents[1].name for path in (PAGES / "parts").glob("*/*/*.py")} == {"neurons"}  # which are many
    assert not list((PAGES / "parts").glob("*/*/*/*.py"))


@pytest.mark.parametrize("room", sorted(SHARED.keys() | FAMILIES))
def test_a_room_imports_only_what_all_share_the_engine_and_itself(room):
    allowed = {room} | SHARED.get(room, SHARED.keys())
    files = sorted((PAGES / "parts" / room).rglob("*.py"))
    ours = {(file.name, name) for file in files for name in imported(file) if name.split(".")[0] == "pages"}
    assert not {(file, name) for file, name in ours if name.split(".")[1:2] != ["parts"]}, "a page is imported"
    assert not {(file, name) for file, name in ours if name.split(".")[2] not in allowed}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.py")), ids=lambda page: page.stem)
def test_pages_never_import_each_other(page):
    assert not {name for name in imported(page) if name.split(".")[0] == "pages" and name.split(".")[1:2] != ["parts"]}


@pytest.mark.parametrize("file", sorted(ENGINE.rglob("*.py")), ids=lambda file: str(file.relative_to(ENGINE)))
def test_the_engine_imports_nothing_that_shows(file):
    assert not {name for name in imported(file) if name.split(".")[0] in ("streamlit", "pages", "tests", "benchmarks")}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.py")), ids=lambda page: page.stem)
def test_a_page_imports_at_its_top(page):
    kinds = [isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(page.read_text("utf-8")).body[1:]]
    assert kinds == sorted(kinds, reverse=True)


def test_the_linter_is_told_to_overlook_no_import():
    assert not [path.name for path in PAGES.rglob("*.py") if "E402" in path.read_text("utf-8")]


def test_a_page_that_ends_early_leaves_out_nothing_that_stands_beneath_every_screen():
    assert not [page.name for page in PAGES.rglob("*.py") if "st.stop(" in page.read_text("utf-8")]


def test_only_one_place_makes_fragments():
    """One with a clock needs a container around it, and each says what it shows the result of: see `live.py`."""
    for word in ("run_every", "st.fragment"):
        assert [path.name for path in PAGES.rglob("*.py") if word in path.read_text("utf-8")] == ["live.py"]


def test_only_one_place_looks_into_the_link():
    """A value in link and session is read by `linked.py`; what Streamlit offers nobody there, by `streamlit_run.py`."""
    reading = {
        path.name for path in PAGES.rglob("*.py") if re.search(r"\bquery_params\b(?!=)", path.read_text("utf-8"))
    }
    assert reading == {"linked.py", "streamlit_run.py"}


def strings(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def keys_in_session(tree: ast.AST) -> set[str]:
    """The names under which a module reads or writes the session, where they are written out."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "st.session_state":
            found |= strings(node.slice) if isinstance(node.slice, ast.Constant) else set()
        elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).startswith("st.session_state."):
            found |= strings(node.args[0]) if isinstance(node.args[0], ast.Constant) else set()
    return found


def test_a_module_knows_no_key_of_the_session_that_another_owns():
    """A key belongs to the module that draws its widget; who wants it changed calls a function of that module."""
    modules = {path.relative_to(PAGES): ast.parse(path.read_text("utf-8")) for path in PAGES.rglob("*.py")}
    owners: dict[str, set[Path]] = {}
    for path, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "key" and isinstance(node.value, ast.Constant):
                owners.setdefault(str(node.value.value), set()).add(path)
    foreign = {
        (str(path), key)
        for path, tree in modules.items()
        for key in keys_in_session(tree)
        if path not in owners.get(key, {path})
    }
    assert not foreign


def test_streamlits_run_is_asked_in_one_place_for_what_it_offers_nobody():
    files = PAGES.rglob("*.py")
    assert {file.stem for file in files if any("scriptrunner" in name for name in imported(file))} == {"streamlit_run"}


def test_the_readme_lists_every_module_beside_the_folders():
    listed = (ROOT / "README.md").read_text("utf-8").split("Inside the engine")[1].split("lie beside the folders")[0]
    modules = {path.stem for path in ENGINE.glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`(\w+)`", listed)) == modules
