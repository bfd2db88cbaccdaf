"""The player and the comparison in a real browser: what they show, to the mouse, the keyboard and the eye."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.support.driver import at_rest, eventually, open_page
from tests.browser.support.server import serving

SCRIPT = "tests/browser/support/parts_app.py"
# The grey of an image's middle.
GREY = """image => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const painter = canvas.getContext("2d");
    painter.drawImage(image, 0, 0);
    return painter.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0];
}"""

# The colour in the middle of one tile of many: where it is drawn on the canvas, and in the picture that came.
MIDDLE = """(canvas, number) => {
    const columns = (canvas.width + 3) / 83;
    const [x, y] = [(number % columns) * 83 + 40, Math.floor(number / columns) * 83 + 40];
    return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join();
}"""
MIDDLE_OF_IMAGE = """(canvas, number) => {
    const image = canvas.parentElement.querySelector("img");
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [image.naturalWidth, image.naturalHeight];
    copy.getContext("2d").drawImage(image, 0, 0);
    const [x, y] = [(number % 14) * 83 + 40, Math.floor(number / 14) * 83 + 40];
    return [...copy.getContext("2d").getImageData(x, y, 1, 1).data].join();
}"""


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of parts_app.py instead of the whole app."""
    with serving(tmp_path_factory.mktemp("parts") / "server.log", SCRIPT) as url:
        yield url


def test_the_player_steps_scrubs_and_plays(page: Page):
    open_page(page, "")
    player = page.get_by_test_id("player")
    image, slider = player.locator("img"), player.get_by_role("slider")
    expect(player.get_by_role("status")).to_have_text("grey 180")
    eventually(lambda: image.evaluate(GREY), 180)
    player.get_by_role("button", name="One step back").click()
    expect(player.get_by_role("status")).to_have_text("grey 120")
    slider.press("Home")
    expect(image).to_have_attribute("alt", "A ramp: grey 0")
    slider.press("ArrowRight")
    expect(player.get_by_role("status")).to_have_text("grey 60")
    player.get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    expect(player.get_by_role("status")).to_have_text("grey 180")
    expect(player.get_by_role("button", name="Play")).to_be_visible()  # at the end it rests


def test_several_step_under_one_control_and_a_click_enlarges_one(page: Page):
    open_page(page, "")
    page.get_by_text("Together").click()
    player = page.get_by_test_id("player").last
    first, second = player.get_by_role("img", name="most"), player.get_by_role("img", name="least")
    expect(player.get_by_role("status")).to_have_text("step 3")
    expect(first).to_have_attribute("alt", "most: 180")
    expect(second).to_have_attribute("alt", "least: 60")  # it has ended before
    player.get_by_role("slider").press("Home")
    eventually(lambda: (first.evaluate(GREY), second.evaluate(GREY)), (0, 0))
    player.get_by_role("button", name="One step on").click()
    eventually(lambda: (first.evaluate(GREY), second.evaluate(GREY)), (60, 60))
    before = second.bounding_box()
    assert before
    second.click()
    expect(first).not_to_be_visible()
    eventually(lambda: (second.bounding_box() or before)["width"], lambda wide: wide > 1.9 * before["width"])
    expect(player.get_by_role("button", name="least, enlarged")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(first).to_be_visible()


def test_the_comparison_follows_its_divider_and_flickers(page: Page):
    open_page(page, "")
    pair = page.get_by_test_id("compare").locator(".pair")
    slider = pair.get_by_role("slider")
    before, after = pair.locator(".before"), pair.locator(".after")
    eventually(lambda: (before.evaluate(GREY), after.evaluate(GREY)), (0, 255))
    box = pair.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    clipped = "image => Number(getComputedStyle(image).clipPath.match(/ ([\\d.]+)%/)[1])"
    eventually(lambda: after.evaluate(clipped), lambda share: 20 < share < 30)
    slider.press("End")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    page.get_by_text("Flicker between the two").click()
    for seen in ("visible", "hidden", "visible"):
        expect(after).to_have_css("visibility", seen)
    expect(after).to_have_css("clip-path", "none")


def marked(page: Page, name: str) -> None:
    """Assert that this is the tile that is marked."""
    expect(page.locator(".tiles")).to_have_attribute("aria-valuetext", name)


def click_tile(page: Page, number: int) -> None:
    box = page.locator(".tiles").bounding_box()
    assert box is not None
    page.locator(".tiles").click(position={"x": (number + 0.5) * box["width"] / 4, "y": box["height"] / 2})
    expect(page.get_by_text(f"chosen: {number}")).to_be_visible()
    at_rest(page)


def test_a_sheet_marks_what_is_chosen_by_click_and_from_elsewhere(page: Page):
    open_page(page, "")
    marked(page, "tile 1")
    for number in (3, 1):
        click_tile(page, number)
        marked(page, f"tile {number}")
    for number in (2, 0):
        page.get_by_role("button", name=f"Take {number}").click()
        expect(page.get_by_text(f"chosen: {number}")).to_be_visible()
        marked(page, f"tile {number}")
        click_tile(page, 3)
        marked(page, "tile 3")
    for _ in range(2):  # away and back
        page.get_by_text("Sheet", exact=True).click()
        at_rest(page)
    expect(page.locator(".tiles")).to_have_attribute("aria-valuetext", "tile 3")


def many(page: Page) -> Locator:
    open_page(page, "")
    for part in ("Sheet", "Many"):  # one sheet instead of the other
        page.get_by_text(part, exact=True).click()
        at_rest(page)
    sheet = page.locator(".tiles")
    eventually(lambda: sheet.locator("img").evaluate("image => image.naturalWidth"), 14 * (80 + 3) - 3)
    return sheet


def open_tile(page: Page, number: int, columns: int) -> None:
    box = page.locator(".tiles").bounding_box()
    assert box is not None
    side = box["width"] / columns
    page.locator(".tiles").click(position={"x": (number % columns + 0.5) * side, "y": (number // columns + 0.5) * side})


def test_a_sheet_of_320_is_gone_through_by_mouse_and_keys_and_one_is_opened_twice(page: Page):
    sheet = many(page)
    open_tile(page, 31, 14)
    expect(page.get_by_text("opened: 31.")).to_be_visible()
    open_tile(page, 31, 14)
    expect(page.get_by_text("opened: 31 31.")).to_be_visible()
    sheet.focus()
    for key, opened in (("ArrowDown", "45"), ("Enter", "45 45"), ("End", "45 45 319")):
        page.keyboard.press(key)
        expect(page.get_by_text(f"opened: 31 31 {opened}.")).to_be_visible()


def test_on_a_phone_each_of_320_tiles_is_as_wide_as_a_finger(phone: Page):
    canvas = many(phone).locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    columns = (canvas.evaluate("canvas => canvas.width") + 3) // (80 + 3)
    assert box["width"] / columns >= 44
    assert box["height"] / box["width"] == pytest.approx(-(-320 // columns) / columns, rel=0.01)
    came = canvas.evaluate(MIDDLE_OF_IMAGE, 23)
    assert came.endswith("255")
    eventually(lambda: canvas.evaluate(MIDDLE, 23), came)
    open_tile(phone, 23, columns)
    expect(phone.get_by_text("opened: 23.")).to_be_visible()


def test_a_click_on_a_sheet_does_not_send_it_again(page: Page):
    received: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", listen)
    open_page(page, "")
    sheet = max(received)
    assert sheet > 30_000
    received.clear()
    click_tile(page, 2)
    assert received
    assert max(received) < sheet / 3
