"""For everyone: axe-core finds no serious or critical fault of ours on any screen, in light and in dark.

And a table is read on a phone, too.
"""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pages.parts.shell.screens import SCREENS
from tests.browser.support.driver import at_rest, open_page

# Streamlit's own, by rule and what the faulty element is or lies in.
STREAMLITS = {
    "list": "stSidebarNavItems", "listitem": "<li class=\"st-emotion-cache", "aria-allowed-attr": "data-baseweb",
    "aria-required-children": "data-baseweb", "nested-interactive": "stFileUploader",
}  # fmt: skip
SERIOUS = ("serious", "critical")
LOOKED_AT = SCREENS if os.environ.get("ALL_SCREENS") else SCREENS[::4]  # all of them before a release


def ours(page: Page) -> list[str]:
    """What axe-core finds and Streamlit doesn't answer for, as rule, element and words."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
        if STREAMLITS.get(fault["id"], "\0") not in node["html"] + str(node["target"])
    ]


@pytest.mark.parametrize("screen", [file for file, *_ in LOOKED_AT])
def test_no_serious_fault_is_ours(page, screen):
    open_page(page, "" if screen == "home" else screen)
    at_rest(page, quiet_s=1)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        at_rest(page)
        assert [scheme, *ours(page)] == [scheme]


@pytest.mark.parametrize("screen", ["depth", "defence"])
def test_on_a_phone_a_wide_table_moves_and_not_the_page(phone, screen):
    open_page(phone, screen)
    table = phone.locator('[data-testid="stMain"] [data-testid="stMarkdownContainer"]:has(> table)').first
    assert table.evaluate("one => one.scrollWidth > one.clientWidth")
    assert phone.get_by_test_id("stMain").evaluate("one => one.scrollWidth <= one.clientWidth + 1")
