"""What every test relies on."""

from __future__ import annotations

import functools
import importlib.util
import math
import os
import sys
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner

import explorer
from explorer.compute import threads
from explorer.scheduler import scheduler
from tests.support import whole_app
from tests.support.small import small_network
from tests.support.small_pictures import small_pictures  # noqa: F401

# Set before timm is imported, and inherited by the app that the browser tests start.
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test waits for a download
os.environ["STREAMLIT_CLIENT_SHOW_ERROR_DETAILS"] = "full"  # visitors see no traceback, tests should

# Whoever installed requirements.txt alone can run all but the browser tests; CI always runs those too.
without_browser = not os.environ.get("CI") and importlib.util.find_spec("playwright") is None
collect_ignore = ["browser"] if without_browser else []


def pytest_report_header() -> str | None:
    return "browser tests left out: `make test` installs what they need" if without_browser else None


@pytest.hookimpl(tryfirst=True)  # before any fixture
def pytest_runtest_setup() -> None:
    """What ours is held against runs on as many threads as ours: sums in another order differ in the last bit."""
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(threads())


@pytest.fixture(scope="session", autouse=True)
def _packages_are_looked_through_once() -> Iterator[None]:
    """Each AppTest looks for components in the metadata of every installed package, longer than it draws a screen."""
    scan = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def _stop_long_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No climb goes on beside the next test; within one it does, though AppTest's visitor never looks by itself."""
    monkeypatch.setattr(scheduler, "patience", math.inf)
    yield
    whole_app.stop_long_work()


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for torch: for the tests of screens that need none."""
    monkeypatch.setattr("pages.parts.shell.frame.warm_up", lambda: None)


@pytest.fixture(scope="session")
def lite0() -> explorer.Network:
    return explorer.load_network("efficientnet_lite0", device="cpu")


@pytest.fixture(scope="session")
def small() -> explorer.Network:
    return small_network()
