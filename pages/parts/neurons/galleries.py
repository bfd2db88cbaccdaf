"""Whose photographs are looked through: the samples, the visitor's own, or the server's."""

from __future__ import annotations

import streamlit as st

from explorer.dataset_examples.gallery import SETTING, Gallery, GalleryError, Patches, on_server
from explorer.dataset_examples.uploads import MOST_BYTES, MOST_PICTURES, UploadedPictures, unpack_uploads
from pages.parts.shell.visit import own_things
from pages.parts.shell.words import plain

_BROUGHT, _REFUSED = "gallery_brought", "gallery_refused"


def choose_gallery() -> Gallery:
    """The samples' patches, the visitor's own pictures, or the server's; what can't be used is explained."""
    server = _server()
    options = ["samples", "mine", *(["server"] if server is not None else [])]
    chosen = st.segmented_control(
        "Photographs", options, default="samples", required=True, key="unit_gallery", bind="query-params",
    )  # fmt: skip
    if chosen == "mine":
        st.file_uploader(
            f"Pictures, or ZIP archives of them: up to {MOST_PICTURES} pictures, {MOST_BYTES >> 20} MB unpacked",
            accept_multiple_files=True, max_upload_size=200, key="gallery_upload", on_change=_use_upload,
        )  # fmt: skip
        st.caption("They stay in the server's memory while this page is open, and are not stored.")
        if st.session_state.get(_REFUSED):
            st.warning(plain(st.session_state[_REFUSED]))
        brought: UploadedPictures | None = st.session_state.get(_BROUGHT)
        if brought is not None:
            return brought
        st.caption("No pictures uploaded yet: these are from the samples.")
    return server if chosen == "server" and server is not None else Patches()


def _server() -> Gallery | None:
    try:
        return on_server()
    except GalleryError as error:
        st.warning(plain(str(error)))
        return None


def _use_upload() -> None:
    files = st.session_state.get("gallery_upload") or []
    if not files:
        return
    own_things()
    try:
        brought = unpack_uploads([(file.name, file.getvalue()) for file in files])
    except GalleryError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_BROUGHT] = brought
    passed = len(brought.refused)
    st.session_state[_REFUSED] = f"{passed} could not be used: {brought.refused[0]}" if passed else None


def gallery_name(gallery: Gallery) -> str:
    """For the line beneath."""
    if isinstance(gallery, Patches):
        return "the samples, each whole and in five parts"
    return "your pictures" if isinstance(gallery, UploadedPictures) else f"the server's collection ({SETTING})"
