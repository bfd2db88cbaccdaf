"""The plan and the list of networks in a real Chromium: what opens, closes, is chosen and leads elsewhere."""

from __future__ import annotations

import io

import torch
from playwright.sync_api import Page, expect

from explorer.networks.registry.catalogue import build
from tests.browser.support.driver import at_rest, give, no_exceptions, open_page

LIMIT_MS = 60_000


def test_groups_open_and_close_and_a_layer_leads_to_its_maps(page: Page) -> None:
    open_page(page, "plan", "network=SqueezeNet+1.1&weights=random")
    blocks = page.locator(".plan .block")
    blocks.first.wait_for()
    before = blocks.count()
    features = page.locator(".plan .bracket").filter(has_text="features")
    features.locator("text").click()
    expect(blocks).to_have_count(before - 12)
    expect(page.locator(".plan .way")).to_have_count(0)
    blocks.filter(has_text="features").click()
    expect(blocks).to_have_count(before)
    at_rest(page)
    page.locator(".plan .scroll").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="features.0")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("64 · 3 · 3 · 3")).to_be_visible(timeout=LIMIT_MS)
    page.locator(".plan .block.chosen .outline").hover(force=True)
    expect(page.locator(".plan .card")).to_contain_text("3 × 3 pixels")
    page.get_by_role("link", name="Its maps").click()
    at_rest(page)
    no_exceptions(page)
    expect(page.get_by_role("heading", name="Feature maps")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("features.0").first).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text("SqueezeNet 1.1, random weights")).to_be_visible(timeout=LIMIT_MS)


def test_ways_around_blocks_are_drawn_where_they_end_and_say_what_they_are(page: Page) -> None:
    open_page(page, "plan", "network=ResNet-18&weights=random")
    ways, block = page.locator(".plan .way"), page.locator(".plan .block")
    expect(block.filter(has_text="layer1")).to_be_visible(timeout=LIMIT_MS)
    expect(ways).to_have_count(0)  # they end inside the blocks drawn
    block.filter(has_text="layer1").click()
    expect(ways).to_have_count(2)
    expect(ways.first.locator("title")).to_have_text("What maxpool gives goes around and is added behind layer1.0.")
    expect(page.locator(".plan .legend")).to_contain_text("skip connection, added")
    page.get_by_role("button", name="Every layer").click()
    expect(ways).to_have_count(8 + 3)  # three shortcuts have a convolution, which reads what is far behind it
    no_exceptions(page)


def test_a_network_of_the_list_becomes_the_one_in_use(page: Page) -> None:
    open_page(page, "plan", "weights=random")
    page.get_by_role("button", name="All …").click()
    page.locator(".st-key-network_words input").fill("test_resnet")
    page.keyboard.press("Enter")
    at_rest(page)
    table = page.get_by_test_id("stDialog").get_by_test_id("stDataFrame")
    box = table.bounding_box()
    page.mouse.click(box["x"] + 12, box["y"] + 52)  # the mark of the first row; the table is a canvas
    page.get_by_role("button", name="Use timm/test_resnet").click(timeout=LIMIT_MS)
    at_rest(page)
    no_exceptions(page)
    expect(page.get_by_text("timm/test_resnet, random weights")).to_be_visible(timeout=LIMIT_MS)


def test_own_weights_are_refused_tensor_by_tensor_or_become_the_network(page: Page) -> None:
    open_page(page, "plan", "network=timm/test_resnet&weights=random")
    page.get_by_role("button", name="Yours …").click()
    state = build("timm/test_resnet", 2)[0].state_dict()
    for change, expected in ((True, "don't fit this network"), (False, "your own weights")):
        file = io.BytesIO()
        torch.save(state | ({"conv1.0.weight": torch.zeros(1)} if change else {}), file)
        weights = {"name": "mine.pth", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
        names = {"name": "names.txt", "mimeType": "text/plain", "buffer": "Käfer, grün\nBlüte\n".encode()}
        give(page, "own_file", weights)
        give(page, "own_labels_file", names)
        page.get_by_role("button", name="Use these weights").click(timeout=LIMIT_MS)
        at_rest(page)
        no_exceptions(page)
        if change:
            expect(page.get_by_text(expected)).to_be_visible(timeout=LIMIT_MS)
            expect(page.get_by_test_id("stDialog").get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_text("trained", exact=True).first.click()
    at_rest(page)
    expect(page.get_by_text("your own weights")).to_be_visible(timeout=LIMIT_MS)
    page.get_by_role("link", name="Where it looks").click()
    at_rest(page)
    no_exceptions(page)
    expect(page.get_by_text("Käfer, grün").first).to_be_visible(timeout=LIMIT_MS)
