"""Questions to a screen, a chip for each: a click sets the screen and asks; the answer is shown when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import streamlit as st

from pages.parts.widgets import linked


class Card(Protocol):
    """A short title for the chip, the question, and its answer."""

    @property
    def title(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def answer(self) -> str: ...


def chips(screen: str, cards: Sequence[Card], choose: Callable[[int], None], *, link: str) -> None:
    """One chip for each card: a click asks, and sets the screen by `choose`, which takes the card's number.

    `link` is the name, in link and session, under which the card is kept that was asked last.
    """
    for number, card in enumerate(cards):
        st.button(
            card.title, key=f"{screen}_try_{number}", on_click=_chosen, args=(link, number, choose), type="tertiary"
        )


def question(screen: str, cards: Sequence[Card], beneath: Callable[[int], None] | None = None, *, link: str) -> None:
    """The question that was asked last, and its answer when asked for; `beneath` draws more with a card's answer."""
    number = linked.value(link, linked.below(len(cards)), None)
    if number is None:
        return
    card = cards[number]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{screen}_asked"):
        st.markdown(f"**{card.title}** · {card.question}")
        with st.popover("Answer"):
            st.markdown(card.answer)
            if beneath:
                beneath(number)
        st.button("Close", icon=":material/close:", type="tertiary", key=f"{screen}_asked_no", on_click=linked.forget,
                  args=(link,))  # fmt: skip


def _chosen(link: str, number: int, choose: Callable[[int], None]) -> None:
    linked.keep(link, str(number))
    choose(number)
