"""The kernel in the editor, for other screens that try it: from this visit, else from their kernel_link."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.parts.convolution.convolver import Settings
from pages.parts.pickers import kernel_link, presets

KERNEL = kernel_link.NAMES["kernel"]


def own_kernel() -> tuple[NDArray[np.float32], str]:
    """The kernel's weights (k1, k2) and what it is called; the link of the screen that asks holds it from now on."""
    settings: Settings = st.session_state.get(presets.LAST) or _linked() or presets.first()
    text = kernel_link.write(Settings(settings.kernel), kernel_link.USUAL)[KERNEL]
    if settings.kernel != presets.first().kernel and st.query_params.get(KERNEL) != text:
        st.query_params[KERNEL] = text
    preset = settings.preset or presets.named(settings).preset
    return np.array(settings.kernel, np.float32), preset.name if preset else "of your own making"


def _linked() -> Settings | None:
    """The settings of a link, in the editor, too, from now on; None when there is none or it is garbled."""
    try:
        settings, _ = kernel_link.read({KERNEL: st.query_params[KERNEL]}, [kernel_link.USUAL])
    except (KeyError, TypeError, ValueError):
        return None
    st.session_state[presets.LAST] = settings
    return settings
