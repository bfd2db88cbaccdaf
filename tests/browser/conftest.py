"""The app on a free port and a page of a real Chromium on it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright

from tests.browser.support import chromium
from tests.browser.support.driver import hear_answers
from tests.browser.support.server import ROOT, serving

SCREENSHOTS = ROOT / "test-results"
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
KEPT = "/_stcore/health"  # the page that stays open
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--font-render-hinting=none",  # else the headless shell makes small letters as wide as whole pixels
    "--process-per-site",  # one process for all pages of a context: see `_keep_scripts`
]  # fmt: skip
# Opened at /page, Streamlit looks for its own addresses below /page first: these 404s are no fault of ours.
OWN_PROBE = re.compile(r"/[^/]+/_stcore/(health|host-config)$")

expect.set_options(timeout=30_000)  # a busy machine's

log_key = pytest.StashKey[Path]()


# Of the package, not of the session: playwright's event loop has ended when the other tests begin.
@pytest.fixture(scope="package")
def app_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of the app, started once for all browser tests."""
    log = tmp_path_factory.mktemp("app") / "server.log"
    request.config.stash[log_key] = log
    with serving(log) as url:
        yield url


@pytest.fixture(scope="package")
def browser_path() -> str:
    """The browser's program, looked for before playwright's event loop runs."""
    path = chromium.find()
    if path is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium or Chrome: `make test` installs one")
    return str(path)


@pytest.fixture(scope="package")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page_errors() -> list[str]:
    """What the page's console reported as errors. A test that provokes one on purpose clears the list."""
    return []


class Devices:
    """A context for the laptops and one for the phones of each app's visitors.

    Streamlit's scripts are fetched and compiled once for all pages of a context, not once a test.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[tuple[str, bool], BrowserContext] = {}

    def context(self, url: str, *, phone: bool = False) -> BrowserContext:
        """That of the app at this address."""
        if (url, phone) not in self._contexts:
            how: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {}
            context = self._browser.new_context(base_url=url, **({"viewport": LAPTOP} | how))
            _keep_scripts(context, url)
            hear_answers(context)
            self._contexts[url, phone] = context
        return self._contexts[url, phone]


@pytest.fixture(scope="package")
def devices(browser: Browser) -> Devices:
    return Devices(browser)


def _keep_scripts(context: BrowserContext, url: str) -> None:
    """While one page of the app is open, so is the process that has its scripts compiled: half of what a page costs."""
    context.new_page().goto(url + KEPT)


@pytest.fixture
def page(devices: Devices, app_url: str, page_errors: list[str]) -> Iterator[Page]:
    """A fresh visitor's page at laptop size; paths are relative to the app."""
    yield from visit(devices.context(app_url), page_errors)


@pytest.fixture
def phone(devices: Devices, app_url: str, page_errors: list[str]) -> Iterator[Page]:
    """As `page`, on a phone."""
    yield from visit(devices.context(app_url, phone=True), page_errors)


@pytest.fixture
def camera_page(browser: Browser, browser_path: str, app_url: str, page_errors: list[str]) -> Iterator[Page]:
    """As `page`, of a browser whose camera films a test pattern."""
    yield from filming(browser, browser_path, app_url, page_errors)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """What the camera of `film_page` sees: an uncompressed film (.y4m), opened whenever the camera is switched on."""
    return tmp_path / "film.y4m"


@pytest.fixture
def film_page(
    browser: Browser, browser_path: str, app_url: str, page_errors: list[str], film: Path
) -> Iterator[Page]:  # fmt: skip
    """As `page`, of a browser whose camera is a file."""
    yield from filming(browser, browser_path, app_url, page_errors, f"--use-file-for-fake-video-capture={film}")


def filming(browser: Browser, path: str, url: str, errors: list[str], *arguments: str) -> Iterator[Page]:
    """A page of a browser of its own, which has a camera."""
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", *arguments]
    with_camera = browser.browser_type.launch(executable_path=path, args=[*CHROMIUM_ARGS, *fake])
    with with_camera.new_context(base_url=url, viewport=LAPTOP, permissions=["camera"]) as context:
        hear_answers(context)
        yield from visit(context, errors)
    with_camera.close()


def visit(context: BrowserContext, errors: list[str]) -> Iterator[Page]:
    """A page of a fresh visitor, who finds nothing of those before; what its console reports is added to `errors`."""
    page = context.new_page()

    def keep_error(message: ConsoleMessage) -> None:
        if message.type == "error" and not OWN_PROBE.search(urlsplit(message.location["url"]).path):
            errors.append(f"{message.text} ({message.location['url']})")

    page.on("console", keep_error)
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    yield page
    forget(page)


def forget(page: Page) -> None:
    """What a visitor leaves in the browser goes with them; what the browser has fetched stays."""
    page.context.set_offline(False)
    with contextlib.suppress(Error):  # the test may have left the app, or closed the page
        page.evaluate("localStorage.clear()")
    page.context.clear_cookies()
    for one in page.context.pages:
        if not one.url.endswith(KEPT):
            one.close()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Fail a test whose page reported errors; of each test that fails keep a screenshot, them and the app's log."""
    try:
        result = yield
        errors = pyfuncitem.funcargs.get("page_errors")
        assert not errors, "errors in the browser's console:\n" + "\n".join(errors)
        return result
    except BaseException:
        report_failure(pyfuncitem)
        raise


def report_failure(test: pytest.Function) -> None:
    if errors := test.funcargs.get("page_errors"):
        test.add_report_section("call", "console", "\n".join(errors))
    for page in (given for given in test.funcargs.values() if isinstance(given, Page)):
        picture = SCREENSHOTS / (re.sub(r"[^\w.-]+", "-", test.name).strip("-") + ".png")
        with contextlib.suppress(Error):
            page.screenshot(path=picture, full_page=True, timeout=10_000)
            test.add_report_section("call", "screenshot", str(picture.relative_to(ROOT)))
    if log := test.config.stash.get(log_key, None):
        test.add_report_section("call", "app log", "\n".join(log.read_text().splitlines()[-60:]))
