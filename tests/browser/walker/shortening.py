"""The least of a failing list that still fails: parts are left out, large ones first (Zeller's ddmin, with a limit)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shortest(acts: Sequence[T], fails: Callable[[Sequence[T]], bool], tries: int) -> list[T]:
    """As few of the acts, in their order, as still fail and are found in so many tries."""
    kept, size = list(acts), len(acts)
    while size:
        start = 0
        while start < len(kept):
            if tries == 0:
                return kept
            fewer = kept[:start] + kept[start + size :]
            tries -= 1
            if fails(fewer):
                kept = fewer
            else:
                start += size
        size = min(size // 2, len(kept))
    return kept
