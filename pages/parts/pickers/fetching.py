"""Fetching a network's weights beside the page: said before, stopped at will, resumed or begun anew."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

from explorer.networks.registry.specs import all_specs
from explorer.scheduler import downloads
from pages.parts.shell.words import plain
from pages.parts.widgets import job

if TYPE_CHECKING:
    from explorer.networks.registry.published import WeightsFile
    from explorer.networks.weights.downloads import Progress

_SLOT = "fetching"


def is_here(name: str) -> bool:
    """Whether a network's weights are on this machine."""
    from explorer.networks.registry.published import WeightsError
    from explorer.networks.weights.cache_folder import cached

    try:
        return cached(_weights_file(name)) is not None
    except WeightsError:  # loading says what is wrong
        return True


def offer(name: str) -> None:
    """Say what fetching a network takes, and fetch it when told to; while it comes, everything else goes on."""
    running: job.Job[Progress, None] | None = st.session_state.get(_SLOT)
    if running is None or running.key[1] != name:
        return _ask(name, None)
    running.begun.wait(job.PATIENCE_S)  # what ends at once is told with the way on, not as long work
    if not running.finished.is_set():
        return job.watch(_SLOT, lambda _: None, progress=_progress, waiting="Connecting …", by=downloads)
    if is_here(name):  # it has come since the page looked
        st.rerun()
    return _ask(name, running.error)


def _ask(name: str, error: Exception | None) -> None:
    from explorer.networks.weights.cache_folder import begun, fetching_allowed
    from explorer.networks.weights.downloads import NOT_ALLOWED

    if not fetching_allowed():
        st.info(NOT_ALLOWED, icon=":material/cloud_off:")
        return
    file = _weights_file(name)
    here, size = begun(file) / 2**20, _megabytes(name, file)
    if error is not None:
        st.error(plain(str(error)), icon=":material/cloud_off:")
    st.caption(
        f"{here:.1f} of about {size:,.0f} MB are already downloaded."
        if here
        else f"About {size:,.0f} MB to download once, from {urlsplit(file.url).hostname}. "
        "They stay on the server; random weights need none."
    )
    if not file.sha256:
        st.caption("No hash of this file is known beforehand: what comes is taken as its server sends it.")
    label = "Resume" if here else "Try again" if error is not None else f"Download {size:,.0f} MB"
    _buttons(label, name, file, begun=here > 0)


def _buttons(label: str, name: str, file: WeightsFile, *, begun: bool) -> None:
    """One that fetches the file, or the rest of it, and where some is there one that begins anew."""
    with st.container(horizontal=True):
        st.button(
            label, icon=":material/download:", key="fetch", type="primary", width="stretch",
            on_click=_begin, args=(name, file),
        )  # fmt: skip
        if begun:
            st.button(
                "Start over", icon=":material/restart_alt:", key="fetch_anew", width="stretch",
                on_click=_begin_anew, args=(name, file),
            )  # fmt: skip


def _begin(name: str, file: WeightsFile) -> None:
    from explorer.networks.weights.downloads import download

    job.again(_SLOT, downloads)
    # the last part makes each start one of its own: what an earlier one has fetched may have been deleted
    job.run(_SLOT, ("fetching", name, object()), lambda: download(file), lambda _: None, by=downloads)


def _begin_anew(name: str, file: WeightsFile) -> None:
    from explorer.networks.weights.cache_folder import discard

    discard(file)
    _begin(name, file)


def _progress(running: job.Job[Progress, None]) -> tuple[float, str]:
    assert running.latest is not None
    progress = running.latest
    total = progress.total or _megabytes(running.key[1], _weights_file(running.key[1])) * 2**20
    return progress.done / total, f"{progress.done / 2**20:.1f} of {total / 2**20:,.1f} MB"


def _megabytes(name: str, file: WeightsFile) -> float:
    known = all_specs().get(name)
    return file.size / 2**20 if file.size else known.download if known is not None else 0.0


def _weights_file(name: str) -> WeightsFile:
    from explorer.networks.registry.catalogue import weights_file

    return weights_file(name)
