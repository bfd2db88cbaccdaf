"""What the live convolution is told: by the view that is convolved, by a card, by a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS
from pages.parts.convolution import numbers
from pages.parts.pickers import own_kernel
from pages.parts.pickers.kernel_presets import LECTURE, LECTURE_SETTINGS, SLIDERS, colour_filter, first, kernel_of
from pages.parts.pickers.kernel_settings import Grid, KernelSettings

# in the session
VIEW = "conv_view"  # what is convolved, by its name in VIEWS
_SENT, _REVISION = "conv_sent", "conv_revision"  # what the component was told last, and how often it was told
_BEFORE = "conv_before"  # the settings from before the visitor went to the numbers

# On a picture of a few numbers kernels begin small enough to fit into it without padding.
_SMALL = {"sigma": 0.8}
VIEWS = {"picture": "Picture", "blurred": "Blurred", "numbers": "Numbers"}


def offered(view: str) -> list[dict[str, Any]]:
    """What the component offers to begin with: name, sliders, and the kernel where no formula in the browser gives it.

    The lecture's example and the filters over the colours come with other settings, too.
    """
    if view == "numbers":
        return [{"name": LECTURE, "sliders": [], "settings": asdict(LECTURE_SETTINGS)}, *_plain(_SMALL)]
    return _plain({}) + [{"name": name, "sliders": [], "settings": _coloured(name)} for name in COLOUR_KERNELS]


def _plain(starts: Mapping[str, float]) -> list[dict[str, Any]]:
    """The kernels of one grid; `starts` are those of sliders that begin elsewhere than on a picture."""
    return [
        {
            "name": name,
            "sliders": [asdict(replace(one, start=starts.get(one.name, one.start))) for one in SLIDERS.get(name, ())],
            "kernel": _fixed(name),
        }
        for name in KERNELS
    ]


def _fixed(name: str) -> Grid | None:
    return None if name in SLIDERS else kernel_of(name)


def _coloured(name: str) -> dict[str, Any]:
    red, *rest = colour_filter(name)
    return {"kernel": red, "rest": rest, "colour": "filter", "scale": 1.0, "bias": 0.0, "display": "signed"}


def view() -> str:
    """What is convolved."""
    return str(st.session_state.get(VIEW, "picture"))


def told() -> tuple[KernelSettings, int]:
    """What the component was told last, and the how many-th telling that was."""
    return st.session_state[_SENT], st.session_state[_REVISION]


def send(settings: KernelSettings) -> None:
    """Tell the component: these rule now, whatever the visitor had."""
    st.session_state[_SENT] = settings
    own_kernel.keep(settings)
    st.session_state[_REVISION] = st.session_state.get(_REVISION, 0) + 1


def show(settings: KernelSettings, view: str) -> None:
    """Set the whole screen: before its widgets are drawn, as in a callback."""
    st.session_state[VIEW] = view
    st.session_state.pop(_BEFORE, None)
    send(settings)


def choose_view(beside: Callable[[], None]) -> str:
    """What is convolved, with the box of numbers if it is those, and what stands `beside`. Returns the view."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        view = st.segmented_control(
            "Convolve the", list(VIEWS), key=VIEW, format_func=VIEWS.__getitem__, required=True,
            on_change=_view_changed, persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
        if view == "numbers":
            numbers.box()
            with st.popover("Try"):
                beside()
        else:
            with st.container(
                horizontal=True, vertical_alignment="center", gap="xsmall", key="conv_chips", width="stretch"
            ):
                st.caption("Try", width="content")
                beside()
    return str(view)


def _view_changed() -> None:
    """The numbers come with the lecture's kernel; what was there before comes back with the picture."""
    view, last = st.session_state[VIEW], own_kernel.settings()
    if view == "numbers":
        show(LECTURE_SETTINGS, view)
        st.session_state[_BEFORE] = last
    elif _BEFORE in st.session_state or (last.preset and last.preset.name == LECTURE):
        show(st.session_state.get(_BEFORE, first()), view)
