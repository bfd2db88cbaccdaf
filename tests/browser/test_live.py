"""The network in the browser, and the screen that shows it alive: as the engine says, from one host, frames unsent."""

from __future__ import annotations

import base64
import io
import itertools
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import numpy as np
import PIL.Image
import PIL.ImageSequence
import pytest
import torch
from playwright.sync_api import Page, expect
from torch.nn.functional import cross_entropy

import explorer
from explorer.networks.gradients.derivatives import derivative
from pages.parts.live.live_component import ENCODER
from tests.browser.support.driver import LIMIT_MS, at_rest, eventually, menu_link, no_exceptions, open_page
from tests.browser.support.live_page import BROCCOLI, after, frames, opened, top

# What the client in the page says of the picture that stands on the screen.
ASK = """async (canvas, kind) => {
    const network = [...window.explorerNetworks.values()][0];
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const count = canvas.width * canvas.height, planes = new Float32Array(3 * count);
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) planes[c * count + i] = data[4 * i + c] / 255;
    const direction = new Float32Array(1000);
    direction[937] = -1;
    const answer = kind === 'gradient' ? await network.climb(planes, direction, 1) : await network.look(planes);
    const numbers = kind === 'gradient' ? answer.gradient : answer.maps[kind].data;
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
}"""

# In each turn the next frame of the camera may be taken.
TWO_TURNS = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def named(shares: list[tuple[int, float]], labels: Sequence[str]) -> dict[str, float]:
    return {labels[number]: share for number, share in shares}


def pixels(page: Page) -> np.ndarray:
    """What stands on the screen, (H, W, 3) in 0 … 255."""
    png = page.get_by_test_id("live-view").evaluate("canvas => canvas.toDataURL().split(',')[1]")
    return np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), float)


def numbers(page: Page, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(page.get_by_test_id("live-view").evaluate(ASK, kind)), np.float32)


def test_labels_maps_and_gradient_are_the_engines(page: Page, page_errors: list[str], lite0):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    opened(page)
    names = ["flower", "coffee", "cat"]
    for place, name in enumerate(names):
        if place:
            before = frames(page)
            open_page(page, f"live?picture={name}")
            after(page, 0 if frames(page) < before else before)
        wanted = dict(lite0.predict(explorer.sample(name)))
        eventually(lambda: named(top(page), lite0.labels), pytest.approx(wanted, abs=1e-3))
    picture = explorer.sample(names[-1])
    for layer in ("bn1", "blocks.3", "bn2"):
        maps = explorer.feature_maps(lite0, picture, layer)
        assert np.abs(numbers(page, layer) - maps.ravel()).max() <= 1e-4 * np.abs(maps).max()
    x = lite0.tensor(picture).requires_grad_()
    wanted = derivative(cross_entropy(lite0.module(x), torch.tensor([BROCCOLI])), x).numpy().ravel()
    assert (np.sign(numbers(page, "gradient")) == np.sign(wanted)).mean() >= 0.999
    page.context.set_offline(True)  # all that it needs is here
    assert numbers(page, "blocks.0").size == 16 * 112 * 112
    page.context.set_offline(False)
    page_errors.clear()  # Streamlit's, that the server was away
    assert len({host for host in hosts if host}) == 1


def test_a_unit_is_chosen_on_the_sheet_and_what_is_drawn_is_seen(page: Page):
    opened(page, "?live_source=drawing&live_layer=blocks.0")
    sheet, view = page.get_by_test_id("live-sheet"), page.get_by_test_id("live-view")
    sheet.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("live_channel=1"))
    expect(page.get_by_text("Unit 1 is framed")).to_be_visible()
    at_rest(page)
    shares, box = page.get_by_test_id("live").get_attribute("data-top"), view.bounding_box()
    assert box
    assert shares
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 180, steps=4)
    page.mouse.up()
    expect(page.get_by_test_id("live")).not_to_have_attribute("data-top", shares, timeout=LIMIT_MS)
    expect(page.get_by_test_id("live-challenge")).to_contain_text("best")
    no_exceptions(page)


def test_the_camera_goes_through_it_and_a_frame_that_is_kept_is_the_visitors_picture(camera_page: Page):
    opened(camera_page)
    camera_page.get_by_role("radio", name="camera").or_(camera_page.get_by_role("button", name="camera")).first.click()
    after(camera_page, 4)
    expect(camera_page.get_by_test_id("live-where")).to_contain_text("passes a second")
    camera_page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })")

    def stays(frame: int) -> bool:
        camera_page.evaluate(TWO_TURNS)
        numbers(camera_page, "bn2")  # had a turn asked the network, its answer would have come before this one
        return frames(camera_page) == frame

    hidden = eventually(lambda: frames(camera_page), stays)  # a tab out of sight looks at nothing
    camera_page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => false })")
    after(camera_page, hidden)
    camera_page.get_by_role("button", name="Freeze").click()
    expect(camera_page.get_by_text(re.compile("camera frame, 640 × 480"))).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(camera_page)


def test_without_a_camera_or_leave_to_use_it_that_is_said(page: Page):
    opened(page, "?live_source=camera")
    said = page.get_by_test_id("live").get_by_text(re.compile("camera was not allowed|No camera was found"))
    expect(said).to_be_visible(timeout=LIMIT_MS)
    assert top(page)  # the picture goes through it instead
    no_exceptions(page)


def test_where_the_browser_has_no_web_assembly_the_server_answers(page: Page):
    open_page(page, "")
    page.evaluate("delete window.WebAssembly")
    menu_link(page, "Live").click()
    expect(page.get_by_text("this is the server's answer")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("daisy").first).to_be_visible()
    no_exceptions(page)


def test_where_the_weights_do_not_arrive_the_server_answers(page: Page, page_errors: list[str]):
    page.route("**/*-weights-*", lambda route: route.abort())
    open_page(page, "live")
    expect(page.get_by_text("this is the server's answer")).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)
    page_errors.clear()  # the one that was provoked


def test_on_a_phone_all_of_it_fits(phone: Page):
    opened(phone)
    at_rest(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("live-view", "live-sheet", "live-over"):
        box = phone.get_by_test_id(name).bounding_box()
        assert box
        assert box["x"] + box["width"] <= 390


def test_a_picture_is_turned_and_covered_and_the_labels_follow(page: Page):
    opened(page)
    usual, upright = top(page), pixels(page)
    page.get_by_text("Turn, scale, brighten").click()
    page.get_by_label("Turn the picture").fill("90")
    eventually(lambda: top(page), lambda turned: turned != usual)
    turned = pixels(page)
    assert np.abs(turned - np.rot90(upright)).mean() < 3 < np.abs(turned - np.rot90(upright, -1)).mean()
    page.get_by_role("button", name="As it was").click()
    eventually(lambda: top(page), usual)
    box = page.get_by_test_id("live-view").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    label, share = usual[0]
    eventually(lambda: dict(top(page)).get(label, 0), lambda now: now < share - 0.05)  # what it was read from is gone
    page.mouse.up()
    eventually(lambda: top(page), usual)


def test_what_moves_is_recorded_as_a_film_and_no_frame_is_sent(page: Page, tmp_path):
    opened(page)
    page.get_by_text("Turn, scale, brighten").click()
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Record").click()
    for number, angle in enumerate(("30", "60", "90")):
        before = frames(page)
        page.get_by_label("Turn the picture").fill(angle)
        after(page, before)
        assert frames(page) > number
    with page.expect_download() as came:
        page.get_by_role("button", name="Stop").click()
    came.value.save_as(tmp_path / "live.gif")
    with PIL.Image.open(tmp_path / "live.gif") as film:
        shown = [np.asarray(frame.convert("RGB"), float)[:224, :224] for frame in PIL.ImageSequence.Iterator(film)]
        assert film.size == (2 * 224 + 6, 224 + 30)
        assert film.info.get("loop") == 0  # again and again
    assert came.value.suggested_filename == "live.gif"
    assert len(shown) == 4  # as it was, and three turns
    start = np.asarray(explorer.load_network(device="cpu").prepare(explorer.sample("flower")).uint8, float)
    assert np.abs(shown[0] - start).mean() < 6  # of 255: 256 colours
    assert all(np.abs(one - other).mean() > 6 for one, other in itertools.pairwise(shown))
    expect(page.get_by_test_id("live-film")).to_contain_text("4 frames")
    assert {urlsplit(url).path.rpartition("/")[2] for url in asked if not url.startswith("blob:")} == {ENCODER}
    no_exceptions(page)


def test_a_recording_ends_by_itself_and_a_new_one_begins(camera_page: Page):
    opened(camera_page)
    camera_page.get_by_role("radio", name="camera").or_(camera_page.get_by_role("button", name="camera")).first.click()
    after(camera_page, 4)
    with camera_page.expect_download(timeout=LIMIT_MS) as came:
        camera_page.get_by_role("button", name="Record").click()
    assert came.value.path().stat().st_size > 10_000
    expect(camera_page.get_by_role("button", name="Record")).to_be_enabled()
    no_exceptions(camera_page)
