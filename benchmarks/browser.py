"""What the benchmarks in a browser share: scripts served, Chromium, and the clock of a trip to the server and back."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.support import chromium
from tests.browser.support.driver import at_rest
from tests.browser.support.server import serving

# A frame has been painted when the browser, having drawn it, finds time for a message.
DRAWN = """
const drawn = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(0);
});
"""
# Load events don't rise, but are caught on the way down. The picker's own small picture is outside stMain.
TRIP = f"""
() => {{ window.trip = new Promise((done, failed) => {{
    {DRAWN}
    setTimeout(() => failed(new Error("no new picture within 30 s")), 30_000);
    let start;
    const pressed = () => (start ??= performance.now());
    const loaded = ({{target}}) => {{
        if (start === undefined || target.naturalWidth !== 512 || !target.closest('[data-testid="stMain"]')) return;
        document.removeEventListener("keydown", pressed, true);
        document.removeEventListener("load", loaded, true);
        drawn(() => done(performance.now() - start));
    }};
    document.addEventListener("keydown", pressed, true);
    document.addEventListener("load", loaded, true);
}}); }}
"""


@contextlib.contextmanager
def browsing(*scripts: str) -> Iterator[tuple[Browser, list[str]]]:
    """Chromium, and the address at which each of the scripts runs.

    Raises SystemExit where there is no browser.
    """
    path = chromium.find()
    if path is None:
        raise SystemExit("This benchmark needs Chromium or Chrome: `make chromium` installs one.")
    with contextlib.ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [stack.enter_context(serving(logs / f"{number}.log", script)) for number, script in enumerate(scripts)]
        playwright = stack.enter_context(sync_playwright())
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"]), urls


def fresh_page(browser: Browser, url: str) -> Page:
    """A new visitor's page at laptop size, at rest; the first visit may wait for torch."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(url)
    at_rest(page, limit_s=300)
    return page


def trip(page: Page, press: Callable[[], None]) -> float:
    """Milliseconds, by the browser's clock, from `press`'s press of a key to a new 512-pixel picture drawn."""
    page.evaluate(TRIP)
    press()
    milliseconds: float = page.evaluate("window.trip")
    at_rest(page, quiet_s=0.2)
    return milliseconds
