"""Layers are called in words, kept by the link and by the way back; and *More* says what is changed in it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.support.driver import ONE_BY_ONE, at_rest, menu_link, open_page


def layer(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("Layer"))


def test_a_layer_chosen_by_its_words_stays_on_the_way_back_and_in_the_link(page: Page):
    open_page(page, "feature_maps", "maps_layer=blocks.5")
    expect(layer(page)).to_have_value("late, blocks.5")
    menu_link(page, "Filters").click()
    at_rest(page)
    page.go_back()
    at_rest(page)
    expect(layer(page)).to_have_value("late, blocks.5")
    layer(page).fill("early, blocks.0")  # of some 150 layers only those near by are in the list
    expect(page.get_by_role("option").first).to_have_text("early, blocks.0")
    layer(page).press("Enter")
    expect(page).to_have_url(re.compile(r"maps_layer=early[^&]*blocks\.0"))
    at_rest(page)
    page.reload()
    at_rest(page)
    expect(layer(page)).to_have_value("early, blocks.0")


def test_more_says_what_the_hand_has_changed_in_it_while_it_is_open(page: Page):
    open_page(page, "defence")
    more = page.get_by_role("button", name=re.compile("^More"))
    expect(more).to_have_accessible_name("More")
    more.click()
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("7")
    seed.press("Enter")
    expect(page.get_by_role("button", name="More (1)")).to_be_visible()
    expect(seed).to_be_visible()
    seed.fill("0")
    seed.press("Enter")
    expect(page.get_by_role("button", name="More", exact=True)).to_be_visible()


def test_an_open_fold_stays_open_though_the_browser_draws_between_two_messages(page: Page):
    page.add_init_script(ONE_BY_ONE)
    open_page(page, "patterns")
    page.get_by_role("button", name=re.compile("^More")).click()
    control = page.get_by_test_id("stPopoverBody").get_by_role("switch")
    control.press("Space")
    expect(page.get_by_role("button", name="More (1)")).to_be_visible()
    at_rest(page)
    expect(control).to_be_attached(timeout=1000)


def test_more_does_not_count_what_a_link_asked_for_in_vain(page: Page):
    open_page(page, "filters", "filters_shared=cat")
    expect(page.get_by_test_id("stToast")).to_contain_text("filters_shared=cat")
    page.get_by_role("button", name="More", exact=True).click()
    one_scale = page.get_by_role("switch", name="One scale for all")
    expect(one_scale).to_be_attached()
    expect(page.get_by_text("Changed:")).to_have_count(0)
    one_scale.press("Space")
    expect(page.get_by_role("button", name="More (1)")).to_be_visible()
