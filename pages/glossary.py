"""Glossary: the lecture's terms, each with its formula, one sentence, and the screen that shows it."""

import streamlit as st

from pages.parts.find.glossary import Term, terms
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import SCREENS, file_of
from pages.parts.shell.words import counted

TITLES = {file: title for file, title, _ in SCREENS}

frame.title("Glossary", "The lecture's words: what each means, as a formula and in one sentence, and where to see it.")
frame.hide_pickers("picture", "network")


@live
def screen() -> None:
    """The terms that have the words that are searched for, each on a card."""
    words = st.text_input("Only terms with", key="glossary_words", bind="query-params", placeholder="pooling")
    shown = [term for term in terms() if _has(term, words or "")]
    st.caption(f"{counted(len(shown), 'term')} of {len(terms())}")
    left, right = st.columns(2, gap="large")
    for number, term in enumerate(shown):
        with left if number % 2 == 0 else right:
            _card(term)


def _has(term: Term, words: str) -> bool:
    text = " ".join((term.name, *term.also, term.says)).casefold()
    return all(word in text for word in words.casefold().split())


def _card(term: Term) -> None:
    with st.container(border=True, gap="xsmall", key=f"term_{term.name}"):
        also = f" :small[also {', '.join(term.also)}]" if term.also else ""
        st.markdown(f"**{term.name}**{also}")
        st.markdown(f"${term.formula}$")
        st.markdown(term.says)
        title = TITLES.get(term.screen, term.screen)
        st.page_link(file_of(term.screen), label=title, icon=":material/arrow_forward:", query_params=dict(term.link))


screen()
closing(
    look_for="The word that you met on a screen and did not know.",
    try_="/ or Ctrl K on any screen: the search knows these terms, too, and every control.",
    it_means="A term is worth what can be done with it: each leads to the screen on which you can touch it.",
)
