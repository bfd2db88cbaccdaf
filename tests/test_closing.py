"""The words that close a screen: three paragraphs, each under its heading, and the formula folded beneath the last."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.attacks import METHODS, AttackSettings, Goal
from pages.parts.adversarial.attack_words import closing_words
from pages.parts.shell.closing import closing

PAGES = Path(__file__).parents[1] / "pages"
SENTENCE = re.compile(r"(?<!\bal)[.?!](?=\s|$)")


def _drawn() -> None:
    from pages.parts.shell.closing import closing

    for tab in ("first", "second"):
        closing(
            look_for=f"edges of {tab}", try_="another picture", it_means="It says where.", formula="$x$: where", tab=tab
        )


def _drawn_without_formula() -> None:
    from pages.parts.shell.closing import closing

    closing(look_for="edges", try_="another picture", it_means="It says where.")


def test_each_of_the_three_stands_in_a_column_under_its_heading():
    app = AppTest.from_function(_drawn).run()
    assert not app.exception
    assert len(app.columns) == 6
    said = [column.markdown[0].value for column in app.columns[:3]]
    assert said == ["**Look for**\n\nedges of first", "**Try**\n\nanother picture", "**It means**\n\nIt says where."]


def test_the_formula_is_folded_beneath_what_it_means_and_not_lost():
    app = AppTest.from_function(_drawn).run()
    for column in (app.columns[2], app.columns[5]):
        (fold,) = column.expander
        assert (fold.label, fold.proto.expanded) == ("The formula", False)
        assert [text.value for text in fold.markdown] == ["$x$: where"]


def test_without_a_formula_nothing_is_folded():
    app = AppTest.from_function(_drawn_without_formula).run()
    assert not app.exception
    assert not app.expander


def test_mathematics_in_what_it_means_is_refused():
    with pytest.raises(ValueError, match="formula="):
        closing(look_for="edges", try_="another picture", it_means="$x$ says where.")


def closings() -> Iterator[tuple[str, dict[str, str]]]:
    """The file and the words, as far as they are written out, of every closing: given as arguments or as a table."""
    for file in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                given = {one.arg: one.value for one in node.keywords if one.arg}
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                given = {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
            else:
                continue
            if "it_means" in given:
                yield f"{file.relative_to(PAGES)}:{node.lineno}", {name: written(one) for name, one in given.items()}


def written(node: ast.AST) -> str:
    """All texts in it, in their order."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(map(written, ast.iter_child_nodes(node)))


EVERY = dict(closings())


def test_every_closing_is_found():
    texts = {str(file.relative_to(PAGES)): file.read_text("utf-8") for file in PAGES.rglob("*.py")}
    naming = {name for name, text in texts.items() if "it_means" in text} - {"parts/shell/closing.py"}
    assert naming == {place.partition(":")[0] for place in EVERY}


@pytest.mark.parametrize("place", EVERY)
def test_what_it_means_is_said_aloud_in_three_sentences_at_most(place):
    words = EVERY[place]["it_means"]
    assert "$" not in words
    assert "\\" not in words
    assert len(SENTENCE.findall(words)) <= 3


@pytest.mark.parametrize("place", [place for place, words in EVERY.items() if "formula" in words])
def test_what_is_folded_is_a_formula_and_ends_with_a_sentence(place):
    words = EVERY[place]["formula"]
    assert words.count("$") % 2 == 0
    assert words.endswith(".")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("target", [None, 2])
@pytest.mark.parametrize("view", range(5))
def test_the_words_of_an_attack_are_said_aloud_too(method, target, view):
    words = closing_words(AttackSettings(method), Goal(1, target), view)
    assert "$" not in words["it_means"]
    assert 1 <= len(SENTENCE.findall(words["it_means"])) <= 3
    assert ("$" in words.get("formula", "")) == (view != 1)
