"""Tables for a spreadsheet: numbers stay numbers, and no name of a file becomes a formula."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.csv_table import to_csv


def read(content):
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_numbers_are_written_as_their_column_says_and_stay_numbers():
    rows = [("a", 1 / 3, True, -2), ("b", -1e-9, False, None)]
    assert read(to_csv({"name": "", "share": ".3f", "right": "d", "change": "g"}, rows)) == [
        ["name", "share", "right", "change"],
        ["a", "0.333", "1", "-2"],
        ["b", "-0.000", "0", ""],
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", '=1,"2"\n3'])
def test_no_name_of_a_file_is_a_formula(name):
    assert read(to_csv({"picture": ""}, [[name]])) == [["picture"], [f"'{name}"]]


@pytest.mark.parametrize("name", ["a,b.png", 'say "cheese".png', "two\nlines", "1-1=0.png", ""])
def test_any_other_name_can_be_read_again(name):
    assert read(to_csv({"picture": "", "row": ""}, [[name, 3]]))[1] == [name, "3"]


def test_a_row_has_a_cell_for_each_column():
    with pytest.raises(ValueError, match="zip"):
        to_csv({"row": "", "column": ""}, [[1]])
