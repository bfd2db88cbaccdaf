"""What is asked of Streamlit's run of a page that it offers nobody: where to look when a new version comes.

What is asked of its server stands in `session_cleanup`, `replaced` and `shutdown`. Outside of a run nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def session_id() -> str:
    """Of the visitor's session; "" outside of a run."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def came_by_history() -> bool:
    """Whether the browser's Back or Forward led here: then the link rules over what controls hold."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def let_link_rule() -> None:
    """Have this run taken for one that the browser's history led to."""
    if (context := get_script_run_ctx()) is not None:
        context.is_history_navigation = True


def initial_parameter(key: str) -> object:
    """What the link that the page was opened by asks of a control; None if nothing."""
    with _link() as held:
        return None if held is None else held.get_initial_value(key)


def set_initial_parameter(key: str, choice: str) -> None:
    """As if the link that the page was opened by had asked for this."""
    with _link() as held:
        if held is not None:
            held._initial_query_params[key] = [choice]


def correct_link(key: str, choice: str) -> None:
    """Have the link say this of a control that holds text."""
    with _link() as held:
        if held is not None:
            held.set_corrected_value(key, choice, "string_value")


def read_link_again() -> None:
    """Have the controls set by what the link says now."""
    with _link() as held:
        if held is not None:
            held.set_initial_query_params_from_current()


def unbind_controls() -> None:
    """No control is bound to the link any more: as long as any is, Streamlit refuses to open another."""
    with _link() as held:
        if held is not None:
            held.remove_stale_bindings(frozenset())


@contextmanager
def _link() -> Iterator[Any]:
    context = get_script_run_ctx()
    if context is None:
        yield None
        return
    with context.session_state.query_params() as held:
        yield held


@contextmanager
def sent_whole() -> Iterator[None]:
    """Nothing within is sent as a reference to a message that the browser keeps."""
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    kept, context.cached_message_hashes = context.cached_message_hashes, frozenset()
    try:
        yield
    finally:
        context.cached_message_hashes = kept
