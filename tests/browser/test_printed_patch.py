"""A printed patch before a camera: what is filmed is read as the patch's class, and not with a photograph instead."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, expect

import explorer
from explorer import render
from tests.browser.support.driver import LIMIT_MS, no_exceptions
from tests.browser.support.live_page import BROCCOLI, after, frames, opened, top
from tests.support import printed_patch

FILMED, INSTEAD = "coffee", "horse"
HEIGHT, WIDTH = 480, 640


def held_before(scene: render.Picture, print_: render.Picture) -> render.Picture:
    """A print as large as its share of the picture, held a little askew and in less light than the scene."""
    side = HEIGHT * printed_patch.SIDE / 224
    corners = np.float32([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * side
    turn = np.deg2rad(8)
    turned = corners @ np.float32([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    height, width = print_.shape[:2]
    whole = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    middle = np.float32([WIDTH / 2 + 60, HEIGHT / 2 + 60])
    way = cv2.getPerspectiveTransform(whole, turned + middle)
    darker = (0.85 * print_).astype(np.uint8)
    return np.asarray(cv2.warpPerspective(darker, way, (WIDTH, HEIGHT), scene.copy(), cv2.INTER_LINEAR,
                                          cv2.BORDER_TRANSPARENT))  # fmt: skip


def write_film(path: Path, frame: render.Picture) -> None:
    """One frame as YUV 4:2:0: a camera has half as many places for colour as for light, each way."""
    planes = cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes()
    path.write_bytes(b"YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420\n" % (WIDTH, HEIGHT) + 2 * (b"FRAME\n" + planes))


def choose(page: Page, source: str) -> None:
    page.get_by_role("radio", name=source).or_(page.get_by_role("button", name=source, exact=True)).first.click()


def filmed(page: Page, film: Path, frame: render.Picture) -> int:
    """The class that Live names first while the camera films this."""
    write_film(film, frame)
    choose(page, "camera")
    expect(page.get_by_test_id("live").get_by_text("Live. The frames stay")).to_be_visible(timeout=LIMIT_MS)
    after(page, frames(page) + 3)
    named = top(page)[0][0]
    choose(page, "picture")
    page.locator(".live:not(.filming)").wait_for(timeout=LIMIT_MS)
    return named


def test_what_is_filmed_with_the_patch_is_its_class_and_with_a_photograph_it_is_not(film_page: Page, film: Path):
    scene = cv2.resize(explorer.sample(FILMED).uint8, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    patch = printed_patch.kept()
    photograph = cv2.resize(explorer.sample(INSTEAD).uint8, patch.shape[:2], interpolation=cv2.INTER_AREA)
    opened(film_page)
    assert filmed(film_page, film, held_before(scene, photograph)) != BROCCOLI
    assert filmed(film_page, film, held_before(scene, patch)) == BROCCOLI
    no_exceptions(film_page)
