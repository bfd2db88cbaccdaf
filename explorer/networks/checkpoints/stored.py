"""A tensor that lies in a file: its shape is known, its numbers are read when they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class OverclaimError(ValueError):
    """A tensor that claims more numbers than its file holds."""


@dataclass(frozen=True, eq=False)
class Stored:
    """A tensor in a file.

    `numbers` is how it is stored: "float32", "int64", …; `odd` says what keeps it from being read, such as "sparse",
    and is "" for a plain one. `read` gives it on the CPU; it raises WeightsError on one that is damaged, and
    OverclaimError.
    """

    shape: tuple[int, ...]
    numbers: str
    read: Callable[[], Tensor]
    odd: str = ""
