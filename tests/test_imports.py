"""Libraries whose parts import each other come whole, whoever asks for them at the same time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest

from explorer.imports import imported


@pytest.fixture
def knotted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package of two modules that import each other, the first of which waits a while for the second to begin."""
    gate = ModuleType("gate")
    gate.first, gate.second = Event(), Event()
    package = tmp_path / "knotted"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "a.py").write_text("import gate\ngate.first.set()\ngate.second.wait(0.2)\nfrom knotted.b import Y\n")
    (package / "b.py").write_text("import gate\ngate.second.set()\nimport knotted.a\nY = 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "gate", gate)
    yield gate
    for name in ("knotted", "knotted.a", "knotted.b"):
        sys.modules.pop(name, None)


def test_a_library_is_never_seen_half_there(knotted: Any) -> None:
    def second() -> Any:
        knotted.first.wait(5)
        return imported("knotted.b")

    with ThreadPoolExecutor(2) as threads:
        last, first = threads.submit(second), threads.submit(imported, "knotted.a")
        assert (first.result().Y, last.result().Y) == (2, 2)
