"""The picture changed by hand in the browser: as the engine changes it, and with as much left of it at each stage."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import explorer
from explorer.responses.invariance import Kind, transformed
from pages.parts.pickers.browser_network import STAGES
from tests.browser.support.driver import LIMIT_MS, at_rest, no_exceptions, open_page
from tests.browser.support.server import ROOT

SOURCE = re.sub(r"^export ", "", (ROOT / "assets/by_hand/warp.js").read_text("utf-8"), flags=re.M)
WARPED = (
    "([text, side, change]) => {"
    + SOURCE
    + """
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const usual = { right: 0, down: 0, turn: 0, scale: 1, light: 1 };
    const out = warped(Float32Array.from(bytes, (b) => b / 255), side, { ...usual, ...change });
    let levels = "";
    for (const value of out) levels += String.fromCharCode(Math.round(255 * value));
    return btoa(levels);
}"""
)


def warped(page: Page, image: explorer.Image, change: dict[str, float]) -> np.ndarray:
    """What the page's own function makes of a square picture: (H, W, 3) uint8."""
    side = image.height
    planes = base64.b64encode(image.uint8.transpose(2, 0, 1).tobytes()).decode()
    levels = base64.b64decode(page.evaluate(WARPED, [planes, side, change]))
    return np.frombuffer(levels, np.uint8).reshape(3, side, side).transpose(1, 2, 0)


CHANGES: list[tuple[Kind, float, dict[str, float]]] = [
    ("slide", 12, {"right": 12}), ("rotate", 30, {"turn": 30}), ("rotate", 90, {"turn": 90}),
    ("scale", 0.5, {"scale": 0.5}), ("scale", 1.25, {"scale": 1.25}),
]  # fmt: skip


def test_each_change_is_the_engines_to_a_level(page: Page, lite0):
    flower = lite0.prepare(explorer.sample("flower"))
    for kind, amount, change in CHANGES:
        ours, engines = warped(page, flower, change), transformed(lite0, flower, kind, amount).uint8
        assert np.abs(ours.astype(int) - engines).max() <= 1, kind
    brighter = np.rint(255 * np.minimum(1, 1.5 * flower.pixels.astype(np.float64)))
    assert np.abs(warped(page, flower, {"light": 1.5}) - brighter).max() <= 1


def test_what_is_left_at_each_stage_is_what_the_engine_finds(page: Page, lite0):
    open_page(page, "invariance")
    root = page.get_by_test_id("by-hand")
    expect(root.locator("[data-role=verdict]")).to_have_text(re.compile(r"daisy .32.%"))
    root.get_by_label("Turn the picture").fill("30")
    expect(root.locator("[data-role=where]")).to_have_text(re.compile("passes a second"), timeout=LIMIT_MS)
    expect(root.locator("[data-role=stages] .bar")).to_have_count(len(STAGES) + 1)
    at_rest(page)
    shares = json.loads(root.get_attribute("data-shares") or "[]")
    mine, second = explorer.sample("flower"), explorer.sample("coffee")
    turned = transformed(lite0, mine, "rotate", 30)
    for name, share in zip(STAGES, shares[:-1], strict=True):
        before, after, other = (explorer.feature_maps(lite0, one, name) for one in (mine, turned, second))
        assert share == pytest.approx(apart(before, after) / apart(before, other), abs=0.005), name
    expect(root.get_by_text("30° counter-clockwise")).to_be_visible()
    expect(root.get_by_text(f"{shares[0]:.2f} at the first stage, {shares[-1]:.2f} at the output")).to_be_visible()
    root.get_by_role("button", name="As it was").click()
    expect(root.get_by_text("Nothing is changed.")).to_be_visible()
    no_exceptions(page)


def test_the_picture_follows_the_hand_and_the_keys(page: Page):
    open_page(page, "invariance")
    root = page.get_by_test_id("by-hand")
    canvas = root.get_by_role("application")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    pixel = box["width"] / 224
    page.mouse.move(box["x"] + 90, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 90 + 20 * pixel, box["y"] + 90 - 10 * pixel, steps=3)
    page.mouse.up()
    expect(root.get_by_text("20 px right, 10 px up")).to_be_visible()
    canvas.press("ArrowRight")
    expect(root.get_by_text("24 px right, 10 px up")).to_be_visible()
    no_exceptions(page)


def test_where_the_browser_cannot_compute_python_answers_for_the_square_and_the_hand_is_told(page: Page):
    page.add_init_script("delete window.WebAssembly;")
    open_page(page, "where")
    stage = page.get_by_test_id("cover").get_by_role("application")
    stage.press("ArrowLeft")
    expect(page).to_have_url(re.compile("where_cover=14_13"))
    expect(page.get_by_text("the server does it instead")).to_be_visible()
    expect(page.locator(".cover .change")).to_have_text(re.compile(r"daisy: 32.% → \d"))
    open_page(page, "invariance")
    root = page.get_by_test_id("by-hand")
    root.get_by_label("Scale the picture").fill("0.5")
    expect(root.get_by_text("it can’t follow your hand")).to_be_visible()
    expect(root.get_by_text("1.41 × as large")).to_be_visible()
    no_exceptions(page)


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """‖a − b‖ / √(‖a‖² + ‖b‖²)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(np.sqrt(np.square(a - b).sum() / (np.square(a).sum() + np.square(b).sum())))
