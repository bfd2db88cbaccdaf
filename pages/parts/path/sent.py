"""A path of a teacher's own in a link: the file itself, compressed; nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import urlencode

import streamlit as st

from pages.parts.path import progress
from pages.parts.path.stations import MOST_BYTES, PathError
from pages.parts.widgets import linked

LINK = "path_text"
MOST_LETTERS = 12_000
_TAKEN = "path_text_taken"  # in the session: the link that was followed


def write(text: str) -> str:
    """A path's file as a link has it."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def read(link: str) -> str:
    """The file in a link. Raises PathError when it was garbled, or is too long."""
    try:
        unpacked = zlib.decompressobj()
        raw = unpacked.decompress(base64.urlsafe_b64decode(link + "=" * (-len(link) % 4)), MOST_BYTES)
        if unpacked.unconsumed_tail or not unpacked.eof:
            raise PathError("The path in this link is too long, or was cut off.")
        return raw.decode()
    except (ValueError, zlib.error) as error:
        if isinstance(error, PathError):
            raise
        raise PathError("The path in this link is garbled: ask for the link again.") from None


def take_from_link() -> None:
    """Walk on the path that the link brings, once; what is wrong with it is said by a PathError."""
    link = linked.asked(LINK)
    if link and st.session_state.get(_TAKEN) != link:
        st.session_state[_TAKEN] = link
        progress.take_own(read(link))


def address(text: str) -> str | None:
    """The link that brings a path; None where it would be too long to be sent."""
    packed = write(text)
    return None if len(packed) > MOST_LETTERS else f"{st.context.url or ''}?{urlencode({LINK: packed})}"
