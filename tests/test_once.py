"""What is done once for each new value: by task, and again when it is forgotten."""

from __future__ import annotations

import pytest

from pages.parts.shell import once


@pytest.fixture(autouse=True)
def session(monkeypatch) -> None:
    monkeypatch.setattr(once.st, "session_state", {})


def test_each_value_is_new_once_until_another_comes():
    assert [once.is_new("follow", text) for text in ("a", "a", "b", "a", "a")] == [True, False, True, True, False]


def test_tasks_do_not_know_of_each_other():
    once.is_new("follow", "a")
    assert once.is_new("check", "a")
    assert once.was_done("follow")
    assert not once.was_done("prepare")


def test_what_is_forgotten_is_new_again_and_none_is_a_value():
    assert once.is_new("follow", None)
    assert not once.is_new("follow", None)
    once.forget("follow")
    once.forget("never done")
    assert not once.was_done("follow")
    assert once.is_new("follow", None)
