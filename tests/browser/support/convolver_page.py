"""What the tests of the live convolution do with its page: open a case, read the canvas back, say what it must show."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

from explorer import render
from explorer.filtering import convolution
from tests.browser.support.convolver_app import DEFAULTS, noise
from tests.browser.support.server import serving

SCRIPT = "tests/browser/support/convolver_app.py"
LIMIT_MS = 60_000
SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
DIFFERENCE = [[1, -1]]
# As if the processor needed so many milliseconds more for each row.
SLOW_ROWS = """
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (module) {
        const { memory, addProducts, finish } = new Instance(module).exports;
        const slowly = (...where) => {
            for (const start = performance.now(); performance.now() - start < %s;);
            addProducts(...where);
        };
        return { exports: { memory, addProducts: slowly, finish } };
    };
"""
RNG = np.random.default_rng(7)


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of convolver_app.py instead of the whole app."""
    with serving(tmp_path_factory.mktemp("convolver") / "server.log", SCRIPT) as url:
        yield url


def weights(rows: int, columns: int) -> list[list[float]]:
    return RNG.normal(size=(rows, columns)).round(3).tolist()


def open_case(page: Page, **case: Any) -> None:
    page.goto(f"/?case={quote(json.dumps(case))}")
    sharp(page, 0)


def sharp(page: Page, after: int) -> None:
    """Wait until a frame later than `after` is painted at full resolution."""
    root = page.get_by_test_id("convolver")
    root.wait_for(timeout=LIMIT_MS)
    page.wait_for_function(
        "([root, after]) => root.dataset.settled === 'true' && Number(root.dataset.frame) > after",
        arg=[root.element_handle(), after],
        timeout=LIMIT_MS,
    )


def frame(page: Page) -> int:
    return int(page.get_by_test_id("convolver").get_attribute("data-frame") or 0)


def show_case(page: Page, **case: Any) -> None:
    """Send another case from Python, as a preset does."""
    before = frame(page)
    field = page.get_by_label("case")
    field.fill(json.dumps(case))
    field.press("Enter")
    sharp(page, before)


def pixels(page: Page, name: str = "result") -> NDArray[np.uint8]:
    """The canvas read back: (H, W, 3)."""
    script = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let text = "";
        for (const byte of data) text += String.fromCharCode(byte);
        return [canvas.height, canvas.width, btoa(text)];
    }"""
    height, width, text = page.get_by_test_id(f"{name}-canvas").evaluate(script)
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3]


def computed(values: NDArray[Any], settings: dict[str, Any]) -> NDArray[Any]:
    chosen = DEFAULTS | settings
    how = {name: chosen[name] for name in ("padding", "stride", "dilation", "flip")}
    if chosen["rest"]:
        grids = np.stack([chosen["kernel"], *chosen["rest"]], -1)
        sums = convolution.sum_over_colours(values, grids.astype(float), **how)
    else:
        sums = convolution.convolve(values, np.array(chosen["kernel"], float), **how)
    return chosen["scale"] * sums + chosen["bias"]


def expected(size: tuple[int, int], seed: int, settings: dict[str, Any]) -> NDArray[np.uint8]:
    """What the result canvas must show, by explorer.convolve in double precision."""
    chosen = DEFAULTS | settings
    values: NDArray[Any] = noise(*size, seed) / 255
    if chosen["colour"] == "grey":
        values = values @ [0.299, 0.587, 0.114]
    result = computed(values, settings)
    most = np.abs(result).max() or 1
    if chosen["display"] == "diverging" and result.ndim == 2:
        return render.signed(result)
    shares = {"clipped": result, "absolute": np.abs(result) / most}
    levels = render.to_uint8(shares.get(chosen["display"], result / (2 * most) + 0.5))
    return levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, -1)


def off_by(page: Page, size: tuple[int, int], seed: int, settings: dict[str, Any]) -> int:
    shown, wanted = pixels(page).astype(int), expected(size, seed, settings).astype(int)
    assert shown.shape == wanted.shape
    return int(np.abs(shown - wanted).max())


def cell(page: Page, row: int, column: int) -> Locator:
    """The weight in that row and column, counted from 1; the page counts from 0."""
    return page.get_by_label(f"row {row - 1} column {column - 1} weight", exact=True)


def field(page: Page, label: str) -> Locator:
    """One of the fields under More, unfolded."""
    fold = page.get_by_test_id("convolver").locator(".settings details")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return fold.get_by_label(label)


def size(page: Page, which: str, text: str) -> None:
    """Type another size and press Enter."""
    field = page.get_by_label(f"Kernel {which}")
    field.fill(text)
    field.press("Enter")


def settled(page: Page, **wanted: Any) -> dict[str, Any]:
    """What Python has, once it has `wanted`."""
    script = """wanted => {
        const text = [...document.querySelectorAll('[data-testid="stCode"] code')].at(-1)?.innerText;
        const came = text ? JSON.parse(text) : {};
        const same = ([name, value]) => JSON.stringify(came[name]) === JSON.stringify(value);
        return Object.entries(wanted).every(same) && came;
    }"""
    plain = json.loads(json.dumps(wanted))
    return page.wait_for_function(script, arg=plain, timeout=LIMIT_MS).json_value()


def unpinned(page: Page) -> dict[str, Any]:
    """What Python has after the pixel that was pinned is not: what had been good before would be among it."""
    page.get_by_test_id("result").press("Enter")
    return settled(page, pin=None)


def paste(target: Locator, text: str) -> None:
    script = """(cell, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        const how = { clipboardData, bubbles: true, cancelable: true, composed: true };
        cell.dispatchEvent(new ClipboardEvent("paste", how));
    }"""
    target.evaluate(script, text)


GEOMETRIES: list[tuple[tuple[int, int], dict[str, Any]]] = [
    ((48, 64), {"kernel": SOBEL}),
    ((31, 17), {"kernel": DIFFERENCE, "padding": "zero"}),
    ((31, 17), {"kernel": weights(2, 4), "padding": "valid", "flip": True}),
    ((40, 40), {"kernel": weights(4, 3), "padding": "replicate", "stride": 2, "flip": True}),
    ((33, 47), {"kernel": weights(3, 5), "padding": "zero", "stride": 3, "dilation": 2}),
    ((20, 21), {"kernel": weights(7, 7), "padding": "reflect", "dilation": 3, "scale": -0.5, "bias": 0.25}),
    (
        (48, 64),
        {
            "kernel": np.outer(np.hanning(17)[1:-1], np.hanning(15)[1:-1]).tolist(),
            "padding": "replicate",
            "scale": 0.02,
        },
    ),
    ((64, 48), {"kernel": weights(15, 15), "padding": "reflect", "scale": 0.1}),
    ((5, 3), {"kernel": weights(15, 14), "padding": "reflect", "scale": 0.1}),
    ((1, 9), {"kernel": weights(3, 3), "padding": "reflect", "stride": 4}),
    ((15, 15), {"kernel": weights(15, 15), "padding": "valid"}),
    ((24, 24), {"kernel": [[0.0]]}),
]

FILTERS: list[tuple[tuple[int, int], dict[str, Any]]] = [
    (size, geometry | {"colour": "filter", "rest": [weights(*np.shape(geometry["kernel"])) for _ in range(2)]})
    for size, geometry in GEOMETRIES[:8:2]
]
