"""A path of a teacher's own in a link: the file itself, compressed; nothing is fetched from anywhere."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from pages.parts.path import progress
from pages.parts.path.teaching_path import MOST_BYTES, PathError
from pages.parts.shell import once
from pages.parts.widgets import linked, packed_text

LINK = "path_text"
MOST_LETTERS = 12_000


def read(link: str) -> str:
    """The file in a link. Raises PathError when it was garbled, or is too long."""
    try:
        return packed_text.unpack(link, MOST_BYTES)
    except packed_text.TooLong:
        raise PathError("The path in this link is too long, or was cut off.") from None
    except ValueError:
        raise PathError("The path in this link is garbled: ask for the link again.") from None


def take_from_link() -> None:
    """Walk on the path that the link brings, once; what is wrong with it is said by a PathError."""
    link = linked.parameter(LINK)
    if link and once.is_new("follow the path's link", link):
        progress.take_own(read(link))


def address(text: str) -> str | None:
    """The link that brings a path; None where it would be too long to be sent."""
    packed = packed_text.pack(text)
    return None if len(packed) > MOST_LETTERS else f"{st.context.url or ''}?{urlencode({LINK: packed})}"
