"""The picture picker: what it says of a visitor's own picture, once and no more."""

import io

import numpy as np
import PIL.Image
import pytest

from explorer.pictures.images import open_image
from tests.support.whole_app import app, shown


def own(width: int, height: int):
    file = io.BytesIO()
    PIL.Image.fromarray(np.zeros((height, width, 3), np.uint8)).save(file, "JPEG")
    return open_image(file.getvalue(), name="mine.jpg")


def words(test) -> str:
    return shown(test).replace("\\", "")


@pytest.mark.parametrize("page", ["home", "convolution"])
def test_a_picture_that_was_reduced_says_from_what(page):
    said = words(app(page, own_picture=own(13_000, 980)))
    assert "mine.jpg, 1024 × 77 pixels (reduced from 13,000 × 980)" in said
    assert "reduced from" not in words(app(page, own_picture=own(1000, 77)))


@pytest.mark.parametrize("page", ["home", "convolution", "where"])
def test_why_a_file_is_no_picture_is_said_once(page):
    test = app(page, picture_refused="“notes.txt” is no picture.")
    assert [error.value.replace("\\", "") for error in test.error] == ["“notes.txt” is no picture."]
