"""What is kept as one file: a page, slides, or a Jupyter notebook that reproduces it with the engine."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import nbformat

from pages.parts.notebook.items import Item
from pages.parts.widgets.markup import data_url

ASSETS = Path(__file__).parents[3] / "assets" / "notebook"
_STYLE, _SLIDES, _KEYS = ((ASSETS / name).read_text("utf-8") for name in ("page.css", "slides.css", "slides.js"))

_FIRST = (
    "# My notebook\n\nThe engine is the folder `explorer/` of the project: run this notebook there. Where a picture of "
    "your own is opened, put it beside this file as `picture.jpg`."
)


def page(things: Sequence[Item]) -> bytes:
    """One HTML file with all pictures in it, that needs no server."""
    return _document(things, _STYLE, "").encode()


def slides(things: Sequence[Item]) -> bytes:
    """The same as slides: arrow keys go on and back, F fills the screen."""
    return _document(things, _STYLE + _SLIDES, f"<script>{_KEYS}</script>").encode()


def jupyter(things: Sequence[Item]) -> bytes:
    """A Jupyter notebook whose cells give the same with the engine, run in the project's folder."""
    cells = [nbformat.v4.new_markdown_cell(_FIRST)]
    for one in things:
        words = [f"## {one.title}", one.caption, one.seen, f"[The screen]({one.link})"]
        cells.append(nbformat.v4.new_markdown_cell("\n\n".join(filter(None, words))))
        if one.code:
            cells.append(nbformat.v4.new_code_cell(one.code))
    made = nbformat.v4.new_notebook(cells=cells)
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"  # else drawn at random: the same notebook is the same file
    return nbformat.writes(made).encode()


def _document(things: Sequence[Item], style: str, script: str) -> str:
    sections = "".join(map(_section, things))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>My notebook</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style>'
        f"<main>{sections}</main>{script}</html>"
    )


def _section(one: Item) -> str:
    pictures = "".join(
        f'<figure><img alt="{escape(label)}: {escape(one.seen)}" src="{data_url(png)}">'
        f"<figcaption>{escape(label)}</figcaption></figure>"
        for label, png in one.pictures
    )
    settings = ", ".join(f"{key} = {value}" for key, value in one.settings.items())
    said = f"<p>{escape(one.caption)}</p>" if one.caption else ""
    code = f"<pre>{escape(one.code)}</pre>" if one.code else ""
    return (
        f'<section><h2>{escape(one.title)}</h2>{said}<div class="pictures">{pictures}</div>'
        f'<p class="settings">{escape(one.seen)}. {escape(settings)} <a href="{escape(one.link)}">The screen</a></p>'
        f"{code}</section>"
    )
