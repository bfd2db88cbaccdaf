"""Pictures that a run has replaced: a slow browser still gets them, and they don't stay for ever."""

from __future__ import annotations

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.parts.shell import replaced

BYTES = 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    now = [100.0]
    monkeypatch.setattr(replaced.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def storage() -> MemoryMediaFileStorage:
    return MemoryMediaFileStorage("/media")


@pytest.fixture
def manager(storage: MemoryMediaFileStorage) -> MediaFileManager:
    return MediaFileManager(storage)


@pytest.fixture
def late(manager: MediaFileManager) -> replaced.Replaced:
    return replaced.Replaced(manager)


def show(manager: MediaFileManager, colour: int) -> None:
    """Draw a page with one picture."""
    manager.clear_session_refs()
    manager.add(bytes([colour]) * BYTES, "image/png", "the only place")


def kept(storage: MemoryMediaFileStorage) -> set[int]:
    return {file.content[0] for file in storage._files_by_id.values()}


def test_a_replaced_picture_is_there_for_a_moment(manager, storage, late, clock):
    show(manager, 1)
    show(manager, 2)
    manager.remove_orphaned_files()
    late.look()
    assert kept(storage) == {1, 2}
    clock[0] += replaced.KEPT_S
    late.look()
    assert kept(storage) == {2}


def test_a_picture_that_is_shown_again_stays(manager, storage, late, clock):
    show(manager, 1)
    manager.clear_session_refs()  # the page is being drawn again …
    manager.remove_orphaned_files()  # … while another's run ends
    assert kept(storage) == {1}
    show(manager, 1)
    clock[0] += replaced.KEPT_S
    late.look()
    assert kept(storage) == {1}


def test_a_picture_shown_and_replaced_anew_has_its_moment_anew(manager, storage, late, clock):
    for colour in (1, 2, 1, 2):
        show(manager, colour)
        manager.remove_orphaned_files()
        clock[0] += replaced.KEPT_S * 0.4
    late.look()
    assert kept(storage) == {1, 2}
