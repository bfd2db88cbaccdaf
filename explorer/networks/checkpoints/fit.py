"""A model found in a file: which of the file's tensors are which of a network's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BATCH_COUNTER = "num_batches_tracked"  #: how the name ends of what batch normalization counts; a file may lack it


@dataclass(frozen=True)
class Fit:
    """A model found in a file: for each tensor of a network its name in the file.

    `label` is the way to it, "" at the top; `extra` are tensors that lie with its own, and are no others that trainers
    keep there; `missing` and `reshaped` are names in the network.
    """

    label: str
    names: Mapping[str, str]
    missing: tuple[str, ...]
    reshaped: tuple[str, ...]
    extra: tuple[str, ...]
    remark: str = ""  #: how it was found, where its names alone don't say it

    @property
    def whole(self) -> bool:
        """Whether the network can be filled by it."""
        return not (self.missing or self.reshaped or self.extra)


def shape_fits(found: tuple[int, ...], wanted: tuple[int, ...], published: int) -> bool:
    """Whether a tensor has the shape that is wanted, or one of a network with another number of classes."""
    return found == wanted or (wanted[:1] == (published,) and len(found) > 0 and found[1:] == wanted[1:])
