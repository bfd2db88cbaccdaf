"""What is taken away is named by what it shows."""

from __future__ import annotations

import pytest

from pages.parts.widgets.takeaway import file_name


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        (["castle"], "castle"), (["coffee", "as", "broccoli"], "coffee-as-broccoli"),
        (["IMG 1.JPG"], "IMG-1"),
        (["flower", "blocks.2"], "flower-blocks.2"), (["a/../b\\c"], "a-..-b-c"),
        (["coffee, cropped"], "coffee-cropped"),
        (["/…"], "picture"), (["Käfer.png", "edges"], "Käfer-edges"), (["lite0", "blocks.3 4"], "lite0-blocks.3-4"),
    ],
)  # fmt: skip
def test_files_are_named_by_what_they_show(shown, name):
    assert file_name(*shown) == name
