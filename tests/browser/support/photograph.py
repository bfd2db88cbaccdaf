"""The README's pictures: the screens it shows, above the fold, at laptop size; and each screen small, for Home's rooms.

`make pictures` makes them anew; with names of screens it makes theirs only.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import PIL.Image
from playwright.sync_api import sync_playwright

from pages.parts.shell.screens import SCREENS, section_of
from tests.browser.conftest import CHROMIUM_ARGS, LAPTOP
from tests.browser.support import chromium
from tests.browser.support.driver import at_rest
from tests.browser.support.server import ROOT, serving

FOLDER = ROOT / "assets" / "screenshots"
ROOMS = ROOT / "assets" / "rooms"
OPENED = {
    "home": "",
    "learning": "learning?learning_epoch=30",  # what has been learned, not the noise it begins with
    "overfitting": "overfitting?overfitting_view=Double+descent",
    "depth": "depth?depth_view=The+history",
}
WIDTH, QUALITY = 1024, 80  # in the repository: about 50 KB each
SMALL, SMALL_QUALITY = 300, 70  # about 6 KB each
SIDEBAR, HEADING, RIM = 300, 130, 60  # pixels that are not the screen's own


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    program = chromium.find()
    log = Path(tempfile.mkdtemp()) / "server.log"
    with serving(log) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport=LAPTOP)
        for name in names or [name for name, *_ in SCREENS]:
            page.goto(f"{url}/{OPENED.get(name, name)}")
            at_rest(page, quiet_s=3, limit_s=300)
            if name in shown():
                save(page.screenshot(), FOLDER / f"{name}.webp")
            if section_of(name):  # a door of Home's shows it
                save_small(page.screenshot(), ROOMS / f"{name}.webp")


def shown() -> list[str]:
    """The screens whose pictures the README shows."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return [name for name, *_ in SCREENS if f"screenshots/{name}.webp" in readme]


def save_small(png: bytes, file: Path) -> None:
    """What is the screen's own: without sidebar, heading and rim."""
    file.parent.mkdir(exist_ok=True)
    with PIL.Image.open(io.BytesIO(png)) as picture:
        own = picture.crop((SIDEBAR + RIM, HEADING, picture.width - RIM, picture.height))
        own.thumbnail((SMALL, SMALL))
        own.convert("RGB").save(file, quality=SMALL_QUALITY, method=6)


def save(png: bytes, file: Path) -> None:
    with PIL.Image.open(io.BytesIO(png)) as picture:
        picture.thumbnail((WIDTH, WIDTH))
        picture.convert("RGB").save(file, quality=QUALITY, method=6)


if __name__ == "__main__":
    main(sys.argv[1:])
