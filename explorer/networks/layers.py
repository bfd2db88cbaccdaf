"""What is known of a network's layer: its name, shape, parameters, multiply-adds, receptive field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from explorer.networks.tracing.receptive_fields import Field

OUTPUT = "output"  #: the layer that stands for the whole network, where its own code makes the last step


@dataclass(frozen=True)
class Layer:
    """One call of one module; `shape` is its output's for one picture: (C, h, w), (h, w, C), (C,) or tokens (n, C).

    `parameters` and `multiply_adds` include those of all inside it; `field` is its receptive field. `input_shape` is
    the shape of the first tensor it takes, () if it takes none. Tokens that are those of the patches, row by row, are
    maps too: `prefix` says how many others, such as the class token, stand before them; it is None for all else.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    field: Field
    input_shape: tuple[int, ...] = ()
    prefix: int | None = None

    @property
    def channels(self) -> int:
        """How many maps it puts out, or how many numbers for each token or in all."""
        return self.shape[-1 if len(self.shape) < 3 or self._channels_last else 0]

    @property
    def places(self) -> tuple[int, ...]:
        """At how many places it puts them out: (rows, columns), (tokens,), or () for numbers without a place."""
        if self.prefix is not None:
            side = isqrt(self.shape[0] - self.prefix)
            return side, side
        return self.shape[1:] if len(self.shape) == 3 and not self._channels_last else self.shape[:-1]

    @property
    def has_maps(self) -> bool:
        """Whether it puts out maps that can be looked at: rows and columns of more than one place."""
        return len(self.places) == 2 and min(self.places) > 1

    @property
    def _channels_last(self) -> bool:
        return channels_last(self.shape)

    @property
    def receptive_field(self) -> int:
        """The longer side of the receptive field, in input pixels."""
        return self.field.size


def channels_last(shape: Sequence[int]) -> bool:
    """Whether one picture's output is (h, w, C), as inside the blocks of ConvNeXt and Swin, and not (C, h, w).

    Pictures being square, the two equal sides tell.
    """
    return len(shape) == 3 and shape[0] == shape[1] != shape[2]


def call_name(name: str, call: int) -> str:
    """The name of a module's first, second, … call in one pass: "relu", "relu:2", …"""
    return name if call == 1 else f"{name}:{call}"


def module_name(layer: str) -> str:
    """The module that a layer is a call of: "relu" for "relu" and for "relu:2"."""
    return layer.partition(":")[0]
