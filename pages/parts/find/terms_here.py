"""The glossary's terms that stand on a screen, each explained there: one line that unfolds."""

from __future__ import annotations

import re
from functools import cache
from html import escape

import streamlit as st

from pages.parts.find.glossary import Term, terms
from pages.parts.shell.controls import sentences_of

_WITHOUT = ("glossary", "lecture", "notebook", "home")  # they explain terms, or have none of their own


def show_terms(screen: str) -> None:
    """Beneath a screen: its terms, of which a click or a key unfolds one."""
    found = () if screen in _WITHOUT else terms_of(screen)
    if not found:
        return
    unfolding = "".join(
        f'<details name="term"><summary>{escape(term.name)}</summary><p>{escape(term.says)}</p></details>'
        for term in found
    )
    with st.container(key="terms_here"):
        st.html(f"<section aria-label='Terms on this screen'><b>Terms</b>{unfolding}</section>")


@cache
def terms_of(screen: str) -> tuple[Term, ...]:
    """The terms that a screen shows or has in its sentences, by the alphabet."""
    words = "\n".join(sentences_of(screen))
    return tuple(term for term in terms() if term.screen == screen or _names(term).search(words))


def _names(term: Term) -> re.Pattern[str]:
    """The term as a word of its own, also in the plural. What else it is called may be an everyday word: a score."""
    names = "|".join(re.escape(name) for name in (term.name, *(one for one in term.also if " " in one)))
    return re.compile(rf"\b(?:{names})s?\b", re.IGNORECASE)
