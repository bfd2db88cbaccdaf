"""Names of files that visitors bring, as they are shown."""

from __future__ import annotations

import pytest

from explorer.file_names import shown_name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("cat.png", "cat.png"), ("some/folder/cat.png", "cat.png"), ("C:\\pictures\\cat.png", "cat.png"),
     ("folder/", "folder"), (" two\nli\u202enes ", "twolines"), ("", ""), ("x" * 60, "x" * 60),
     ("x" * 61, "x" * 59 + "…")],
)  # fmt: skip
def test_a_name_is_the_files_own_on_one_line(name, wanted):
    assert shown_name(name) == wanted
