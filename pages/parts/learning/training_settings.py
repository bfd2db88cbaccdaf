"""What the learning screen trains: its settings, the seed and the photographs."""

from __future__ import annotations

import streamlit as st

import explorer
from explorer.learning.exemplar_cnn.shipped_runs import PHOTOGRAPHS
from explorer.learning.exemplar_cnn.training import TrainingSettings
from explorer.pictures.images import Image
from pages.parts.shell.visit import note_own_things
from pages.parts.shell.words import plain
from pages.parts.widgets.more import more

FILTERS = [8, 16, 24, 32, 48, 64, 96]
RATES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05]
DECAYS = [0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
SAMPLES, MINE = "samples", "my picture"
LABELS = ["true", "shuffled"]
MOST = 12  # photographs brought along

_FINE = ("filters", "rate", "decay", "norm", "seed")


def choose_settings(image: Image) -> tuple[TrainingSettings, int, tuple[Image, ...]]:
    """What to train: settings, seed, and on which photographs; `image` is the picture in use."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        source = st.segmented_control("Photographs", [SAMPLES, MINE], default=SAMPLES, required=True,
                                      key="learning_source", bind="query-params")  # fmt: skip
        labels = st.segmented_control("Labels", LABELS, default=LABELS[0], required=True, key="learning_labels",
                                      bind="query-params", help="With shuffled labels there is nothing to find: "
                                      "the control.")  # fmt: skip
        with more(*(f"learning_{name}" for name in _FINE)):
            filters, rate, decay, norm, seed = _fine()
    settings = TrainingSettings(filters=filters, rate=rate, decay=decay, batch_norm=norm, shuffled=labels == LABELS[1])
    images = (image, *_more()) if source == MINE else tuple(explorer.sample(name) for name in PHOTOGRAPHS)
    return settings, seed, images


def _fine() -> tuple[int, float, float, bool, int]:
    """What few visitors change: filters, learning rate, weight decay, batch normalization, seed."""
    filters = st.select_slider("Filters", FILTERS, 48, key="learning_filters", bind="query-params")
    rate = st.select_slider("Learning rate", RATES, 0.005, key="learning_rate", bind="query-params",
                            format_func="{:g}".format, help="How far each step goes.")  # fmt: skip
    decay = st.select_slider("Weight decay", DECAYS, 0.2, key="learning_decay", bind="query-params",
                             format_func="{:g}".format, help="How fast unused weights fade.")  # fmt: skip
    norm = st.toggle("Batch normalization", value=True, key="learning_norm", bind="query-params")
    seed = st.number_input("Seed", 0, 9999, 0, key="learning_seed", bind="query-params")
    return int(filters), rate, decay, norm, int(seed)


def _more() -> list[Image]:
    """Further photographs of the visitor's, for this screen only; what can't be opened is said."""
    with st.popover("Add more of my pictures", icon=":material/add_photo_alternate:"):
        files = st.file_uploader(
            f"Up to {MOST} photographs", type="image", accept_multiple_files=True, max_upload_size=50,
            key="learning_files", help="Beside the picture at the left.",
        )  # fmt: skip
        opened = []
        if files:
            note_own_things()
        for file in files[:MOST]:
            try:
                opened.append(explorer.open_image(file))
            except explorer.ImageError as error:
                st.warning(plain(str(error)), icon=":material/broken_image:")
        if len(files) > MOST:
            st.warning(f"Only the first {MOST} are used.")
    return opened
