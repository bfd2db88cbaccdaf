"""A visitor's walk in a real Chromium: upload a picture, see every screen, fool the network, refuse a bad file."""

import base64
import contextlib
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, TimeoutError, expect

import explorer
from pages.parts.pickers.picture import YOURS
from pages.parts.shell.screens import HOME, SECTIONS
from tests.browser.support.convolver_page import cell, pixels, sharp
from tests.browser.support.driver import (
    LIMIT_MS,
    address,
    at_rest,
    eventually,
    give,
    menu_link,
    no_exceptions,
    open_page,
    upload,
)

NAMELESS = re.compile(r"^$|^\w+ icon$")  # what Streamlit calls a button that has an icon and no label


def coffee_file() -> bytes:
    """The coffee sample as somebody's own upright photograph."""
    file = io.BytesIO()
    Image.fromarray(explorer.sample("coffee").uint8).save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section or "begin")
def test_an_uploaded_picture_goes_through_every_screen(page: Page, section: str):
    open_page(page, "")
    upload(page, "my <b>cup.jpg", coffee_file())
    expect(page.get_by_text("espresso").first).to_be_visible(timeout=LIMIT_MS)
    sidebar = page.get_by_test_id("stSidebar")
    for title in (*(title for _, title, _ in SECTIONS[section] if title != HOME), HOME):
        link = menu_link(page, title)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        at_rest(page)
        no_exceptions(page)
        expect(page.get_by_role("button", name=NAMELESS)).to_have_count(0)
        expect(sidebar.get_by_text("my <b>cup.jpg")).to_be_attached(timeout=LIMIT_MS)  # hidden where it does nothing
    expect(page.get_by_text("espresso").first).to_be_visible(timeout=LIMIT_MS)


def test_a_refused_file_gets_a_sentence_and_the_picture_stays(page: Page):
    open_page(page, "", "picture=camera")
    upload(page, "broken.jpg", coffee_file()[:2000])
    expect(page.get_by_test_id("stAlert").filter(has_text="broken").first).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("tripod").first).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)


def test_on_a_phone_the_first_page_takes_the_picture(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})  # the sidebar with its picker is folded away
    open_page(page, "", "picture=camera")
    page.get_by_role("button", name="Bring your own picture").click()
    give(page, "upload_home", {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": coffee_file()[:2000]})
    expect(page.get_by_test_id("stMain").get_by_test_id("stAlert")).to_contain_text("broken", timeout=LIMIT_MS)
    give(page, "upload_home", {"name": "cup.jpg", "mimeType": "image/jpeg", "buffer": coffee_file()})
    expect(page.get_by_test_id("stMain").get_by_text("espresso").first).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_test_id("stMain").get_by_test_id("stAlert")).to_have_count(0)


def test_a_photo_from_the_camera_is_the_picture_in_use(camera_page: Page):
    open_page(camera_page, "")
    camera_page.get_by_text("Use your own").first.click()
    camera_page.get_by_text("Use the camera").click()
    # the button is there before the camera's first frame is
    camera_page.wait_for_function("document.querySelector('video')?.currentTime > 0.5", timeout=LIMIT_MS)
    at_rest(camera_page)
    back = camera_page.get_by_role("button", name="Back to the samples")
    eventually(lambda: _pressed_until(back, camera_page.get_by_role("button", name="Take Photo")), True)
    at_rest(camera_page)
    picture = camera_page.get_by_test_id("stMain").locator("img").first
    expect(picture).not_to_have_attribute("alt", "The picture in use: flower")
    no_exceptions(camera_page)


def _pressed_until(there: Locator, button: Locator) -> bool:
    """Press, as one does who sees nothing happen: while its picture is still coming the camera takes none."""
    with contextlib.suppress(TimeoutError):
        button.click(timeout=2000)
    with contextlib.suppress(AssertionError):
        expect(there).to_be_visible(timeout=5000)
    return there.is_visible()


def test_the_daisy_becomes_broccoli_before_the_visitors_eyes(page: Page):
    open_page(page, "adversarial", "picture=flower")
    verdict = page.get_by_test_id("stAlert").filter(has_text="has become")
    expect(verdict).to_contain_text(re.compile("daisy.*broccoli.*0 fool"), timeout=LIMIT_MS)
    expect(page.get_by_role("img", name="The adversarial picture", exact=True)).to_be_visible()
    no_exceptions(page)


def test_choosing_another_feature_map_by_mouse_and_keyboard(page: Page):
    open_page(page, "feature_maps")
    expect(page.get_by_text("Map 0 of")).to_be_visible(timeout=LIMIT_MS)
    sheet = page.locator(".tiles")
    box = sheet.bounding_box()
    assert box is not None
    sheet.click(position={"x": box["width"] * 0.97, "y": 10})
    expect(page.get_by_text("Map 6 of")).to_be_visible(timeout=LIMIT_MS)
    sheet.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Map 5 of")).to_be_visible(timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile("map=5"))
    no_exceptions(page)
    page.reload()
    expect(page.get_by_text("Map 5 of")).to_be_visible(timeout=LIMIT_MS)


def test_maximization_paints_and_can_be_stopped(page: Page):
    open_page(page, "neurons")
    expect(page.get_by_test_id("player").first).to_be_visible(timeout=LIMIT_MS)  # what it opens with came with the app
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("spinbutton", name="Seed").fill("7")
    page.get_by_role("spinbutton", name="Seed").press("Enter")
    expect(page.get_by_role("img", name=re.compile("^most, step"))).to_be_visible(timeout=LIMIT_MS)
    stop = page.locator(".st-key-stop_maximization").get_by_role("button")
    stop.dispatch_event("click", timeout=LIMIT_MS)  # at once: it may be painted by when nothing covers or moves it
    expect(page.get_by_test_id("player").first).to_be_visible(timeout=LIMIT_MS)
    expect(stop).to_have_count(0)
    no_exceptions(page)


def test_pictures_arrive_pixel_by_pixel(page: Page):
    """The original on the adversarial screen is the prepared picture exactly, not a JPEG of it."""
    open_page(page, "adversarial", "picture=coffee")
    picture = page.get_by_role("img", name="The original picture at the network's size")
    expect(picture).to_be_visible(timeout=LIMIT_MS)
    source = picture.get_attribute("src") or ""
    content = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    shown = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    network = explorer.load_network(device="cpu")
    assert np.array_equal(shown, network.prepare(explorer.sample("coffee")).uint8)


def test_a_link_to_a_screen_opens_it_with_its_picture(page: Page):
    open_page(page, "filters", "picture=camera")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_role("img", name="The picture in use: camera")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("Filter 0 on your picture")).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)


def test_a_sample_is_picked_from_the_gallery_with_a_click(page: Page):
    open_page(page, "")
    sheet = page.locator(".tiles")
    box = sheet.bounding_box()
    assert box is not None
    sheet.click(position={"x": box["width"] * 1.5 / 7, "y": 20})  # the second of seven
    expect(page.locator(".bar").first).to_contain_text("espresso", timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile("picture=coffee"))
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_role("img", name="The picture in use: coffee")).to_be_visible(timeout=LIMIT_MS)
    expect(sidebar.get_by_role("combobox", name="Picture")).to_have_value("coffee")
    no_exceptions(page)


def test_another_sample_on_the_first_page_draws_only_what_changes_with_it(page: Page):
    drawn: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: drawn.append(frame)))
    open_page(page, "")
    expect(page.locator(".bar").first).to_contain_text("daisy", timeout=LIMIT_MS)
    at_rest(page)
    whole = len(drawn)
    drawn.clear()
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Picture")
    box.click()
    box.fill("coffee")
    page.get_by_role("option", name="coffee", exact=True).wait_for()
    box.press("Enter")
    expect(page.locator(".bar").first).to_contain_text("espresso", timeout=LIMIT_MS)
    at_rest(page)
    assert 0 < len(drawn) < whole / 2
    expect(page.locator(".tiles")).to_have_attribute("aria-valuetext", "coffee")
    no_exceptions(page)


def test_pictures_keep_their_proportions(page: Page):
    open_page(page, "", "picture=china")
    expect(page.locator(".bar").first).to_be_visible(timeout=LIMIT_MS)
    pictures = page.get_by_test_id("stMain").locator("img")
    stretched = (  # how much wider each is than it came, once all have come
        "all => all.every((i) => i.naturalWidth && i.clientWidth) &&"
        "all.map((i) => (i.clientWidth / i.clientHeight) / (i.naturalWidth / i.naturalHeight))"
    )
    found = eventually(lambda: pictures.evaluate_all(stretched), bool)
    assert found == pytest.approx([1] * len(found), abs=0.02)


def test_editing_a_kernel_cell_shows_other_pixels_and_a_link_restores_them(page: Page):
    open_page(page, "convolution", "picture=coffee")
    sharp(page, 0)
    before = pixels(page)
    cell(page, 1, 1).fill("4")
    expect(page).to_have_url(re.compile("k=3x3_4_0_-1"), timeout=LIMIT_MS)
    at_rest(page)
    after = pixels(page)
    assert not np.array_equal(before, after)
    page.goto(address(page))
    sharp(page, 0)
    at_rest(page)
    expect(cell(page, 1, 1)).to_have_value("4")
    eventually(lambda: np.array_equal(pixels(page), after), True)
    no_exceptions(page)


def test_on_the_way_back_ones_own_picture_stays_and_the_box_says_so(page):
    open_page(page, "filters")
    upload(page, "mug.jpg", coffee_file())
    at_rest(page)
    box = page.get_by_role("combobox", name="Picture")
    expect(box).to_have_value(YOURS)
    menu_link(page, "Plan").click()
    at_rest(page)
    for _ in range(2):
        page.go_back()  # to the screen that was left, then to how it was before there was an own picture
        at_rest(page)
        expect(box).to_have_value(YOURS)
        expect(page.get_by_role("img", name="The picture in use: mug.jpg")).to_be_visible()
    expect(page).to_have_url(re.compile("picture=your"))
    no_exceptions(page)
