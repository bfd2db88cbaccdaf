"""The player and the comparison in a real browser: what they show, to the mouse, the keyboard and the eye."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.support.driver import at_rest, open_page
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
    assert image.evaluate(GREY) == 180
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
    assert (first.evaluate(GREY), second.evaluate(GREY)) == (0, 0)
    player.get_by_role("button", name="One step on").click()
    assert (first.evaluate(GREY), second.evaluate(GREY)) == (60, 60)
    before = second.bounding_box()
    assert before
    second.click()
    expect(first).not_to_be_visible()
    large = second.bounding_box()
    assert large
    assert large["width"] > 1.9 * before["width"]
    expect(player.get_by_role("button", name="least, enlarged")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(first).to_be_visible()


def test_the_comparison_follows_its_divider_and_flickers(page: Page):
    open_page(page, "")
    pair = page.get_by_test_id("compare").locator(".pair")
    slider = pair.get_by_role("slider")
    before, after = pair.locator(".before"), pair.locator(".after")
    assert (before.evaluate(GREY), after.evaluate(GREY)) == (0, 255)
    box = pair.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    clipped = float(after.evaluate("image => getComputedStyle(image).clipPath.match(/ ([\\d.]+)%/)[1]"))
    assert 20 < clipped < 30
    slider.press("End")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    page.get_by_text("Flicker between the two").click()
    seen = set()
    for _ in range(40):
        seen.add(after.evaluate("image => getComputedStyle(image).visibility"))
        page.wait_for_timeout(50)
    assert seen == {"visible", "hidden"}
    expect(after).to_have_css("clip-path", "none")


def marked(page: Page) -> str | None:
    return page.locator(".tiles").get_attribute("aria-valuetext")


def click_tile(page: Page, number: int) -> None:
    box = page.locator(".tiles").bounding_box()
    assert box is not None
    page.locator(".tiles").click(position={"x": (number + 0.5) * box["width"] / 4, "y": box["height"] / 2})
    expect(page.get_by_text(f"chosen: {number}")).to_be_visible()
    at_rest(page)


def test_a_sheet_marks_what_is_chosen_by_click_and_from_elsewhere(page: Page):
    open_page(page, "")
    assert marked(page) == "tile 1"
    for number in (3, 1):
        click_tile(page, number)
        assert marked(page) == f"tile {number}"
    for number in (2, 0):
        page.get_by_role("button", name=f"Take {number}").click()
        expect(page.get_by_text(f"chosen: {number}")).to_be_visible()
        expect(page.locator(".tiles")).to_have_attribute("aria-valuetext", f"tile {number}")
        click_tile(page, 3)
        assert marked(page) == "tile 3"
    for _ in range(2):  # away and back
        page.get_by_text("Sheet", exact=True).click()
        at_rest(page)
    expect(page.locator(".tiles")).to_have_attribute("aria-valuetext", "tile 3")


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
