"""Blocks of a screen that are drawn anew by themselves, and that say it kindly when the memory is full, or when the
network in use can't give what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import ParamSpec

import streamlit as st

from explorer.compute import MemoryFullError
from pages.parts.shell.drawn_state import recorded
from pages.parts.shell.link_check import checked
from pages.parts.shell.locks import put_back
from pages.parts.shell.streamlit_run import sent_whole
from pages.parts.shell.visit import hold_visit
from pages.parts.shell.words import plain

P = ParamSpec("P")


def live(block: Callable[P, None]) -> Callable[P, None]:
    """A fragment: what is touched inside draws only this block anew."""

    @st.fragment
    @wraps(block)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        hold_visit()
        put_back()
        with checked(), recorded(), errors_explained(f"{block.__module__}_{block.__name__}"):
            block(*args, **kwargs)

    return drawn


def redrawn_every(block: Callable[[], None], every: float | None) -> None:
    """Draw a block that is drawn anew by itself `every` so many seconds; None: never.

    A tick that comes before the browser was sent the whole page takes out of the queue what the block has there.
    Without a container around it the blocks after it would arrive first, at places not there yet ("Bad delta path
    index"), and the page would stay blank. It would, too, if something in the block were sent as a mere reference to
    what the browser has: references stay in the queue when the columns that they stand in are taken out.
    """

    @st.fragment(run_every=every)
    @wraps(block)
    def drawn() -> None:
        hold_visit()
        with checked(), recorded(), nullcontext() if every is None else sent_whole():
            block()

    with st.container():
        drawn()


@contextmanager
def errors_explained(name: str) -> Iterator[None]:
    """In place of what needed more memory than there is, a sentence and a way to ask again; `name` is the block's.

    In place of what the network in use can't give, such as gradients, the sentence that says so.
    """
    try:
        yield
    except MemoryFullError as error:
        st.warning(plain(str(error)), icon=":material/memory:")
        st.button("Try again", icon=":material/refresh:", key=f"again_{name}")
    except ValueError as error:
        from explorer.networks.loading import NetworkError

        if not isinstance(error, NetworkError):
            raise
        st.info(plain(str(error)), icon=":material/info:")
