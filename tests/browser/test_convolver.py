"""The live convolution in a real browser: it shows what `explorer.convolve` says, and obeys every hand."""

from __future__ import annotations

import base64
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import render
from explorer.filtering import convolution
from tests.browser.conftest import CHROMIUM_ARGS, free_port, wait_until_healthy
from tests.browser.convolver_app import DEFAULTS, LECTURE, noise

APP = Path(__file__).with_name("convolver_app.py")
LIMIT_MS = 60_000
SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
DIFFERENCE = [[1, -1]]
RNG = np.random.default_rng(7)


def weights(rows: int, columns: int) -> list[list[float]]:
    return RNG.normal(size=(rows, columns)).round(3).tolist()


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of convolver_app.py instead of the whole app."""
    port, log = free_port(), tmp_path_factory.mktemp("convolver") / "server.log"
    options = {"port": port, "address": "127.0.0.1", "headless": "true", "fileWatcherType": "none"}
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(APP),
        *(f"--server.{k}={v}" for k, v in options.items()),
    ]
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as server,
    ):
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)


# -- helpers


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
    return page.get_by_label(f"row {row} column {column} weight", exact=True)


def settled(page: Page, **wanted: Any) -> dict[str, Any]:
    """What Python has, once it has `wanted`."""
    script = """wanted => {
        const text = [...document.querySelectorAll('[data-testid="stCode"] code')].at(-1)?.innerText;
        const came = text ? JSON.parse(text) : {};
        const same = ([name, value]) => JSON.stringify(came[name]) === JSON.stringify(value);
        return Object.entries(wanted).every(same) && came;
    }"""
    plain = json.loads(json.dumps(wanted))
    return page.wait_for_function(script, arg=plain, timeout=20_000).json_value()


def paste(target: Locator, text: str) -> None:
    script = """(cell, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        const how = { clipboardData, bubbles: true, cancelable: true, composed: true };
        cell.dispatchEvent(new ClipboardEvent("paste", how));
    }"""
    target.evaluate(script, text)


# -- the same numbers as Python's

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


@pytest.mark.parametrize("display", ["signed", "absolute", "clipped", "diverging"])
def test_shows_what_the_engine_computes(page: Page, display: str) -> None:
    open_case(page)
    for seed, (size, geometry) in enumerate(GEOMETRIES):
        colour = ("colour", "grey")[(seed + len(display)) % 2]
        settings = geometry | {"display": display, "colour": colour}
        show_case(page, size=size, seed=seed, settings=settings)
        # a level more or less moves a coloured map by up to its steepest colour step
        limit = 6 if display == "diverging" and colour == "grey" else 1
        assert off_by(page, size, seed, settings) <= limit, (size, settings)


FILTERS: list[tuple[tuple[int, int], dict[str, Any]]] = [
    (size, geometry | {"colour": "filter", "rest": [weights(*np.shape(geometry["kernel"])) for _ in range(2)]})
    for size, geometry in GEOMETRIES[:8:2]
]


def test_a_filter_over_colours_shows_what_the_engine_computes(page: Page) -> None:
    open_case(page)
    for (size, settings), display in zip(FILTERS, ("signed", "absolute", "clipped", "diverging"), strict=True):
        show_case(page, size=size, settings=settings | {"display": display})
        limit = 6 if display == "diverging" else 1
        assert off_by(page, size, 0, settings | {"display": display}) <= limit, (size, settings)


def test_three_grids_by_hand(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL, "pin": [4, 5]})
    page.get_by_label("Colours").select_option("filter")
    came = settled(page, rest=[SOBEL, SOBEL])
    assert came["scale"] == pytest.approx(1 / 3, abs=1e-6)
    page.get_by_label("green row 1 column 1 weight", exact=True).fill("-5")
    page.get_by_label("blue row 3 column 2 weight", exact=True).fill("x")
    expect(page.get_by_test_id("message")).to_contain_text("column 2 of the blue grid is not a number")
    before = frame(page)
    page.get_by_label("blue row 3 column 2 weight", exact=True).fill("0.5")
    green, blue = [[-5, 0, -1], *SOBEL[1:]], [*SOBEL[:2], [1, 0.5, -1]]
    settings = settled(page, rest=[green, blue])
    sharp(page, before)
    assert off_by(page, (48, 64), 0, settings) <= 1
    total = page.get_by_test_id("total").locator("div").last
    wanted = computed(noise(48, 64, 0) / 255, settings)[4, 5]
    assert float(total.get_attribute("data-value") or "nan") == pytest.approx(wanted, abs=1e-5)
    page.get_by_role("button", name="Transpose").click()
    assert settled(page, rest=[np.transpose(grid).tolist() for grid in (green, blue)])
    paste(page.get_by_label("red row 1 column 1 weight", exact=True), "7")  # one number: the cell's own business
    paste(page.get_by_label("red row 1 column 1 weight", exact=True), "1\t2")
    assert np.shape(settled(page, kernel=[[1, 2]])["rest"]) == (2, 1, 2)
    page.get_by_label("Colours").select_option("colour")
    assert settled(page, rest=None)["scale"] == 1


def test_a_large_picture_is_sharp_when_settled(page: Page) -> None:
    settings = {"kernel": weights(15, 15), "display": "signed"}
    open_case(page, size=[512, 512], settings=settings)
    assert off_by(page, (512, 512), 0, settings) <= 1


def test_without_workers(page: Page) -> None:
    page.add_init_script("window.Worker = class { constructor() { throw new Error('forbidden'); } };")
    settings = {"kernel": weights(4, 5), "padding": "zero", "display": "signed"}
    open_case(page, settings=settings)
    assert off_by(page, (48, 64), 0, settings) <= 1


def test_the_lectures_example_in_numbers(page: Page) -> None:
    kernel = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]
    open_case(page, kind="lecture", settings={"kernel": kernel, "padding": "valid", "display": "absolute"})
    figures = page.get_by_test_id("result").locator(".figures span").all_inner_texts()
    assert figures == ["12", "12", "17", "10", "17", "19", "9", "6", "14"]
    written = page.locator('[data-role="picture-frame"] .figures span').all_inner_texts()
    assert written == [str(value) for row in LECTURE for value in row]
    expect(page.get_by_test_id("size-formula")).to_contain_text("⌊(5 + 0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3")


def test_the_sum_of_one_pixel(page: Page) -> None:
    settings = {
        "kernel": weights(3, 2),
        "padding": "zero",
        "stride": 2,
        "flip": True,
        "scale": 2,
        "bias": -1,
        "pin": [23, 0],
    }
    open_case(page, settings=settings)
    totals = page.get_by_test_id("total").locator("div")
    shown = [float(line.get_attribute("data-value")) for line in totals.all()]
    np.testing.assert_allclose(shown, computed(noise(48, 64, 0) / 255, settings)[23, 0], atol=1e-5)


# -- hands


def test_typing_a_weight(page: Page) -> None:
    open_case(page)
    before = frame(page)
    cell(page, 1, 2).fill("−0,5")
    sharp(page, before)
    kernel = [[0, -0.5, 0], [0, 1, 0], [0, 0, 0]]
    assert off_by(page, (48, 64), 0, {"kernel": kernel}) <= 1
    runs = settled(page, kernel=kernel)["runs"]
    assert runs == 2  # one for opening, one for the settled kernel
    cell(page, 3, 3).click()
    page.keyboard.type("1/8")
    assert settled(page, kernel=[[0, -0.5, 0], [0, 1, 0], [0, 0, 0.125]])["runs"] == runs + 1
    expect(cell(page, 3, 3)).to_be_focused()
    expect(cell(page, 3, 3)).to_have_value("1/8")


def test_a_faulty_cell_keeps_the_last_good_kernel(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL, "display": "signed"})
    before = pixels(page)
    message = page.get_by_test_id("message")
    for text in ("", "abc", "NaN", "1e99", "1/0", "1.2.3"):
        cell(page, 2, 1).fill(text)
        expect(message).to_contain_text("row 2, column 1", ignore_case=True)
        expect(cell(page, 2, 1)).to_have_attribute("aria-invalid", "true")
    cell(page, 1, 1).fill("9")  # not computed either while another cell is faulty
    page.wait_for_timeout(500)
    np.testing.assert_array_equal(pixels(page), before)
    assert settled(page)["kernel"] == SOBEL
    cell(page, 2, 1).fill("3")
    assert settled(page, kernel=[[9, 0, -1], [3, 0, -2], [1, 0, -1]])
    expect(message).to_be_empty()


def test_dragging_a_weight(page: Page) -> None:
    open_case(page, size=[512, 512])
    box = cell(page, 2, 3).bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] - 15, steps=5)
    page.wait_for_timeout(600)
    assert settled(page)["runs"] == 1  # Python waits for the hand to rest
    page.mouse.move(box["x"] + 10, box["y"] - 40, steps=5)
    page.mouse.up()
    kernel = settled(page, runs=2)["kernel"]
    assert kernel == [[0, 0, 0], [0, 1, 1], [0, 0, 0]]  # 50 pixels are one unit
    sharp(page, 0)
    assert off_by(page, (512, 512), 0, {"kernel": kernel}) <= 1


BLOCKS: list[tuple[str, list[list[float]]]] = [
    ("1\t2\n3\t4", [[1, 2], [3, 4]]),
    ("0,5\t1\r\n-2\t3,25\r\n", [[0.5, 1], [-2, 3.25]]),
    ("1;2,5;3", [[1, 2.5, 3]]),
    ("1,2\n3,5", [[1, 2], [3, 5]]),
    ("1 -1", [[1, -1]]),
    ("0,5 1,5", [[0.5, 1.5]]),
    ("array([[1., 0.],\n       [0., -1.]])", [[1, 0], [0, -1]]),
]


def test_pasting_a_block(page: Page) -> None:
    open_case(page)
    for text, kernel in BLOCKS:
        paste(cell(page, 1, 1), text)
        assert settled(page, kernel=kernel), text
        expect(page.get_by_label("Kernel rows")).to_have_value(str(len(kernel)))


def test_a_bad_paste_changes_nothing(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL})
    before = pixels(page)
    for text, word in (
        ("1\t2\n3", "lengths"),
        ("1\tx", "not a number"),
        ("1\t\t2", "empty"),
        ("\n".join(["1\t2"] * 16), "15"),
        ("a b", "“a”"),
    ):
        paste(cell(page, 1, 1), text)
        expect(page.get_by_test_id("message")).to_contain_text(word)
    page.wait_for_timeout(400)
    np.testing.assert_array_equal(pixels(page), before)
    assert settled(page)["kernel"] == SOBEL


def test_keyboard_alone_on_the_kernel(page: Page) -> None:
    open_case(page)
    cell(page, 1, 1).focus()
    for key in (
        "ArrowRight",
        "ArrowRight",
        "ArrowDown",
        "Alt+ArrowUp",
        "Alt+ArrowUp",
        "ArrowDown",
        "Shift+PageDown",
    ):
        page.keyboard.press(key)
    assert settled(page, kernel=[[0, 0, 0], [0, 1, 0.2], [0, 0, -1]])
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    assert settled(page, kernel=[[0, 0, 0], [0, 1, 0.2], [0, 0, 12]])
    page.keyboard.press("Tab")  # one stop for the grid
    expect(page.get_by_role("button", name="Sum to 1")).to_be_focused()


def test_keyboard_alone_on_the_result(page: Page) -> None:
    open_case(page, settings={"pin": [4, 5]})
    page.get_by_test_id("result").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    assert settled(page, pin=[5, 15])
    page.keyboard.press("Enter")
    assert settled(page, pin=None)
    expect(page.get_by_test_id("pin")).to_have_text("Pin")


def test_hover_then_click_pins(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid", "display": "signed"})
    canvas = page.get_by_test_id("result-canvas")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 5 / 6, box["y"] + box["height"] / 6)  # row 1, column 3
    wanted = computed(np.array(LECTURE, float), {"kernel": SOBEL, "padding": "valid"})
    total = page.get_by_test_id("total").locator("div")
    expect(total).to_have_attribute("data-value", f"{wanted[0, 2]:g}")
    page.mouse.down()
    page.mouse.up()
    assert settled(page, pin=[0, 2])
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    expect(total).to_have_attribute("data-value", f"{wanted[0, 2]:g}")  # pinned: the pointer no longer moves it


def test_stepping_and_playing(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid", "pin": [0, 2]})
    page.get_by_role("button", name="One pixel on").click()
    assert settled(page, pin=[1, 0])
    play = page.get_by_role("button", name="Walk the window")
    play.click()
    held = page.get_by_test_id("result").locator(".figures .held")
    expect(held).not_to_have_count(0)  # what the window has not reached
    play.click()
    expect(held).to_have_count(0)


def test_tools_and_sizes(page: Page) -> None:
    open_case(page, settings={"kernel": [[1, 2], [3, 4], [5, 6]]})
    for name, kernel in (
        ("Transpose", [[1, 3, 5], [2, 4, 6]]),
        ("Rotate", [[2, 1], [4, 3], [6, 5]]),
        ("Mirror", [[1, 2], [3, 4], [5, 6]]),
        ("Sum to 0", [[-2.5, -1.5], [-0.5, 0.5], [1.5, 2.5]]),
    ):
        page.get_by_role("button", name=name).click()
        assert settled(page, kernel=kernel)
    page.get_by_role("button", name="Sum to 1").click()
    expect(page.get_by_test_id("message")).to_contain_text("sum to 0")
    page.get_by_label("Kernel rows").fill("1")
    assert settled(page, kernel=[[-0.5, 0.5]])
    page.get_by_label("Kernel columns").fill("4")
    assert settled(page, kernel=[[0, -0.5, 0.5, 0]])
    page.get_by_label("Kernel columns").fill("16")
    expect(page.get_by_test_id("message")).to_contain_text("1 to 15")


def test_impossible_settings_say_why(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid"})
    before = pixels(page)
    page.get_by_label("Dilation").fill("3")
    expect(page.get_by_test_id("message")).to_contain_text("7 × 7 pixels, the picture has 5 × 5")
    np.testing.assert_array_equal(pixels(page), before)
    page.get_by_label("Padding").select_option("zero")
    assert settled(page, padding="zero", dilation=3)
    expect(page.get_by_test_id("message")).to_be_empty()


def test_the_same_preset_again(page: Page) -> None:
    preset = {"settings": {"kernel": SOBEL}}
    open_case(page, **preset)
    cell(page, 1, 1).fill("5")
    assert settled(page, kernel=[[5, 0, -1], [2, 0, -2], [1, 0, -1]])
    show_case(page, **preset, revision=1)
    expect(cell(page, 1, 1)).to_have_value("1")
    assert settled(page, kernel=SOBEL)


def test_what_came_back_may_be_given_again(page: Page) -> None:
    open_case(page)
    cell(page, 1, 1).fill("5")
    kernel = [[5, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert settled(page, kernel=kernel)
    cell(page, 1, 2).fill("7")  # not settled yet when the echo arrives
    field = page.get_by_label("case")
    field.fill(json.dumps({"settings": {"kernel": kernel}}))
    field.press("Enter")
    assert settled(page, kernel=[[5, 7, 0], [0, 1, 0], [0, 0, 0]])


def test_phone_by_touch(browser: Browser, app_url: str) -> None:
    context = browser.new_context(
        base_url=app_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_case(page, settings={"kernel": SOBEL})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    page.get_by_test_id("result").tap(position={"x": 20, "y": 20})
    row, column = settled(page, runs=2)["pin"]
    assert min(row, column) > 0
    page.get_by_role("button", name="Transpose").tap()
    assert settled(page, kernel=np.transpose(SOBEL).tolist())
    context.close()


def test_the_camera_lives_and_stops(browser: Browser, app_url: str) -> None:
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    path = shutil.which("chromium") or browser.browser_type.executable_path
    with_camera = browser.browser_type.launch(executable_path=path, args=[*CHROMIUM_ARGS, *fake])
    page = with_camera.new_context(base_url=app_url, permissions=["camera"]).new_page()
    open_case(page)
    still = pixels(page, "picture")
    page.get_by_test_id("camera").click()
    expect(page.get_by_test_id("camera-message")).to_contain_text("Live", timeout=20_000)
    before = frame(page)
    page.wait_for_function(
        "([root, after]) => Number(root.dataset.frame) > after",
        arg=[page.get_by_test_id("convolver").element_handle(), before + 3],
    )
    live = pixels(page, "picture")
    assert live.shape != still.shape
    page.get_by_test_id("camera").click()
    sharp(page, frame(page) - 1)
    np.testing.assert_array_equal(pixels(page, "picture"), still)
    assert page.locator("video").evaluate("video => video.srcObject === null")
    with_camera.close()


def test_a_refused_camera_is_a_sentence(page: Page) -> None:
    open_case(page)
    page.get_by_test_id("camera").click()
    expect(page.get_by_test_id("camera-message")).to_contain_text("camera", ignore_case=True)
    expect(page.get_by_test_id("camera")).to_have_attribute("aria-pressed", "false")
