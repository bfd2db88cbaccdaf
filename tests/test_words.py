"""A visitor's text on the screen: as it is, whatever Markdown would make of it."""

from __future__ import annotations

import re

import pytest

from pages.parts.shell.words import plain

NAMES = [
    "www.example.com", "WWW.Example.com", "http://example.com/x", "HTTPS://example.com", "see http://a.b and www.c.d",
    "a@example.com", "mailto:a@example.com", "a -> b <- c", "a -- b >= c <= d", "~=", ":streamlit:", "**b** _i_ `c`",
]  # fmt: skip
# What Streamlit's Markdown finds in the text after the escapes are gone.
FOUND = re.compile(r"https?://[-.\w]+|www(?=\.)[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+|->|<-|--|>=|<=|~=|:streamlit:", re.I)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_name_is_read_as_markup_and_nothing_is_lost(name):
    read = re.sub(r"\\(.)", r"\1", plain(name))  # as Markdown takes escapes away
    assert not FOUND.search(read)
    assert read.replace("\u2060", "") == name


def test_ordinary_words_stay_as_they_are():
    assert plain("golden retriever, 3 of 4") == r"golden retriever\, 3 of 4"
