"""Whose photographs are looked through: the samples, the visitor's own, or the server's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.dataset_examples.gallery import SETTING, Gallery, GalleryError, Patches, on_server
from explorer.dataset_examples.uploads import MOST_BYTES, MOST_PICTURES, UploadedPictures, unpack_uploads
from pages.parts.shell.words import plain
from pages.parts.widgets import uploads

_BROUGHT = "gallery_brought"
_NAME = "gallery"  # of what is brought


def choose_gallery() -> Gallery:
    """The samples' patches, the visitor's own pictures, or the server's; what can't be used is explained."""
    server = _server()
    options = ["samples", "mine", *(["server"] if server is not None else [])]
    chosen = st.segmented_control(
        "Photographs", options, default="samples", required=True, key="unit_gallery", bind="query-params",
    )  # fmt: skip
    if chosen == "mine":
        uploads.uploader(
            f"Pictures, or ZIP archives of them: up to {MOST_PICTURES} pictures, {MOST_BYTES >> 20} MB unpacked",
            _NAME, _take_pictures, accept_multiple_files=True, max_upload_size=200,
        )  # fmt: skip
        st.caption("They stay in the server's memory while this page is open, and are not stored.")
        uploads.refusal(_NAME)
        pictures: UploadedPictures | None = st.session_state.get(_BROUGHT)
        if pictures is not None:
            return pictures
        st.caption("No pictures uploaded yet: these are from the samples.")
    return server if chosen == "server" and server is not None else Patches()


def _server() -> Gallery | None:
    try:
        return on_server()
    except GalleryError as error:
        st.warning(plain(str(error)))
        return None


def _take_pictures(files: Sequence[Any]) -> None:
    """Take what can be taken, and say of the rest how many they are. Raises GalleryError where nothing can."""
    pictures = unpack_uploads([(file.name, file.getvalue()) for file in files])
    st.session_state[_BROUGHT] = pictures
    if pictures.refused:
        uploads.refuse(_NAME, f"{len(pictures.refused)} could not be used: {pictures.refused[0]}")


def gallery_name(gallery: Gallery) -> str:
    """What a gallery is called in the line beneath its photographs."""
    if isinstance(gallery, Patches):
        return "the samples, each whole and in five parts"
    return "your pictures" if isinstance(gallery, UploadedPictures) else f"the server's collection ({SETTING})"
