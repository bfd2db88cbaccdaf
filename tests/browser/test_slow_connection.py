"""A slow connection: what the server has replaced meanwhile is still there when it is asked for."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.support.driver import at_rest, eventually, open_page


def test_a_picture_that_is_asked_for_late_still_comes(page: Page):
    open_page(page, "edges")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/media/" in request.url else None)
    for count in (1, 2, 3):
        page.get_by_role("slider", name="Angle of the edge").press("ArrowRight")
        at_rest(page)
        eventually(lambda: len(asked), lambda seen, count=count: seen >= count)
    assert len(set(asked)) >= 3
    late = {url: page.request.get(url).status for url in asked}
    assert set(late.values()) == {200}, late
