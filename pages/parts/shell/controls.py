"""Which controls each screen has whose values its link holds: read from the source, so that none is missing.

A screen added tomorrow is listed by being there: search, lessons and paths need no list of theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from pages.parts.shell.streamlit_run import let_link_rule

PAGES = Path(__file__).parents[2]
SHARED = ("picture", "network", "weights")  # on all screens, and chosen for the visit
_VIEWS = "choose_view"  # draws a row of names, bound by itself
_BOXES = ("choose", "choose_layer", "choose_number")  # of classes, layers and channels, likewise
# Read what no widget of Streamlit's holds, by its name in the link.
_LINKED = ("linked.value", "linked.is_on", "kept_tile")


@dataclass(frozen=True)
class Control:
    """A control: its key, which is its name in the link, its label, and the choices that are written out.

    `several`: its key is what the keys of several such controls begin with.
    """

    key: str
    label: str
    choices: tuple[str, ...] = ()
    several: bool = False

    def holds(self, key: str) -> bool:
        """Whether that is its key, or that of one of several."""
        return key.startswith(self.key) if self.several else key == self.key


@cache
def controls_of(screen: str) -> tuple[Control, ...]:
    """The controls of one screen, in the order of its source."""
    found: dict[str, Control] = {}
    for module in _modules_of(PAGES / f"{screen}.py"):
        for control in _controls_in(module):
            found.setdefault(control.key, control)
    return tuple(found.values())


@cache
def linked_of(screen: str) -> tuple[str, ...]:
    """The names in the link of what a screen's own parts hold, in the order of its source."""
    found = (name for module in _modules_of(PAGES / f"{screen}.py") for name in _linked_in(module))
    return tuple(name for name in dict.fromkeys(found) if name not in SHARED)


def forget_controls(screen: str) -> None:
    """Forget how the visitor left a screen before it is drawn, so that the link rules, also in the browser.

    Where the link asks for what is usual, or leaves it out, Streamlit would take the visitor's last value, except when
    one goes back or on in the browser's history: so it takes this for that.
    """
    of_screen = controls_of(screen)
    for name in [str(name) for name in st.session_state]:
        plain = isinstance(st.session_state[name], (bool, int, float, str, tuple, list))  # no long work, no picture
        if plain and any(control.holds(name) for control in of_screen):
            del st.session_state[name]
    for name in linked_of(screen):
        st.session_state.pop(name, None)
    if of_screen:
        let_link_rule()


@cache
def sentences_of(screen: str) -> tuple[str, ...]:
    """What stands written out in the source of one screen: all texts of three words or more, docstrings aside.

    What is picked on many screens is left out.
    """
    found: list[str] = []
    for module in (one for one in _modules_of(PAGES / f"{screen}.py") if one.parent.name != "pickers"):
        nodes = list(ast.walk(_tree(module)))
        alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        texts = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in alone]
        found += [node.value for node in texts if isinstance(node.value, str) and len(node.value.split()) > 2]
    return tuple(found)


def _modules_of(page: Path) -> list[Path]:
    """The page and what it imports of the screens' parts, whatever surrounds all screens aside."""
    waiting, seen = [page], list[Path]()
    while waiting:
        module = waiting.pop(0)
        if module in seen or not module.is_file() or module.parent.name == "shell":
            continue
        seen.append(module)
        waiting += _imported(module)
    return [module for module in seen if module.parent.name != "widgets"]


def _imported(module: Path) -> Iterator[Path]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pages.parts"):
            folder = PAGES.parent.joinpath(*str(node.module).split("."))
            yield folder.with_suffix(".py")
            yield from (folder / f"{alias.name}.py" for alias in node.names)


@cache
def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


@cache
def _controls_in(module: Path) -> tuple[Control, ...]:
    tree = _tree(module)
    constants, found = _constants(tree), []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        name = ast.unparse(call.func)
        views, bound = name.endswith(_VIEWS), "bind" in given or name.rpartition(".")[2] in _BOXES
        key = _text(given.get("key"), constants) if views or bound else ""
        if key and key not in SHARED:
            label = _text(given.get("label"), constants) or "View" if views else _text(_at(call.args, 0), constants)
            choices = given.get("options") or _at(call.args, 0 if views else 1)
            label = label or key.partition("_")[2].replace("_", " ").capitalize()
            several = isinstance(given["key"], ast.JoinedStr)
            found.append(Control(key, label, tuple(_names(choices, constants)), several))
    return tuple(found)


def _linked_in(module: Path) -> Iterator[str]:
    tree = _tree(module)
    constants = _constants(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        link = next((keyword.value for keyword in call.keywords if keyword.arg == "link"), None)
        named = _at(call.args, 0) if ast.unparse(call.func).endswith(_LINKED) else None
        yield from filter(None, (_text(node, constants) for node in (link, named) if node is not None))


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What the module's own names stand for."""
    found: dict[str, ast.expr] = {}
    for node in (node for node in tree.body if isinstance(node, ast.Assign)):
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=False)
            found |= {one.id: value for one, value in pairs if isinstance(one, ast.Name)}
        elif isinstance(target, ast.Name):
            found[target.id] = node.value
    return found


def _at(nodes: list[ast.expr], place: int) -> ast.expr | None:
    return nodes[place] if place < len(nodes) else None


def _text(node: ast.expr | None, constants: dict[str, ast.expr]) -> str:
    """A text written out, there or in a constant of the module; of one with values in it what stands before them."""
    if isinstance(node, ast.Name):
        node = constants.get(node.id)
    if isinstance(node, ast.JoinedStr):
        node = _at(list(node.values), 0)
    return node.value.rstrip(" ,") if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _names(node: ast.expr | None, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The words among which a control chooses, where they are written out: of a table its keys."""
    if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in ("list", "tuple"):
        node = node.args[0]
    if isinstance(node, ast.Name):
        node = constants.get(node.id)
    parts = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.List | ast.Tuple) else []
    yield from filter(None, (_text(part, constants) for part in parts if part is not None))
