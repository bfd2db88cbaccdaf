"""In class: search by keys, a lesson's code read back, the projector's type measured, what is kept without a server.

And what a visitor has after the network was away.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from pages.parts.lesson.lesson_link import read
from tests.browser.support.driver import at_rest, eventually, menu_link, no_exceptions, open_page, upload

TOO_SMALL = """
() => {
  const all = (root) => [...root.querySelectorAll("*")]
    .flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
  return all(document.querySelector('[data-testid="stMain"]')).filter((node) => {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const spared = ".katex, svg, [data-testid='stIconMaterial'], .st-key-tools, style, option, .chart-words";
    if (node.closest(`${spared}, .matrices, .cells`)) return false; // numbers in tables may be smaller
    const box = node.getBoundingClientRect();
    const seen = box.width > 1 && getComputedStyle(node).visibility !== "hidden";
    return own && seen && parseFloat(getComputedStyle(node).fontSize) < 24;
  }).map((node) => `${getComputedStyle(node).fontSize} ${node.textContent.slice(0, 40)}`);
}
"""
THINNEST = """
(selector) => {
  const all = (root) => [...root.querySelectorAll("*")]
    .flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
  const wide = (node) => {
    const style = getComputedStyle(node);
    if (!node.ownerSVGElement) return parseFloat(style.borderTopWidth) || Math.min(node.offsetWidth, node.offsetHeight);
    const scale = style.vectorEffect === "non-scaling-stroke" ? 1 : node.getScreenCTM().a;
    return parseFloat(style.strokeWidth) * scale;
  };
  const lines = all(document.querySelector('[data-testid="stMain"]')).filter((node) => node.matches(selector))
    .filter((node) => getComputedStyle(node).display !== "none").map(wide);
  return lines.length ? Math.min(...lines) : 0;
}
"""
SHORTEST = """
(selector) => {
  const all = (root) => [...root.querySelectorAll("*")]
    .flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
  const letters = all(document.querySelector('[data-testid="stMain"]')).filter((node) => node.matches(selector))
    .filter((node) => node.textContent && getComputedStyle(node).display !== "none");
  return Math.min(...letters.map((node) => parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a));
}
"""
# The least width, in pixels of the page, that each canvas was last drawn with.
WATCH_STROKES = """
window.strokes = {};
const stroke = CanvasRenderingContext2D.prototype.stroke;
CanvasRenderingContext2D.prototype.stroke = function () {
  const {canvas} = this;
  const wide = this.lineWidth * this.getTransform().a * canvas.clientWidth / canvas.width;
  if (canvas.isConnected) window.strokes[canvas.className] = Math.min(wide, window.strokes[canvas.className] ?? wide);
  return stroke.call(this);
};
"""


def pressed(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button:visible").first.click()
    at_rest(page)


def test_slash_searches_and_leads_there(page):
    open_page(page, "smoothing")
    page.keyboard.press("/")
    page.locator(".st-key-find_words input").fill("where is max pooling?")
    page.keyboard.press("Enter")
    at_rest(page)
    pressed(page, "find_0")
    page.wait_for_url("**/hierarchy*")
    no_exceptions(page)


def test_the_search_on_a_phone(phone):
    open_page(phone, "smoothing")
    pressed(phone, "find")
    phone.locator(".st-key-find_words input").fill("class tabby")
    phone.keyboard.press("Enter")
    at_rest(phone)
    expect(phone.locator(".st-key-find_0")).to_contain_text("tabby")
    box = phone.locator(".st-key-find button:visible").first.bounding_box()
    assert min(box["width"], box["height"]) >= 44


def test_a_lessons_code_is_read_back_and_hides_and_locks(page):
    open_page(page, "edges", "edges_angle=45")
    pressed(page, "share")
    page.get_by_text("As a lesson").click()
    at_rest(page)
    page.locator(".st-key-share_question textarea").fill("Which way?")
    page.keyboard.press("Control+Enter")
    at_rest(page)
    page.locator(".st-key-share_hidden input").first.click()
    page.get_by_role("option").first.click()
    at_rest(page)
    page.keyboard.press("Escape")
    picture = cv2.imdecode(np.frombuffer(page.locator("img.qr").screenshot(), np.uint8), cv2.IMREAD_COLOR)
    address, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    lesson = read(parse_qs(urlsplit(address).query)["lesson"][0])
    assert lesson.question == "Which way?"
    assert lesson.state["edges_angle"] == "45"
    page.goto(address)
    at_rest(page)
    expect(page.get_by_text("Which way?")).to_have_count(1)
    expect(page.locator(f".st-key-{lesson.hidden[0]}")).not_to_be_visible()


@pytest.mark.parametrize("screen", ["convolution", "adversarial", "patterns", "signals"])
def test_on_the_projector_nothing_is_smaller_than_24_pixels(page, screen):
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_page(page, screen, "project=1")
    at_rest(page, quiet_s=2)
    expect(page.get_by_test_id("stSidebar")).not_to_be_visible()
    eventually(lambda: page.evaluate(TOO_SMALL), [])


@pytest.mark.parametrize(
    ("screen", "query", "lines"),
    [
        ("signals", "", ".curve, .ghost, .stem"),
        ("backpropagation", "", ".edge line:not(.reach), .node circle"),
        ("plan", "", ".way path, .block.chosen .outline"),
        ("convolution", "", ".window"),
        ("patterns", "", ".box, .found div"),
        ("overfitting", "overfitting_view=Polynomials", ".curves path, .js-line"),
        ("filters", "", ".tiles .chosen"),
        ("adversarial", "attack_steps=4", ".compare .edge"),
    ],
)
def test_on_the_projector_no_line_is_thinner_than_3_pixels(page, screen, query, lines):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, screen, f"project=1&{query}")
    eventually(lambda: page.evaluate(THINNEST, lines), lambda least: least > 2.99)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["small", "large"])
@pytest.mark.parametrize("screen", ["plan", "backpropagation"])
def test_on_the_projector_no_letter_of_a_drawing_is_shorter_than_24_pixels(page, screen, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    open_page(page, screen)
    pressed(page, "project_switch")  # what is drawn already, is drawn anew
    eventually(lambda: page.evaluate(SHORTEST, "svg.graph text, .scroll text"), lambda least: 23.9 < least < 60)


CUT_OFF = """() => [...document.querySelectorAll('[data-testid=stMain] input[role=combobox]')]
    .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.value)"""


@pytest.mark.parametrize("screen", ["signals", "live", "filters", "feature_maps"])
def test_on_the_projector_no_box_cuts_off_its_choice(page, screen):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, screen, "project=1")
    assert page.locator("[data-testid=stMain] input[role=combobox]").count() > 0
    eventually(lambda: page.evaluate(CUT_OFF), [])


CROWDED = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap((plot) => {
  const box = (node) => node.getBoundingClientRect();
  const out = (a, b) => a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
  const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  const words = [...plot.querySelectorAll('.legendtext, .xtitle, .ytitle')];
  const met = words.filter((one, at) => words.slice(at + 1).some((other) => over(box(one), box(other))));
  return [...met, ...words.filter((one) => out(box(one), box(plot)))].map((one) => one.textContent);
})"""


@pytest.mark.parametrize("screen", ["learning", "overfitting", "defence", "invariance"])
def test_on_the_projector_a_chart_has_room_for_its_names(page, screen):
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_page(page, screen, "project=1")
    expect(page.locator(".js-plotly-plot .legendtext").first).to_be_visible()
    eventually(lambda: page.evaluate(CROWDED), [])


def test_on_the_projector_the_lines_of_bars_are_3_pixels_wide(page):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, "adversarial", "project=1&attack_steps=4")
    heights = page.locator("[data-testid=stMain] .bar i").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 3


def test_on_the_projector_lines_on_a_canvas_are_3_pixels_wide(page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.add_init_script(WATCH_STROKES)
    open_page(page, "hidden_units", "project=1")
    page.evaluate("window.strokes = {}")
    page.get_by_test_id("epoch").press("ArrowLeft")
    eventually(lambda: page.evaluate("strokes"), lambda drawn: len(drawn) == 2)
    assert min(page.evaluate("Object.values(strokes)")) > 2.99


def test_a_presenters_buttons_lead_from_scene_to_scene(page):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, "edges", "project=1")
    page.locator("body").press("PageDown")
    said = page.locator(".st-key-scene_strip")
    expect(said).to_contain_text("1 of 3")
    page.wait_for_url("**scene=1*")
    at_rest(page)
    page.locator("body").press("PageDown")
    page.wait_for_url("**edges_angle=0*")
    at_rest(page)
    expect(said).to_contain_text("2 of 3")
    boxes = [page.locator(key).bounding_box() for key in (".st-key-scene_strip", ".st-key-tools button >> nth=0")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]  # nothing lies on anything
    page.locator("body").press("PageUp")
    expect(said).to_contain_text("1 of 3")
    expect(page.get_by_role("slider", name="Angle of the edge")).to_have_value("90")
    no_exceptions(page)


@pytest.mark.parametrize(
    ("screen", "part"),
    [("plan", ".scroll"), ("signals", '[data-act="play"]'), ("filters", ".tiles"), ("backpropagation", ".graph")],
)
def test_a_presenters_buttons_lead_on_while_a_part_has_the_focus(page, screen, part):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, screen, "project=1&scene=1")
    page.locator(f"[data-testid=stMain] {part}").first.focus()
    page.keyboard.press("PageDown")
    expect(page.locator(".st-key-scene_strip")).to_contain_text("2 of")
    no_exceptions(page)


def test_a_key_that_a_part_uses_stays_there(page):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, "signals", "project=1&scene=1")
    stem = page.locator(".stems button").first
    stem.focus()
    before = stem.get_attribute("aria-valuenow")
    page.keyboard.press("PageDown")
    eventually(lambda: stem.get_attribute("aria-valuenow"), lambda now: now != before)
    page.get_by_test_id("place").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-scene_strip")).to_contain_text("1 of")


@pytest.mark.parametrize(
    ("screen", "result"),
    [("signals", '[data-plot="result"]'), ("match", 'img[alt="Result 1"]'), ("hidden_units", '[data-testid="board"]')],
)
def test_a_scenes_result_is_seen_without_scrolling(page, screen, result):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, screen, "project=1&scene=1")
    box = page.locator(result).first.bounding_box()
    assert box["y"] + box["height"] <= 720


def test_what_is_kept_opens_without_a_server(page, tmp_path):
    open_page(page, "edges")
    pressed(page, "keep")
    menu_link(page, "My notebook").click()
    at_rest(page)
    page.get_by_text("Take away").first.click()
    for label, name in (("As one page", "page.html"), ("As slides", "slides.html")):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        download.value.save_as(tmp_path / name)
    for name in ("page.html", "slides.html"):
        page.goto((tmp_path / name).as_uri())
        picture = page.locator("img").first
        eventually(lambda image=picture: image.evaluate("image => image.complete && image.naturalWidth > 50"), True)
        expect(page.get_by_role("heading", name="Edges")).to_have_count(1)


def test_when_the_network_was_away_a_sentence_says_so_and_all_goes_on(page, page_errors):
    cables: list[WebSocketRoute] = []
    page.route_web_socket("**/_stcore/stream", lambda cable: (cables.append(cable), cable.connect_to_server()))
    open_page(page, "edges", "edges_angle=45")
    upload(page, "mine.png", cv2.imencode(".png", np.full((60, 80, 3), 99, np.uint8))[1].tobytes())
    app = page.get_by_test_id("stApp")
    page.context.set_offline(True)
    cables[-1].close()
    expect(app).to_have_attribute("data-test-connection-state", "PINGING_SERVER")
    says = "(node) => getComputedStyle(node, '::after').content"
    eventually(lambda: app.evaluate(says), lambda said: "goes on by itself" in said)
    page.context.set_offline(False)
    at_rest(page)
    eventually(lambda: app.evaluate(says), "none")
    page.get_by_role("slider", name="Angle of the edge").press("ArrowRight")
    page.wait_for_url("**edges_angle=50*")
    at_rest(page)
    no_exceptions(page)
    assert len(cables) == 2
    expect(page.get_by_test_id("stSidebar")).to_contain_text("mine.png")
    page_errors.clear()
