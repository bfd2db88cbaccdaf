"""The kernel in the editor, for every screen: to read it, to try it elsewhere, to send another to the editor."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.parts.pickers import kernel_link, kernel_presets
from pages.parts.pickers.kernel_settings import KernelSettings
from pages.parts.shell.screens import file_of
from pages.parts.widgets import linked

KERNEL = kernel_link.NAMES["kernel"]
_LAST = "conv_last"  # in the session: what the editor was set to last
_SENT = "kernel_sent"  # in the session: the link to the editor that was just asked for


def settings() -> KernelSettings:
    """What the editor is set to, in this visit or at its beginning."""
    last: KernelSettings | None = st.session_state.get(_LAST)
    return kernel_presets.first() if last is None else last


def keep(settings: KernelSettings) -> None:
    """The editor is set to this now."""
    st.session_state[_LAST] = settings


def own_kernel() -> tuple[NDArray[np.float32], str]:
    """The kernel's weights (k1, k2) and what it is called; the link of the screen that asks holds it from now on."""
    if _LAST not in st.session_state:
        _follow_link()
    here = settings()
    text = kernel_link.write(KernelSettings(here.kernel), kernel_link.USUAL)[KERNEL]
    if here.kernel != kernel_presets.first().kernel:
        linked.keep(KERNEL, text)
    preset = here.preset or kernel_presets.named(here).preset
    return np.array(here.kernel, np.float32), preset.name if preset else "of your own making"


def _follow_link() -> None:
    """The link's kernel is in the editor, too, from now on; nothing happens when there is none."""
    found = linked.value(KERNEL, lambda text: kernel_link.read({KERNEL: text}, [kernel_link.USUAL])[0], None)
    if found is not None:
        keep(found)


def send_to_editor(weights: NDArray[np.floating]) -> None:
    """A button that opens the editor with these weights (k1, k2)."""
    rows = tuple(tuple(float(f"{weight:.6g}") for weight in row) for row in weights)
    st.button("Send to the kernel editor", on_click=_send, args=(rows,), icon=":material/edit_square:")
    if (wanted := st.session_state.pop(_SENT, None)) is not None:
        st.switch_page(file_of("convolution"), query_params=wanted)


def _send(rows: tuple[tuple[float, ...], ...]) -> None:
    """Leave for the editor in the run that follows: a callback can't switch pages itself."""
    st.session_state[_SENT] = kernel_link.write(KernelSettings(kernel=rows, display="signed"), kernel_link.USUAL)
