"""The words that close a screen: three paragraphs, each under its heading."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _drawn() -> None:
    from pages.parts.shell.closing import closing

    for tab in ("first", "second"):
        closing(look_for=f"edges of {tab}", try_="another picture", it_means="$x$ says where", tab=tab)


def test_each_of_the_three_stands_in_a_column_under_its_heading() -> None:
    app = AppTest.from_function(_drawn).run()
    assert not app.exception
    said = [text.value for text in app.markdown]
    assert said[:3] == [
        "**Look for**\n\nedges of first",
        "**Try**\n\nanother picture",
        "**It means**\n\n$x$ says where",
    ]
    assert len(app.columns) == 6
