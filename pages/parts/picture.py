"""The one picture picker: a sample, an upload or a photo, kept while the visitor walks from screen to screen."""

from __future__ import annotations

import streamlit as st

from explorer.images import Image, ImageError, open_image
from explorer.samples import credit, sample, sample_names
from pages.parts import show
from pages.parts.words import plain

_OWN, _REFUSED = "own_picture", "refused_picture"  # in the session: the visitor's Image, and why the last one was none


def current() -> Image:
    """The picture in use: the visitor's own, else the chosen sample."""
    own = st.session_state.get(_OWN)
    return own if own is not None else sample(st.session_state.get("picture") or sample_names()[0])


def pick() -> None:
    """The picker in the sidebar."""
    image = current()
    show.picture(image.uint8, f"The picture in use: {image.name}", width="stretch")
    st.selectbox("Picture", sample_names(), key="picture", bind="query-params", on_change=_use_sample)
    with st.popover("Use your own", icon=":material/add_photo_alternate:", width="stretch"):
        st.file_uploader(
            "A picture of yours: JPEG, PNG, WebP, GIF, BMP, TIFF, up to 50 MB",
            key="upload",
            on_change=_use_upload,
            args=("upload",),
        )
        if st.toggle("Use the camera", key="camera_on"):
            st.camera_input("Take a photo", key="photo", on_change=_use_upload, args=("photo",))
        st.caption("Your picture stays in the server's memory while this page is open, and is not stored.")
    if st.session_state.get(_REFUSED):
        st.error(plain(st.session_state[_REFUSED]), icon=":material/broken_image:")
    _origin(image)


def gallery(columns: int = 8) -> None:
    """All samples as small pictures with a button each."""
    rows = [sample_names()[i : i + columns] for i in range(0, len(sample_names()), columns)]
    for row in rows:
        for name, cell in zip(row, st.columns(columns), strict=False):
            with cell:
                show.picture(thumbnail(name), f"Sample: {name}")
                st.button(name, key=f"use_{name}", on_click=_choose, args=(name,), width="stretch", type="tertiary")


@st.cache_data(show_spinner=False)
def thumbnail(name: str) -> show.render.Picture:
    """The middle of a sample as a small square."""
    from explorer.images import resize_crop

    return resize_crop(sample(name), 128, 128).uint8


def _origin(image: Image) -> None:
    height, width = image.pixels.shape[:2]
    if st.session_state.get(_OWN) is None:
        st.caption(f"{width} × {height} pixels. {plain(credit(image.name))}")
        return
    st.caption(f"{plain(image.name)}, {width} × {height} pixels")
    st.button("Back to the samples", on_click=_use_sample, icon=":material/undo:", width="stretch")


def _choose(name: str) -> None:
    st.session_state["picture"] = name
    _use_sample()


def _use_sample() -> None:
    st.session_state[_OWN] = st.session_state[_REFUSED] = None


def _use_upload(widget: str) -> None:
    """Take an upload or a photo; when it is no picture, say why and keep what was there."""
    given = st.session_state.get(widget)
    if given is None:  # taken out of the uploader: the picture in use stays
        return
    try:
        st.session_state[_OWN] = open_image(given)
        st.session_state[_REFUSED] = None
    except ImageError as error:
        st.session_state[_REFUSED] = str(error)
