"""The Chromium of the browser tests; `python -m tests.browser.support.chromium` installs one where none is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

# The headless shell is the same engine without the windows that nobody sees: a quarter less to compute for each page.
COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MISSING = (
    "The browser tests need Chromium or Chrome, and none could be installed: install it by hand "
    "(Debian: apt-get install chromium; elsewhere: playwright install --with-deps chromium)."
)


def find() -> str | None:
    """Path of a browser that starts, None where there is none."""
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> list[str]:
    installed = [path for command in COMMANDS if (path := shutil.which(command))]
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return [path for path in (*installed, *MAC_APPS, own) if os.path.exists(path)]


def starts(path: str) -> bool:
    """Whether `path` is a real browser: Ubuntu's chromium-browser may be a mere hint to install a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> str | None:
    """Path of a browser installed by the system's packages, else by playwright; None if both fail."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], *(["install", "-y", package] for package in COMMANDS[:2])):
            subprocess.run(["apt-get", "-q", *arguments], env=quiet, stdin=subprocess.DEVNULL, check=False)
            if path := find():
                return path
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


if __name__ == "__main__":
    sys.exit(None if find() or install() else MISSING)
