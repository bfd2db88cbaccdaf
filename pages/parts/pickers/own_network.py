"""Weights of the visitor's own: uploaded, checked tensor by tensor, and put into a network of a known architecture."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.networks.specs import all_specs
from pages.parts.shell.words import plain

if TYPE_CHECKING:
    from explorer.networks.weights import Difference

OWN = "own_network"  # in the session: the visitor's Network; also its name in the picker
LARGEST = 600  # MB
_ENDINGS = ["safetensors", "pth", "pt", "bin", "ckpt"]


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
        given = st.file_uploader(
            f"Weights: safetensors, or a state dict as torch.save writes it, up to {LARGEST} MB",
            type=_ENDINGS, max_upload_size=LARGEST, key="own_file",
        )  # fmt: skip
    with right:
        written = st.text_area(
            "Names of the classes, one a line", key="own_labels", height=118,
            placeholder="cat\ndog\n…\nWithout names they are numbered; 1,000 are taken for ImageNet's.",
        )  # fmt: skip
        listed = st.file_uploader(
            "Or as a text file", type=["txt", "csv", "names"], max_upload_size=1, key="own_labels_file",
            help="One name a line, in the order of the classes. It counts in place of what is written above.",
        )  # fmt: skip
    st.caption(
        "The file's last layer says how many classes there are. Code in a file is never run. The file stays in the "
        "server's memory while this page is open, and is not stored."
    )
    if st.button("Use these weights", type="primary", icon=":material/check:", key="own_use", disabled=given is None):
        _use(wish, name, given, listed.getvalue() if listed is not None else (written or "").encode())


def _use(wish: str, name: str, given: Any, names: bytes) -> None:
    from explorer.networks.labels import read_labels
    from explorer.networks.loading import NetworkError, load_own
    from explorer.networks.weights import MismatchError

    with st.spinner("Reading the weights …"), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{Path(given.name).stem[:80] or 'weights'}{Path(given.name).suffix.lower()}"
        file.write_bytes(given.getbuffer())
        try:
            st.session_state[OWN] = load_own(name, file, labels=read_labels(names) or None)
        except NetworkError as error:
            st.error(plain(str(error).replace(f"{folder}/", "")), icon=":material/error:")
            if isinstance(error.__cause__, MismatchError):
                explain(error.__cause__.differences)
            return
    st.session_state[wish] = OWN
    st.rerun()


def explain(differences: tuple[Difference, ...]) -> None:
    """Every tensor that doesn't fit, with the shape that the network has and the one that came."""
    from explorer.networks.weights import shape_text

    table = {
        "Tensor": [one.tensor for one in differences],
        "In the network": [shape_text(one.expected) for one in differences],
        "In your file": [shape_text(one.found) for one in differences],
        "Problem": [one.problem for one in differences],
    }
    st.dataframe(table, hide_index=True, height=260, key="own_differences")
