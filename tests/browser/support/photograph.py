"""The README's pictures: the screens it shows, above the fold, at laptop size. `make pictures` makes them anew.

With names of screens it makes theirs only.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import PIL.Image
from playwright.sync_api import sync_playwright

from pages.parts.shell.frame import SCREENS
from tests.browser.conftest import CHROMIUM_ARGS, LAPTOP
from tests.browser.support import chromium
from tests.browser.support.driver import at_rest
from tests.browser.support.server import ROOT, serving

FOLDER = ROOT / "assets" / "screenshots"
OPENED = {
    "home": "",
    "learning": "learning?learning_epoch=30",  # what has been learned, not the noise it begins with
    "overfitting": "overfitting?overfitting_view=Double+descent",
    "depth": "depth?depth_view=The+history",
}
WIDTH, QUALITY = 1024, 80  # in the repository: about 50 KB each


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    program = chromium.find()
    log = Path(tempfile.mkdtemp()) / "server.log"
    with serving(log) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport=LAPTOP)
        for name in names or shown():
            page.goto(f"{url}/{OPENED.get(name, name)}")
            at_rest(page, quiet_s=3, limit_s=300)
            save(page.screenshot(), FOLDER / f"{name}.webp")


def shown() -> list[str]:
    """The screens whose pictures the README shows."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return [name for name, *_ in SCREENS if f"screenshots/{name}.webp" in readme]


def save(png: bytes, file: Path) -> None:
    with PIL.Image.open(io.BytesIO(png)) as picture:
        picture.thumbnail((WIDTH, WIDTH))
        picture.convert("RGB").save(file, quality=QUALITY, method=6)


if __name__ == "__main__":
    main(sys.argv[1:])
