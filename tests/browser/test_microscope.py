"""The microscope in a real Chromium: a number is read and clicked, a filter walks to the kernel editor."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support.driver import at_rest, menu_link, no_exceptions, open_page

LIMIT_MS = 90_000


def test_hovering_reads_a_number_and_a_click_shows_what_made_it(page: Page):
    open_page(page, "feature_maps", "maps_view=One+place&maps_layer=conv_stem")
    grid = page.locator(".places")
    box = grid.bounding_box()
    assert box is not None
    place = {"x": box["width"] * (40.5 / 112), "y": box["width"] * (20.5 / 112)}
    grid.hover(position=place)
    hint = page.locator(".places .hint")
    expect(hint).to_have_text(re.compile(r"row 20, column 40: −?\d"))
    grid.click(position=place)
    expect(page.get_by_text("What row 20, column 40 sees")).to_be_visible(timeout=LIMIT_MS)
    grid.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("What row 21, column 40 sees")).to_be_visible(timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile("place=21_40"))
    expect(page.get_by_role("img", name="their products")).to_be_visible()
    no_exceptions(page)


def test_a_filter_goes_to_the_kernel_editor(page: Page):
    open_page(page, "filters", "filter=3&filters_plane=red")
    page.get_by_role("button", name="Send to the kernel editor").click()
    expect(page).to_have_url(re.compile(r"convolution\?.*k=3x3_-0\.14"), timeout=LIMIT_MS)
    at_rest(page)  # the menu folds the section that was left when the editor's screen has come
    menu_link(page, "Filters").click()
    expect(page.get_by_role("img", name="The kernel in the editor")).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)


def test_a_tile_opens_its_card_while_other_channels_are_painted(page: Page):
    page.goto("/atlas?atlas_view=every+channel&channels_layer=blocks.6&channels_paint=true")
    expect(page.locator(".st-key-stop_every_channel")).to_be_visible(timeout=LIMIT_MS)  # Streamlit has a Stop, too
    sheet = page.locator(".tiles")
    box = sheet.bounding_box()
    assert box is not None
    sheet.click(position={"x": box["width"] * 2.5 / 14, "y": 20})
    expect(page).to_have_url(re.compile(r"/neurons\?.*unit_layer=blocks\.6&unit_channel=2"), timeout=LIMIT_MS)
    no_exceptions(page)


def test_a_cell_of_the_activation_atlas_is_read_chosen_and_zoomed_into(page: Page):
    page.goto(
        "/atlas?atlas_view=activation+atlas&activations_layer=conv_stem&activations_layout=PCA&activations_grid=4"
    )
    sheet = page.locator(".tiles")
    expect(sheet).to_be_visible(timeout=LIMIT_MS)
    box = sheet.bounding_box()
    assert box is not None
    middle = {"x": box["width"] * 1.5 / 4, "y": box["width"] * 1.5 / 4}
    sheet.hover(position=middle)
    expect(page.locator(".tiles .hint")).to_have_text(re.compile(r"\d %.* samples"))
    sheet.click(position=middle)
    expect(page.get_by_text("Row 2, column 2")).to_be_visible(timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile("activations_cell=5"))
    sheet.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Row 2, column 3")).to_be_visible(timeout=LIMIT_MS)
    page.get_by_role("button", name="Zoom in here").click()
    expect(page).to_have_url(re.compile("activations_zoom=6"), timeout=LIMIT_MS)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=LIMIT_MS)
    page.get_by_role("button", name="Zoom out").click()
    expect(page.get_by_text("Row 2, column 3")).to_be_visible(timeout=LIMIT_MS)
    expect(page).not_to_have_url(re.compile("activations_zoom"))
    no_exceptions(page)
