"""How the server ends when it is told to: jobs end at once, and visitors who don't answer hold it up no longer.

Streamlit waits until every browser has said goodbye, for ten seconds if one is asleep; a system that stops a server
kills it by then.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

import streamlit as st
from streamlit import runtime

from explorer.scheduler import downloads, scheduler

PATIENCE_S = 7.0  #: after which it ends as it is; what lies on the disk is whole at any time


@st.cache_resource(show_spinner=False)
def end_in_time() -> None:
    """Have the signal that ends the server end it in time; only the thread of its event loop may say so."""
    if runtime.exists():
        loop = runtime.get_instance()._get_async_objs().eventloop
        loop.call_soon_threadsafe(_listen)


def _listen() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: FrameType | None) -> None:
        last = threading.Timer(PATIENCE_S, os._exit, [0])
        last.daemon = True
        last.start()
        threading.Thread(target=_end_work, daemon=True).start()  # it waits for a lock that is held here, maybe
        if callable(before):
            before(number, frame)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)


def _end_work() -> None:
    scheduler.end_all()
    downloads.end_all()
