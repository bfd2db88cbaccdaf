"""The HTML that pages draw: what it holds is escaped, and each kind is written in one place."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pages.parts.widgets import markup
from pages.parts.widgets.markup import Bar, Patch, bars, colour_scale, data_url, img, patches

PAGES = Path(__file__).parents[1] / "pages"


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """What is handed to Streamlit."""
    found: list[str] = []
    monkeypatch.setattr(markup.st, "html", found.append)
    return found


def test_an_address_holds_the_file():
    address = data_url(b"\x89PNG", "webp")
    assert address.startswith("data:image/webp;base64,")
    assert base64.b64decode(address.partition(",")[2]) == b"\x89PNG"


def test_a_picture_has_its_words_escaped():
    assert img(b"", 'a "<b>"') == '<img alt="a &quot;&lt;b&gt;&quot;" src="data:image/png;base64,">'
    assert (
        img(b"", "a", css="frame", hover=True) == '<img class="frame" alt="a" title="a" src="data:image/png;base64,">'
    )


def test_a_bar_is_as_wide_as_its_share_and_there_may_be_none(drawn):
    bars([Bar("<cat>", "50 %", 0.5, stands_out=True), Bar("size", "3 MB")])
    assert drawn == [
        '<div class="bars"><div class="bar watched"><span>&lt;cat&gt;</span><span>50 %</span>'
        '<i style="width: 50.00%"></i></div><div class="bar"><span>size</span><span>3 MB</span></div></div>'
    ]


def test_patches_have_a_title_and_captions_where_there_are_some(drawn):
    patches("Most & least", [Patch(b"", "a", "1.0"), Patch(b"", "b")])
    assert drawn[0].startswith('<div class="patches"><b>Most &amp; least</b><figure><img alt="a" title="a" ')
    assert drawn[0].count("<figcaption>") == 1


def test_a_scale_says_what_is_low_in_the_middle_and_high(drawn):
    colour_scale("red, blue", "−1", "", "<1")
    assert drawn[0].endswith("<span>−1</span><span></span><span>&lt;1</span></div>")


@pytest.mark.parametrize("kind", ['class="bar', 'class="patches"', 'class="scale"', "data:image/"])
def test_each_kind_is_written_once(kind):
    assert [file.name for file in sorted(PAGES.rglob("*.py")) if kind in file.read_text("utf-8")] == ["markup.py"]
