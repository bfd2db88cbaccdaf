"""What is kept: from every screen, in the visitor's order; its files are whole, and the Jupyter notebook runs."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient

from pages.parts.notebook import exports
from pages.parts.notebook.items import Item
from pages.parts.shell.screens import SECTIONS
from tests.support.alone import ROOT
from tests.support.whole_app import app, shown

ONE = Item(1, "A <b>title</b>", "http://x/edges", {"edges_angle": "45"}, (("The response", b"\x89PNG"),), "print(2)",
           "flower, EfficientNet-Lite0", "mine & yours")  # fmt: skip


def press(test, key):
    return next(button for button in test.button if button.key == key).click().run()


def kept_from(*screens):
    test = app()
    for screen in screens:
        press(test.switch_page(f"pages/{screen}.py").run(), "keep")
        assert not test.exception
    return test


def test_things_are_kept_in_order_and_moved_and_removed():
    test = kept_from("edges", "smoothing")
    test.switch_page("pages/notebook.py").run()
    things = test.session_state["notebook_kept"]
    assert [one.title for one in things] == ["Edges", "Smoothing"]
    assert things[0].pictures[0][1].startswith(b"\x89PNG")
    press(test, "kept_Later_1")
    assert [one.title for one in test.session_state["notebook_kept"]] == ["Smoothing", "Edges"]
    test.text_input("kept_words_1").set_value("so steep").run()
    press(test, "kept_remove_2")
    assert [(one.title, one.caption) for one in test.session_state["notebook_kept"]] == [("Edges", "so steep")]


def test_an_empty_notebook_says_how_to_fill_it():
    assert "Keep this" in app("notebook").info[0].value


@pytest.mark.parametrize("screen", [file for name, screens in SECTIONS.items() if name for file, *_ in screens])
def test_every_screen_can_be_kept(screen):
    (one,) = kept_from(screen).session_state["notebook_kept"]
    assert one.title
    assert exports.page([one])


def test_the_page_needs_no_server_and_takes_no_markup():
    text = exports.page([ONE]).decode()
    assert "<b>title" not in text
    assert "mine &amp; yours" in text
    assert not re.findall(r'(?:src|href)="(?!data:|http://x/edges)', text)


def test_the_notebook_runs(tmp_path):
    things = kept_from("edges", "smoothing", "hierarchy").session_state["notebook_kept"]
    assert all(one.code for one in things)
    made = nbformat.reads(exports.jupyter(things).decode(), 4)
    nbformat.validate(made)
    NotebookClient(made, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    assert sum(cell.cell_type == "code" for cell in made.cells) == len(things)


def test_the_same_things_make_the_same_files():
    assert exports.jupyter([ONE]) == exports.jupyter([ONE])
    assert b"keydown" in exports.slides([ONE])


def test_the_notebook_keeps_no_more_than_it_can():
    test = app("edges", notebook_kept=[ONE] * 60)
    press(test, "keep")
    assert len(test.session_state["notebook_kept"]) == 60
    assert "full" in test.toast[0].value
    assert shown(test)
