"""Weights of one's own in a real Chromium: large ones arrive, and of several models the visitor chooses."""

from __future__ import annotations

from pathlib import Path

import torch
from playwright.sync_api import Page, expect

from explorer.networks.registry.catalogue import build
from tests.browser.support.driver import at_rest, give, no_exceptions, open_page

LIMIT_MS = 120_000


def upload(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Yours …").click()
    give(page, "own_file", file)
    expect(page.get_by_role("button", name="Use these weights")).to_be_enabled(timeout=LIMIT_MS)
    page.get_by_role("button", name="Use these weights").click(timeout=LIMIT_MS)


def test_weights_of_94_megabytes_arrive(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "resnet50.pth.tar"
    torch.save({"epoch": 90, "state_dict": build("torchvision/resnet50", 3)[0].state_dict()}, file)
    assert file.stat().st_size > 94e6
    open_page(page, "plan", "network=ResNet-50&weights=random")
    upload(page, file)
    page.get_by_text("trained", exact=True).first.click(timeout=LIMIT_MS)
    at_rest(page)
    no_exceptions(page)
    expect(page.get_by_text("your own weights")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("Set aside: epoch")).to_be_visible()


def test_of_several_models_in_a_file_the_visitor_chooses(page: Page, tmp_path: Path) -> None:
    states = [build("timm/test_resnet", 2)[0].state_dict() for _ in range(2)]
    torch.save({"state_dict": states[0], "state_dict_ema": states[1]}, tmp_path / "last.pth.tar")
    open_page(page, "plan", "network=timm/test_resnet")
    upload(page, tmp_path / "last.pth.tar")
    at_rest(page)
    page.get_by_test_id("stDialog").get_by_text("state_dict_ema", exact=True).click(timeout=LIMIT_MS)
    at_rest(page)
    page.get_by_role("button", name="Use these weights").click(timeout=LIMIT_MS)
    at_rest(page)
    no_exceptions(page)
    expect(page.get_by_text("Of the models in the file this is “state_dict_ema”")).to_be_visible(timeout=LIMIT_MS)
