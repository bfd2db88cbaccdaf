"""The menu: folded by section but for that of the open screen, unfolded by mouse and keys, and so it stays."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.parts.shell.screens import SCREENS, SECTIONS
from tests.browser.support.driver import address, at_rest, menu_link, no_exceptions, open_page


def name_of(page: Page, section: str) -> Locator:
    return page.get_by_test_id("stSidebarNav").get_by_role("button", name=section, exact=True)


def unfolded(page: Page) -> list[str]:
    """The sections whose screens are seen; each says so, too."""
    expect(name_of(page, "Convolution")).to_have_count(1)
    found = [
        section for section in SECTIONS if section and name_of(page, section).get_attribute("aria-expanded") == "true"
    ]
    links = page.get_by_test_id("stSidebarNav").get_by_role("link").all_inner_texts()
    seen = {text.split("\n")[-1] for text in links}  # without its symbol
    titles = {section: {title for _, title, _ in screens} for section, screens in SECTIONS.items()}
    assert found == [section for section in SECTIONS if section and titles[section] <= seen]
    assert seen == titles[""].union(*(titles[section] for section in found))
    return found


def test_only_the_open_screens_section_is_unfolded(page):
    open_page(page, "edges")
    assert unfolded(page) == ["Convolution"]
    open_page(page, "neurons")
    assert unfolded(page) == ["What it looks for"]
    open_page(page, "")
    assert unfolded(page) == []


def test_a_section_is_unfolded_by_keys_and_stays_so_when_the_screen_is_drawn_anew(page):
    open_page(page, "edges")
    name_of(page, "How it learns").focus()
    page.keyboard.press("Enter")
    assert unfolded(page) == ["Convolution", "How it learns"]
    page.get_by_role("slider", name="Angle of the edge").press("ArrowRight")
    page.wait_for_url("**edges_angle=95*")
    for _ in range(2):  # each draws the whole app anew
        page.locator(".st-key-project_switch button:visible").first.click()
        at_rest(page)
    assert unfolded(page) == ["Convolution", "How it learns"]
    name_of(page, "Convolution").press(" ")
    assert unfolded(page) == ["How it learns"]


def test_the_section_of_the_screen_one_comes_to_is_unfolded(page):
    open_page(page, "edges")
    menu_link(page, "Overfitting").click()
    page.wait_for_url("**/overfitting*")
    at_rest(page)
    assert unfolded(page) == ["How it learns"]
    page.go_back()
    page.wait_for_url("**/edges*")
    at_rest(page)
    assert unfolded(page) == ["Convolution"]
    no_exceptions(page)


def test_what_is_folded_in_one_tab_is_as_it_was_in_another_and_all_links_are_there(page):
    open_page(page, "edges")
    with page.context.new_page() as other:
        open_page(other, "neurons")
        name_of(other, "How it learns").click()
        assert unfolded(other) == ["What it looks for", "How it learns"]
    page.reload()
    at_rest(page)
    assert unfolded(page) == ["Convolution"]
    links = page.locator("[data-testid=stSidebarNavLink]").evaluate_all(
        "links => links.map(link => new URL(link).pathname)"
    )
    assert links == [f"/{file}".replace("/home", "/") for file, *_ in SCREENS]


def test_on_a_phone_a_section_is_as_tall_as_a_finger(phone):
    open_page(phone, "edges")
    phone.get_by_test_id("stExpandSidebarButton").click()
    assert name_of(phone, "How it learns").locator("xpath=..").bounding_box()["height"] >= 44
    name_of(phone, "How it learns").click()
    menu_link(phone, "Tricks").click()
    phone.wait_for_url("**/tricks*")


@pytest.mark.parametrize(
    ("screen", "query"),
    [
        ("feature_maps", "maps_layer=blocks.5&picture=cat&maps_view=One+place&place=2_3"),
        ("adversarial", "attack_linf=4&attack_target=broccoli"),
        ("patterns", "patterns_alone=false"),
    ],
)
def test_the_way_back_leads_to_the_screen_as_it_was_left(page: Page, screen: str, query: str):
    open_page(page, screen, query)
    before, settings = address(page), shown_settings(page)
    leave_for_edges(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Edges", level=1)).to_be_hidden()
    at_rest(page)
    assert address(page) == before
    assert shown_settings(page) == settings
    page.go_forward()
    expect(page.get_by_role("heading", name="Edges", level=1)).to_be_visible()


def test_the_way_back_is_one_step_in_a_slow_browser_too_and_after_a_double_click(page: Page):
    open_page(page, "adversarial", "attack_linf=4&attack_target=broccoli")
    before, steps = address(page), page.evaluate("history.length")
    browser = page.context.new_cdp_session(page)
    browser.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    leave_for_edges(page, clicks=2)
    browser.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    expect(page.get_by_role("heading", name="Edges", level=1)).to_be_hidden()
    at_rest(page)
    assert address(page) == before


def test_a_double_click_draws_the_screen_once(page: Page):
    asked: list[BackMsg] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: asked.append(BackMsg.FromString(sent))))
    open_page(page, "convolution")
    asked.clear()
    leave_for_edges(page, clicks=2)
    assert len([one for one in asked if one.HasField("rerun_script") and not one.rerun_script.fragment_id]) == 1


def leave_for_edges(page: Page, *, clicks: int = 1) -> None:
    menu_link(page, "Edges").click(click_count=clicks)
    expect(page.get_by_role("heading", name="Edges", level=1)).to_be_visible()
    at_rest(page)


def shown_settings(page: Page) -> dict[str, object]:
    """What the server went by for the screen's own settings."""
    told = [json.loads(one.get_attribute("data-of") or "") for one in page.locator(".shows").all()]
    newest = max(told, key=lambda one: one["run"])["settings"]
    names = ("maps_", "place", "attack_", "patterns_")
    return {key: value for key, value in newest.items() if key.startswith(names)}
