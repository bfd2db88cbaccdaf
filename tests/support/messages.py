"""What a run sends to the browser, and what the browser makes of it when a part was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from streamlit.testing.v1 import local_script_runner

ROOTS = 4  # main, sidebar, event, bottom


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The messages of the newest run of an AppTest within the block."""
    newest: list[Any] = []
    parse = local_script_runner.parse_tree_from_messages

    def record(messages: Sequence[Any]) -> Any:
        newest[:] = messages
        return parse(messages)

    with monkeypatch.context() as patched:
        patched.setattr(local_script_runner, "parse_tree_from_messages", record)
        yield newest


def ticking_fragments(messages: Sequence[Any]) -> set[str]:
    """The fragments that are drawn anew by the clock."""
    return {message.auto_rerun.fragment_id for message in messages if message.WhichOneof("type") == "auto_rerun"}


def bad_paths(messages: Sequence[Any], *, without: str = "") -> list[list[int]]:
    """The places at which the browser can't put what comes, as it counts: one after another in each block.

    `without` names a fragment whose first tick came before anything of it was sent: Streamlit then takes its messages
    out of the queue (ForwardMsgQueue.clear) and sends those of the tick behind all others.
    """
    deltas = [message for message in messages if message.WhichOneof("type") == "delta"]
    lost = [message for message in deltas if without and message.delta.fragment_id == without]
    sent = [message for message in deltas if message not in lost] + lost
    children: dict[tuple[int, ...], int] = {(): ROOTS} | {(root,): 0 for root in range(ROOTS)}
    bad = []
    for message in sent:
        path = tuple(message.metadata.delta_path)
        *block, index = path
        if tuple(block) not in children or index > children[tuple(block)]:
            bad.append(list(path))
            continue
        children[tuple(block)] = max(children[tuple(block)], index + 1)
        children.setdefault(path, 0)
    return bad
