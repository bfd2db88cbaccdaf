"""The one picture picker: a sample, an upload or a photo, kept while the visitor walks from screen to screen."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.pictures.images import Image, open_image
from explorer.pictures.samples import credit, sample, sample_names
from explorer.pictures.thumbnails import thumbnails
from pages.parts.shell.visit import note_own_things
from pages.parts.shell.words import plain
from pages.parts.widgets import link_choices, linked, show, uploads
from pages.parts.widgets.tiles import choose_tile

SIDEBAR = 320  # pixels
YOURS = "your own picture"  # what the box and the link say of it
# In the session: the visitor's Image, whether a link was made with somebody's own, and the picture of which the
# visitor's is a part.
_OWN, _NOT_CARRIED, _WHOLE = "own_picture", "picture_not_carried", "whole_picture"
_NAME = "picture"  # of what is brought


def current() -> Image:
    """The picture in use: the visitor's own, else the chosen sample."""
    own = st.session_state.get(_OWN)
    chosen = st.session_state.get("picture")
    return own if own is not None else sample(chosen if chosen in sample_names() else sample_names()[0])


def in_link() -> dict[str, str]:
    """What a link to another screen has to say so that the sample stays."""
    name = st.session_state.get("picture")
    return {"picture": name} if name else {}


def code() -> str:
    """The expression that opens the picture in use, for a snippet."""
    if st.session_state.get(_OWN) is not None:
        return "explorer.open_image('picture.jpg')"
    return f"explorer.sample({current().name!r})"


def pick(opening: str | None = None) -> None:
    """The picker in the sidebar; why a file was refused is said where the page wants it, by `refusal`.

    `opening` is the sample that this screen begins with, for who has none yet. It stands first in the box, for the
    link leaves out what is first: on another's screen the same link would be of another picture.
    """
    frame, choice = st.columns([5, 6], vertical_alignment="center", gap="small")
    names, own = sample_names(), st.session_state.get(_OWN) is not None
    if own:
        link_choices.insist("picture", YOURS)
    elif st.session_state.get("picture") == YOURS:
        st.session_state["picture"] = names[0]
    elif linked.parameter("picture") == YOURS and _NOT_CARRIED not in st.session_state:
        st.session_state[_NOT_CARRIED] = True
    options = sorted(names, key=lambda name: name != opening) + ([YOURS] if own else [])
    choice.selectbox("Picture", options, key="picture", bind="query-params", on_change=_use_sample)
    image = current()  # after the selectbox, which on a visitor's first run reads the link
    with frame:
        show.image(image, f"The picture in use: {image.name}", side=SIDEBAR)
    with choice:
        bring("Use your own")
    if st.session_state.get(_NOT_CARRIED):
        st.info(
            f"This link was made with the sender's own picture, which a link can't carry. This is {plain(image.name)}.",
            icon=":material/link_off:",
        )
    _origin(image)


def bring(label: str, place: str = "") -> None:
    """A button behind which the visitor brings a picture: a file or a photo. Each `place` in the page has its own."""
    upload, camera, photo = (f"{name}{place}" for name in ("upload", "camera_on", "photo"))
    with st.popover(label, width="stretch"):
        st.file_uploader(
            "A picture of yours: JPEG, PNG, WebP, GIF, BMP, TIFF, up to 50 MB",
            max_upload_size=50, key=upload, on_change=uploads.use, args=(_NAME, upload, _take_picture),
        )  # fmt: skip
        if st.toggle("Use the camera", key=camera):
            st.camera_input("Take a photo", key=photo, on_change=uploads.use, args=(_NAME, photo, _take_picture))
        st.caption("Your picture stays in the server's memory while this page is open, and is not stored.")


def refusal() -> None:
    """Why the file that was brought last is no picture, if it is none; what the visitor had stays in use."""
    uploads.refusal(_NAME, ":material/broken_image:")


def take(name: str) -> None:
    """Put a sample in use; for a callback, which runs before the picker is drawn."""
    st.session_state["picture"] = name
    _use_sample()


def gallery() -> None:
    """All samples as small pictures; a click takes one."""
    names = sample_names()
    chosen = names.index(current().name) if current().name in names and not st.session_state.get(_OWN) else -1
    choose_tile(
        thumbnails(), names, chosen, alt="Sample pictures", key="gallery", columns=7, photographs=True,
        on_choice=lambda tile: take(names[tile]),
    )  # fmt: skip


def _origin(image: Image) -> None:
    height, width = image.height, image.width
    if st.session_state.get(_OWN) is None:
        st.caption(f"{width} × {height} pixels. {plain(credit(image.name))}")
        return
    before = "" if image.source_size is None else " (reduced from {:,} × {:,})".format(*image.source_size)
    st.caption(f"{plain(image.name)}, {width} × {height} pixels{before}")
    if st.session_state.get(_WHOLE) is not None:
        st.button("Back to the whole picture", on_click=_use_whole, icon=":material/crop_free:", width="stretch")
        return
    st.button("Back to the samples", on_click=_use_sample, icon=":material/undo:", width="stretch")


def use(image: Image, *, whole: Image | None = None) -> None:
    """Put a picture of the visitor's, or a part of a `whole`, in use; the page has to be drawn anew."""
    note_own_things()
    uploads.accept(_NAME)
    st.session_state[_OWN] = image
    st.session_state[_WHOLE] = None if whole is None else st.session_state.get(_WHOLE) or whole


def _use_whole() -> None:
    """The picture as it was before it was cropped."""
    whole = st.session_state[_WHOLE]
    if whole.name in sample_names():
        return take(whole.name)
    return use(whole)


def _use_sample() -> None:
    uploads.accept(_NAME)
    st.session_state[_OWN] = st.session_state[_WHOLE] = None
    st.session_state[_NOT_CARRIED] = False


def _take_picture(given: Any) -> None:
    """Take an upload or a photo. Raises ImageError when it is no picture."""
    st.session_state[_OWN] = open_image(given)
    st.session_state[_WHOLE] = None
    st.session_state[_NOT_CARRIED] = False
