"""Visitors who have left: their sessions end when their time is over, and what they held goes back to the system.

Streamlit looks for sessions that are over when the next visitor comes, and ends them when Python happens to collect
them: the last visitor of a class would leave everything behind.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from contextlib import suppress
from types import ModuleType
from typing import Any
from weakref import ReferenceType, ref

import streamlit as st
from streamlit import config, runtime

from pages.parts.shell.replaced import Replaced
from pages.parts.shell.visit import Visit, visit_of

_LOOK_EVERY = 5.0  # seconds
_M_ARENA_MAX, _ARENAS = -8, 2  # glibc's mallopt


class Leaving:
    """Ends the sessions whose visitors left so long ago that they can't come back to them."""

    def __init__(self, manager: Any) -> None:
        self._manager, self._storage = manager, manager._session_storage
        self._away: dict[str, tuple[ReferenceType[Any], Visit | None]] = {}  # those who could still come back

    def look(self) -> int:
        """End what is over; returns how many sessions that were."""
        last_page = sys.modules[
            "__main__"
        ]  # before the sessions are listed: who comes meanwhile gets a page of their own
        active = {info.session.id for info in self._manager.list_active_sessions()}
        sessions = {info.session.id: info.session for info in self._manager.list_sessions()}
        over = {name: away for name, away in self._away.items() if name not in sessions}
        self._away = {
            name: (ref(session), visit_of(session.session_state))
            for name, session in sessions.items()
            if name not in active
        }
        for name, (kept, visit) in over.items():
            with suppress(KeyError):  # it is hidden, but held until the next one comes
                self._storage.delete(name)
            if (session := kept()) is not None:
                _end(session)
            if visit is not None:
                visit.end()
        if over and not active:
            _empty(last_page)
        return len(over)


def _end(session: Any) -> None:
    """End a session and empty it: Streamlit's loop holds on to the last one until the next visitor comes."""
    session.shutdown()
    session.session_state.clear()
    with suppress(AttributeError):
        session.session_state._new_widget_state.widget_metadata.clear()  # callbacks, with all that their page had
    with suppress(AttributeError):
        session._fragment_storage.clear()  # blocks that can be drawn anew, likewise


def _empty(page: ModuleType) -> None:
    """Empty what stands for the page's script that ran last: Python holds on to it until another runs."""
    if "__streamlitmagic__" in vars(page):
        vars(page).clear()


@st.cache_resource(show_spinner=False)
def see_visitors_out() -> threading.Thread:
    """Look for visitors who have left, once for the server and as long as it runs."""
    share_arenas()
    thread = threading.Thread(target=_look_on, name="leaving", daemon=True)
    thread.start()
    return thread


def _look_on() -> None:
    try:
        server = runtime.get_instance()
        leaving, replaced = Leaving(server._session_mgr), Replaced(server.media_file_mgr)
    except (RuntimeError, AttributeError):  # no server, or a Streamlit of another make, which does both in its own time
        return
    every = min(_LOOK_EVERY, config.get_option("server.disconnectedSessionTTL") / 3)
    while runtime.exists():
        time.sleep(every)
        replaced.look()
        if leaving.look():
            collect()
        give_back()


def collect() -> None:
    """Free what nobody refers to any more."""
    gc.unfreeze()  # what was there when the libraries had come is left out of collections, the first visitor's too
    gc.collect()
    gc.freeze()


def share_arenas() -> None:
    """Let all threads allocate from the same few places; else each has its own, as large as it ever was."""
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Hand freed memory back to the system."""
    if (trim := _of_glibc("malloc_trim")) is not None:
        trim(0)


def _of_glibc(name: str) -> Any:
    """A function that only glibc has, or None."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
