"""What the browser tests do on every page: open it, wait until it is at rest, look for exceptions, bring a picture."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, TimeoutError

from pages.parts.shell.screens import SECTIONS

T = TypeVar("T")
LIMIT_MS = 90_000
ASKED = Path(__file__).with_name("asked.js").read_text("utf-8")
# What the server sends is heard 0.9 s later.
LATE = """
const listen = WebSocket.prototype.addEventListener;
const late = (hear) => (event) => setTimeout(hear, 900, event);
WebSocket.prototype.addEventListener = function (kind, hear, how) {
    return listen.call(this, kind, kind === "message" ? late(hear) : hear, how);
};"""
# What the server sends is heard one message after another, so that the browser draws between any two.
ONE_BY_ONE = """
const listen = WebSocket.prototype.addEventListener;
let before = Promise.resolve();
const apart = (hear) => (event) => {
    before = before.then(() => new Promise((done) => setTimeout(() => (hear(event), done()), 40)));
};
WebSocket.prototype.addEventListener = function (kind, hear, how) {
    return listen.call(this, kind, kind === "message" ? apart(hear) : hear, how);
};"""
# Streamlit writes the state of the connection and of the script on its outermost element. Between two runs of
# a script, and before a component draws, it looks done for a moment: so the state has to last.
STATE = """
() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return {
        connection: app?.getAttribute("data-test-connection-state") ?? "none",
        script: app?.getAttribute("data-test-script-state") ?? "none",
        skeletons: document.querySelectorAll('[data-testid="stSkeleton"]').length,
        answered: window.answered?.() ?? true,
        unloaded: [...document.images].filter((one) => !one.complete && one.loading !== "lazy").length,
        height: document.querySelector('[data-testid="stMain"]')?.scrollHeight, // what comes late moves what is beneath
    };
}
"""
TICKS_MS = 100
RESTED = f"""
(quietMs) => {{
    const {{connection, script, skeletons, answered, unloaded, height}} = ({STATE})();
    const done = connection === "CONNECTED" && script === "notRunning" && skeletons + unloaded === 0 && answered;
    const still = done && height === (window.stillHeight ?? height);
    window.stillHeight = height;
    window.stillSince = still ? (window.stillSince ?? performance.now()) : undefined;
    const ticks = document.querySelector("[class*='st-key-stop_']"); // long work, whose clock leaves no longer pause
    return still && performance.now() - window.stillSince >= (ticks ? Math.min(quietMs, {TICKS_MS}) : quietMs);
}}
"""


def hear_answers(context: BrowserContext) -> None:
    """`at_rest` on its pages waits for the server's answer, too, which a busy one is long in beginning."""
    context.add_init_script(ASKED)


def eventually(read: Callable[[], T], wanted: object, *, limit_s: float = 30) -> T:
    """What `read` gives once it equals `wanted`, or once that, a function, says yes to it.

    Raises AssertionError with the last value after `limit_s` seconds.
    """
    end = time.monotonic() + limit_s
    while not met(value := read(), wanted):
        assert time.monotonic() < end, f"it is still {value!r} after {limit_s:g} s, and not {wanted!r}"
        time.sleep(0.05)
    return value


def met(value: object, wanted: object) -> bool:
    return bool(wanted(value) if callable(wanted) else value == wanted)


def address(page: Page) -> str:
    """What stands in the browser's line now; `page.url` is what playwright has last heard of it."""
    return page.evaluate("location.href")


def open_page(page: Page, path: str, query: str = "") -> None:
    """Open a page of the app ("" is the first), with a query such as "sample=cat", and wait for its rest."""
    page.goto("/" + path.lstrip("/") + (f"?{query}" if query else ""))
    at_rest(page)


def menu_link(page: Page, title: str) -> Locator:
    """A screen's link in the menu, with its section unfolded."""
    menu = page.get_by_test_id("stSidebarNav")
    section = next(name for name, screens in SECTIONS.items() if any(title == one for _, one, _ in screens))
    if section:
        name = menu.get_by_role("button", name=section, exact=True)
        if name.get_attribute("aria-expanded") == "false":
            name.click()
    return menu.get_by_role("link", name=title, exact=True)


def at_rest(page: Page, *, quiet_s: float = 0.4, limit_s: float = LIMIT_MS / 1000) -> None:
    """Wait until the app is connected, has answered, runs no script, shows all of it, for `quiet_s` seconds on end.

    Raises AssertionError with the app's last state after `limit_s` seconds.
    """
    page.evaluate("window.stillSince = undefined")  # the rest before the last click does not count
    try:
        page.wait_for_function(RESTED, arg=quiet_s * 1000, polling=50, timeout=limit_s * 1000)
    except TimeoutError:
        raise AssertionError(f"the app is not at rest after {limit_s:g} s: {page.evaluate(STATE)}") from None


def no_exceptions(page: Page) -> None:
    """Assert that the page shows no exception box."""
    shown = page.get_by_test_id("stException").all_inner_texts()
    assert not shown, "the page shows:\n" + "\n".join(shown)


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_text("Use your own").first.click()
    give(page, "upload", {"name": name, "mimeType": "image/jpeg", "buffer": content})
    page.keyboard.press("Escape")


def give(page: Page, key: str, file: FilePayload | Path) -> None:
    """Hand a file to the uploader of that key, and wait until the server has it and has answered."""
    with page.expect_response(re.compile("/upload_file/"), timeout=LIMIT_MS):
        page.locator(f'.st-key-{key} input[type="file"]').set_input_files(file)
    at_rest(page)


def drag_by_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    touch = page.context.new_cdp_session(page)
    places = [tuple(a + share * (b - a) for a, b in zip(start, end, strict=True)) for share in (0, 0.3, 0.6, 1)]
    for number, (x, y) in enumerate(places):
        kind = "touchMove" if number else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
