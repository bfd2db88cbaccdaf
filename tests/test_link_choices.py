"""A link's choices: understood by other words, refused in a sentence, and each link once."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _boxes() -> None:
    import streamlit as st

    from pages.parts.widgets import link_choices

    link_choices.follow(
        {
            "fruit": link_choices.among("Fruit", ["Apple", "Pear"], {"malus": "Apple"}),
            "count": link_choices.between("Count", 1, 9),
        },
        {"fruit": {"Apple": "apple", "Pear": "pear"}},
    )
    st.selectbox("Fruit", ["pear", "apple"], format_func=str.title, key="fruit", bind="query-params",
                 on_change=link_choices.forget_refused)  # fmt: skip
    st.number_input("Count", 1, 9, 3, key="count", bind="query-params", on_change=link_choices.forget_refused)


def opened(**query: str) -> AppTest:
    test = AppTest.from_function(_boxes)
    for key, text in query.items():
        test.query_params[key] = text
    return test.run()


@pytest.mark.parametrize("text", ["Apple", "apple", "MALUS"])
def test_a_choice_is_found_by_other_words(text):
    test = opened(fruit=text)
    assert test.selectbox("fruit").value == "apple"
    assert not test.warning


@pytest.mark.parametrize(("key", "text"), [("fruit", "plum"), ("fruit", ""), ("count", "12"), ("count", "nan"),
                                           ("count", "three"), ("count", "-1")])  # fmt: skip
def test_what_is_no_choice_is_said_until_the_visitor_chooses(key, text):
    test = opened(**{key: text})
    assert text in test.warning[0].value
    assert "isn't available here" in test.warning[0].value
    assert (test.selectbox("fruit").value, test.number_input("count").value) == ("pear", 3)
    assert len(test.run().warning) == 1
    test.selectbox("fruit").select("apple").run()
    assert not test.warning


def test_markup_in_a_link_is_shown_as_text():
    assert r"\*\*a\*\*" in opened(fruit="**a**").warning[0].value
