"""What the browser tests do on every page: open it, wait until it is at rest, look for exceptions, bring a picture."""

from __future__ import annotations

from playwright.sync_api import Page, TimeoutError

LIMIT_MS = 90_000
# Streamlit writes the state of the connection and of the script on its outermost element. Between two runs of
# a script, and before a component draws, it looks done for a moment: so the state has to last.
STATE = """
() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return {
        connection: app?.getAttribute("data-test-connection-state") ?? "none",
        script: app?.getAttribute("data-test-script-state") ?? "none",
        skeletons: document.querySelectorAll('[data-testid="stSkeleton"]').length,
    };
}
"""
RESTED = f"""
(quietMs) => {{
    const {{connection, script, skeletons}} = ({STATE})();
    const still = connection === "CONNECTED" && script === "notRunning" && skeletons === 0;
    window.stillSince = still ? (window.stillSince ?? performance.now()) : undefined;
    return still && performance.now() - window.stillSince >= quietMs;
}}
"""


def open_page(page: Page, path: str, query: str = "") -> None:
    """Open a page of the app ("" is the first), with a query such as "sample=cat", and wait for its rest."""
    page.goto("/" + path.lstrip("/") + (f"?{query}" if query else ""))
    at_rest(page)


def at_rest(page: Page, *, quiet_s: float = 0.4, limit_s: float = LIMIT_MS / 1000) -> None:
    """Wait until the app is connected, no script runs and no skeleton stands, for `quiet_s` seconds on end.

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
    page.locator('.st-key-upload input[type="file"]').set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": content}
    )
    at_rest(page)
    page.keyboard.press("Escape")


def drag_by_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    touch = page.context.new_cdp_session(page)
    places = [tuple(a + share * (b - a) for a, b in zip(start, end, strict=True)) for share in (0, 0.3, 0.6, 1)]
    for number, (x, y) in enumerate(places):
        kind = "touchMove" if number else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
