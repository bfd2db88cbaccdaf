"""Sessions of visitors who left: they are ended, and the page of one who comes meanwhile is left alone."""

from __future__ import annotations

import gc
import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.runtime.state.session_state import SessionState

from pages.parts.shell.session_cleanup import Leaving, _end
from pages.parts.shell.visit import Visit

THREADS = """
import ctypes, sys, threading
from pages.parts.shell.session_cleanup import share_arenas
if sys.argv[1] == "shared":
    share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(12)
def allocate():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(12)]
[one.start() for one in threads]
[one.join() for one in threads]
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the allocator of Linux")
def test_threads_share_a_few_places_to_allocate_from():
    def places(how: str) -> int:
        done = subprocess.run([sys.executable, "-c", THREADS, how], capture_output=True, text=True, check=True)
        return done.stdout.count("<heap nr=")

    assert places("shared") <= 3 < places("each their own")


class Session:
    """A session that says whether it was ended."""

    def __init__(self) -> None:
        self.id, self.ended, self.session_state = "one", False, {"picture": "cat"}

    def shutdown(self) -> None:
        self.ended = True


class Manager:
    """Streamlit's manager, with one session whose visitor left; `comes` is done once they are gone from its list."""

    def __init__(self, comes: Any = lambda: None) -> None:
        self.session, self.comes = Session(), comes
        self.there = [SimpleNamespace(session=self.session)]
        self._session_storage = SimpleNamespace(delete=lambda name: None)

    def list_active_sessions(self) -> list[Any]:
        return []

    def list_sessions(self) -> list[Any]:
        if not self.there:
            self.comes()
        return self.there


def page() -> ModuleType:
    module = ModuleType("__main__")
    module.__dict__["__streamlitmagic__"], module.__dict__["image"] = object(), "cat"
    return module


def test_a_session_whose_time_is_over_is_ended_and_its_page_emptied(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", last := page())
    manager = Manager()
    leaving = Leaving(manager)
    assert leaving.look() == 0
    assert not manager.session.ended  # they may come back
    manager.there = []
    assert leaving.look() == 1
    assert manager.session.ended
    assert not manager.session.session_state
    assert not vars(last)


@pytest.mark.parametrize("collected", [False, True])
def test_the_visit_ends_with_its_session_also_where_python_has_collected_that(collected, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", page())
    manager, visit = Manager(), Visit("one", own=True)
    manager.session.session_state["visit"] = visit
    leaving = Leaving(manager)
    leaving.look()
    manager.there = []
    if collected:
        manager.session = None
        gc.collect()
    assert visit.owner
    assert not visit.owner.gone
    leaving.look()
    assert visit.owner.gone


def test_the_page_of_one_who_comes_meanwhile_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", page())
    next_page = page()
    manager = Manager(comes=lambda: sys.modules.update({"__main__": next_page}))
    leaving = Leaving(manager)
    leaving.look()
    manager.there = []
    assert leaving.look() == 1
    assert vars(next_page)["image"] == "cat"


def test_callbacks_go_with_their_session():
    """Streamlit's own `clear` leaves them, and through them the page with its picture outlives the visit."""
    state = SessionState()
    state._new_widget_state.widget_metadata["a button"] = cast("Any", object())
    state.clear()
    assert state._new_widget_state.widget_metadata  # else this is no longer needed
    _end(SimpleNamespace(session_state=state, shutdown=lambda: None))
    assert not state._new_widget_state.widget_metadata
