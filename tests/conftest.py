"""What every test relies on."""

from __future__ import annotations

import importlib.util
import os

# Set before anything is imported, and inherited by the app that the browser tests start.
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test waits for a download
os.environ["STREAMLIT_CLIENT_SHOW_ERROR_DETAILS"] = "full"  # visitors see no traceback, tests should

# Whoever installed requirements.txt alone can run all but the browser tests; CI always runs those too.
without_browser = not os.environ.get("CI") and importlib.util.find_spec("playwright") is None
collect_ignore = ["browser"] if without_browser else []


def pytest_report_header() -> str | None:
    return "browser tests left out: `make test` installs what they need" if without_browser else None
