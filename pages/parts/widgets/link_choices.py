"""What a link asks for that no control can do is said, not passed over; other words for a choice are understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.parts.shell import once, streamlit_run
from pages.parts.shell.words import plain
from pages.parts.widgets import linked

_REFUSED = "link_refused"  # in the session: by key, what could not be followed
_LONGEST = 40


@dataclass(frozen=True)
class Choice:
    """A control's title, and what it calls the choice that a link's text means: None if there is no such choice."""

    title: str
    meant: Callable[[str], str | None]


def among(title: str, options: Sequence[str], others: Mapping[str, str] | None = None) -> Choice:
    """One of the options, in any case, or by one of its other names."""
    words = {other.casefold(): option for other, option in (others or {}).items()}
    words |= {option.casefold(): option for option in options}
    return Choice(title, lambda text: words.get(text.casefold()))


def between(title: str, low: float, high: float) -> Choice:
    """A number from low to high."""

    def meant(text: str) -> str | None:
        try:
            return text if low <= float(text) <= high else None
        except ValueError:
            return None

    return Choice(title, meant)


def follow(choices: Mapping[str, Choice], values: Mapping[str, Mapping[str, object]] | None = None) -> None:
    """Before the controls are drawn: understand the link's choices by key, and say which can't be followed.

    `values` gives, for a key whose control holds other values than the words in the link, the value of each word.
    """
    refused = st.session_state.setdefault(_REFUSED, {})
    for key, choice in choices.items():
        text = linked.parameter(key)
        if text is None or not once.is_new(_task(key), text):
            continue
        meant = choice.meant(text)
        refused.pop(key, None)
        if meant is None:
            refused[key] = text
        elif meant != text and key not in st.session_state:
            st.session_state[key] = (values or {}).get(key, {}).get(meant, meant)
    for key in [key for key in refused if key in choices]:
        st.warning(
            f"The link asks for “{plain(refused[key][:_LONGEST])}” as *{choices[key].title}*, which isn't available "
            "here: the choice below is shown instead.", icon=":material/link_off:",
        )  # fmt: skip


def reword(key: str, meant: Callable[[str], str | None]) -> None:
    """Before a control is drawn: read what the link asks of it as the choice that it means, in the control's words.

    Unlike a value set here it also holds for who goes back in the browser's history, where the link alone rules.
    """
    text = streamlit_run.initial_parameter(key)
    if isinstance(text, str) and (choice := meant(text)) is not None:
        streamlit_run.set_initial_parameter(key, choice)


def insist(key: str, choice: str) -> None:
    """Before a control is drawn: it is this, whatever the link says, also for who goes back in the browser's history.

    Where one goes back, Streamlit takes a link that says nothing for one that asks for what is usual.
    """
    st.session_state[key] = choice
    if streamlit_run.came_by_history():
        streamlit_run.set_initial_parameter(key, choice)
        streamlit_run.correct_link(key, choice)


def handles(key: str) -> bool:
    """Whether what the link says of this control was understood, or refused, here."""
    return once.was_done(_task(key))


def _task(key: str) -> str:
    return f"follow {key}"


def forget_refused() -> None:
    """The visitor has chosen: for a control's callback, after which the link no longer matters."""
    st.session_state.pop(_REFUSED, None)
