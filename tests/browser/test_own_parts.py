"""A screen with settings in a part of ours opens with at most three, together with Streamlit's; the rest is folded."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.support.driver import at_rest, open_page
from tests.support.whole_app import app
from tests.test_amount import controls

# What can be set in the parts that have settings of their own: by label, without what plays, of alike ones one.
SETTINGS = """() => {
    const found = [];
    const look = (root) => {
        for (const one of root.querySelectorAll("*")) {
            if (one.shadowRoot) look(one.shadowRoot);
            if (root === document || !one.matches("select, input") || !one.checkVisibility()) continue;
            const { width } = one.getBoundingClientRect();
            if (width > 4) found.push(one.getAttribute("aria-label") || one.labels[0].textContent.trim());
        }
    };
    look(document);
    return found;
}"""
PLAYS = ("Step", "Place of the window", "Wipe", "Epoch that is shown", "Epochs a frame")
#: What a screen is about: a kernel's weights, a network's inputs and weights.
SUBJECT = re.compile(r"weight|row|column|^input |^target |^unit |bias", re.IGNORECASE)


def settings(page: Page) -> set[str]:
    named = {re.sub(r"\d+(, the in.*)?$", "", str(label)).strip() for label in page.evaluate(SETTINGS)}
    return {label for label in named if label not in PLAYS and not SUBJECT.search(label)}


def streamlits(screen: str) -> set[str]:
    """The keys of Streamlit's controls beside them, without the row of views."""
    return {re.sub(r"\d+$", "", key) for key in controls(app(screen).main)} - {"conv_view"}


@pytest.mark.parametrize("screen", ["convolution", "signals", "live", "backpropagation", "hidden_units"])
def test_it_opens_with_at_most_three_settings(page: Page, screen: str):
    open_page(page, screen)
    at_rest(page)
    found = settings(page) | streamlits(screen)
    assert len(found) <= 3, found
