"""Class names from a text file: in whatever encoding it came, or a sentence."""

from __future__ import annotations

import pytest

from explorer.networks.labels import read_labels
from explorer.networks.loading import NetworkError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_one_name_a_line(encoding: str) -> None:
    assert read_labels("cat\r\n\n  Käfer, groß \r\ndog".encode(encoding)) == ("cat", "Käfer, groß", "dog")
    assert read_labels(" \n".encode(encoding)) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [(b"caf\xe9 au lait", "is no text"), (b"cat\n" + b"x" * 201, "Name 2"), (b"cat\0dog", "Name 1")],
)
def test_what_is_no_list_of_names_is_refused(text: bytes, says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        read_labels(text)
