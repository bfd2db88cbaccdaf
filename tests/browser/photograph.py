"""The README's pictures: the screens it shows, above the fold, at laptop size. `make pictures` makes them anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
from playwright.sync_api import sync_playwright

from pages.parts.frame import SCREENS
from tests.browser import chromium
from tests.browser.conftest import CHROMIUM_ARGS, LAPTOP
from tests.browser.driver import at_rest
from tests.browser.server import ROOT, serving

FOLDER = ROOT / "assets" / "screenshots"
WIDTH = 1024  # pixels in the repository


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    program = chromium.find()
    log = Path(tempfile.mkdtemp()) / "server.log"
    with serving(log) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport=LAPTOP)
        for name in shown():
            page.goto(f"{url}/{'' if name == 'home' else name}")
            at_rest(page, quiet_s=3, limit_s=300)
            page.screenshot(path=FOLDER / f"{name}.png")
            shrink(FOLDER / f"{name}.png")


def shown() -> list[str]:
    """The screens whose pictures the README shows."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return [name for name, *_ in SCREENS if f"screenshots/{name}.png" in readme]


def shrink(file: Path) -> None:
    picture = cv2.imread(str(file))
    size = (WIDTH, round(picture.shape[0] * WIDTH / picture.shape[1]))
    cv2.imwrite(str(file), cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    main()
