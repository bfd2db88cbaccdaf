"""Weights of the visitor's own: uploaded, checked tensor by tensor, and put into a network of a known architecture."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.networks.registry.specs import all_specs
from pages.parts.shell.visit import note_own_things
from pages.parts.shell.words import plain

if TYPE_CHECKING:
    from explorer.networks.weights.pretrained import Difference

OWN = "own_network"  # in the session: the visitor's Network; also its name in the picker
_SEVERAL = "own_several"  # in the session: a file and an architecture, and the models in the one that fit the other
LARGEST = 600  # MB


@st.dialog("Your own weights", width="large", icon=":material/upload:")
def upload(wish: str, architecture: str) -> None:
    """Let the visitor give weights; what fits becomes the network in use, and what doesn't is explained."""
    specs = all_specs()
    names = list(specs)
    start = names.index(architecture) if architecture in specs else 0
    left, right = st.columns([3, 2])
    with left:
        name = st.selectbox(
            "They are of this architecture", names, start, format_func=lambda n: specs[n].title, key="own_architecture"
        )
        given = st.file_uploader(  # of any ending: what it is, its content says
            f"Weights: safetensors, or what torch.save wrote, up to {LARGEST} MB",
            max_upload_size=LARGEST, key="own_file",
        )  # fmt: skip
    with right:
        labels = _names_of_classes()
    st.caption(
        "A training checkpoint works, too: the model is found in it. The file's last layer says how many classes there "
        "are. Code in a file is never run. The file stays in the server's memory while this page is open, and is not "
        "stored."
    )
    which = _which(given, name)
    if st.button("Use these weights", type="primary", icon=":material/check:", key="own_use", disabled=given is None):
        _use(wish, name, given, labels, which)


def _names_of_classes() -> bytes:
    """The names of the classes: the file's, or what was written."""
    written = st.text_area(
        "Names of the classes, one a line", key="own_labels", height=118,
        placeholder="cat\ndog\n…\nWithout names they are numbered; 1,000 are taken for ImageNet's.",
    )  # fmt: skip
    listed = st.file_uploader(
        "Or as a text file", type=["txt", "csv", "names"], max_upload_size=1, key="own_labels_file",
        help="One name a line, in the order of the classes. It counts in place of what is written above.",
    )  # fmt: skip
    return listed.getvalue() if listed is not None else (written or "").encode()


def _which(given: Any, name: str) -> str | None:
    """The model that the visitor chose of several in the file that fit; None if there is one, or a question to ask."""
    several = st.session_state.get(_SEVERAL)
    if given is None or several is None or several[0] != (given.file_id, name):
        return None
    chosen: str = st.radio(
        "Several models in the file fit. Which one?", several[1], key="own_which", horizontal=True,
        format_func=lambda way: plain(way) or "the one at its top",
        help="An average over the training's steps (EMA, SWA) is often the better one.",
    )  # fmt: skip
    return chosen


def _use(wish: str, name: str, given: Any, names: bytes, which: str | None) -> None:
    from explorer.networks.labels import read_labels
    from explorer.networks.loading import NetworkError, load_own, models_in
    from explorer.networks.weights.pretrained import MismatchError

    note_own_things()
    with st.spinner("Reading the weights …"), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _plain_name(given.name)
        file.write_bytes(given.getbuffer())
        try:
            if which is None and len(there := models_in(name, file)) > 1:
                st.session_state[_SEVERAL] = (given.file_id, name), there
                st.rerun(scope="fragment")
            st.session_state[OWN] = load_own(name, file, labels=read_labels(names) or None, which=which)
        except NetworkError as error:
            st.error(plain(str(error).replace(f"{folder}/", "")), icon=":material/error:")
            if isinstance(error.__cause__, MismatchError):
                explain(error.__cause__.differences)
            return
    st.session_state.pop(_SEVERAL, None)
    st.session_state[wish] = OWN
    st.rerun()


def _plain_name(name: str) -> str:
    """The end of a file's name, as any system can keep it."""
    kept = "".join(letter for letter in name if letter.isprintable() and letter not in "/\\")
    return kept[-60:].lstrip(".") or "weights"


def explain(differences: tuple[Difference, ...]) -> None:
    """Every tensor that doesn't fit, with the shape that the network has and the one that came."""
    from explorer.networks.weights.pretrained import shape_text

    table = {
        "Tensor": [one.tensor for one in differences],
        "In the network": [shape_text(one.expected) for one in differences],
        "In your file": [shape_text(one.found) for one in differences],
        "Problem": [one.problem for one in differences],
    }
    st.dataframe(table, hide_index=True, height=260, key="own_differences")
