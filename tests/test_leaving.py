"""Sessions of visitors who left: they are ended, and the page of one who comes meanwhile is left alone."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from pages.parts.shell.leaving import Leaving


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


def test_the_page_of_one_who_comes_meanwhile_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", page())
    next_page = page()
    manager = Manager(comes=lambda: sys.modules.update({"__main__": next_page}))
    leaving = Leaving(manager)
    leaving.look()
    manager.there = []
    assert leaving.look() == 1
    assert vars(next_page)["image"] == "cat"
