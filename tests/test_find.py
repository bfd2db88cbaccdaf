"""The search finds screens, terms, controls, classes and units; the glossary's terms lead to screens that are there."""

from __future__ import annotations

import pytest

from pages.parts.find.entries import entries, find
from pages.parts.find.glossary import terms
from pages.parts.find.terms_here import terms_of
from pages.parts.shell.controls import controls_of
from pages.parts.shell.screens import SCREENS, exists
from tests.support.whole_app import app, shown


@pytest.mark.parametrize(
    ("words", "title", "screen"),
    [
        ("where is max pooling?", "Max pooling", "hierarchy"),
        ("class tabby", "tabby", "neurons"),
        ("blocks.3 unit 4", "blocks.3, channel 4", "neurons"),
        ("Feature maps", "Feature maps", "feature_maps"),
        ("does it survive", "Does it survive?", "adversarial"),
        ("angle of the edge", "Angle of the edge θ in degrees", "edges"),
        ("softmax", "Softmax", "home"),
        ("pooling", "Max pooling", "hierarchy"),
        ("all depths", "All depths", "feature_maps"),
        ("broccoli", "broccoli", "neurons"),
        ("filters", "Filters", "filters"),
    ],
)
def test_what_is_asked_for_is_found_first(words, title, screen):
    first = find(words)[0]
    assert (first.title, first.screen) == (title, screen)


@pytest.mark.parametrize("words", ["", "   ", "xyzzy quux", "\0", "(" * 300, "a" * 10_000, ".*"])
def test_nothing_is_found_without_fault(words):
    assert find(words) == []


def test_every_screen_and_each_of_its_controls_is_listed():
    titles = {entry.screen for entry in entries() if entry.kind == "screen"}
    assert titles == {file for file, *_ in SCREENS}
    assert sum(entry.kind == "control" for entry in entries()) > 80


def test_controls_are_those_that_are_drawn():
    test = app("edges")
    drawn = {widget.key for kind in ("slider", "button_group") for widget in test.get(kind)}
    assert {control.key for control in controls_of("edges") if control.key != "edges_sigma"} <= drawn


def test_the_glossary_has_the_lectures_terms():
    assert len(terms()) >= 60
    assert len({term.name for term in terms()}) == len(terms())
    for term in terms():
        assert exists(term.screen), term.name
        assert term.formula and term.says.endswith((".", ")."))  # noqa: PT018
        known = {control.key for control in controls_of(term.screen)} | {"weights", "x"}
        assert set(term.link) <= known | {"unit_class"}, term.name


def test_the_glossary_shows_terms_with_some_words():
    test = app("glossary", query={"glossary_words": "pooling"})
    assert not test.exception
    assert "Max pooling" in shown(test)
    assert "Backpropagation" not in shown(test)


@pytest.mark.parametrize(
    ("screen", "there", "not_there"),
    [
        ("edges", "Steerable filter", "Softmax"),
        ("smoothing", "Median filter", "Logit"),
        ("patterns", "Kernel", "Logit"),
    ],
)
def test_the_terms_in_a_screens_sentences_are_found(screen, there, not_there):
    names = [term.name for term in terms_of(screen)]
    assert there in names
    assert not_there not in names


def test_a_screens_terms_are_explained_beneath_it():
    (html,) = (one.body for one in app("adversarial").get("html") if "Terms on this screen" in one.body)
    assert html.count("<details") == len(terms_of("adversarial")) > 5


def test_where_there_is_nothing_to_explain_nothing_stands():
    assert not [one for one in app("glossary").get("html") if "Terms on this screen" in one.body]


@pytest.mark.parametrize("view", ["Result", "Drag ε"])
def test_terms_stand_beneath_a_screen_also_where_it_ends_early(view):
    test = app("adversarial", query={"attack_view": view, "picture": "coffee"})
    assert not test.exception
    beneath = [html.proto.body for html in test.get("html") if "Terms on this screen" in html.proto.body]
    assert len(beneath) == 1
    assert "Adversarial example" in beneath[0]
