"""How a picture is made, whatever it is to excite."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maximization.presets import DEFAULT, METHODS, MaximizeError, Preset
from explorer.pictures.images import Image

SIZES = (4, 2048)  #: sides that a picture may have, in pixels


@dataclass(frozen=True)
class MaximizationSettings:
    """`size` is the picture's side in pixels, `method` a name in METHODS or a Preset of your own.

    The ascent begins at the middle of `start` if one is given, else at noise. Raises MaximizeError for what can't be
    used.
    """

    size: int = 128
    steps: int = 128
    method: str | Preset = DEFAULT
    minimize: bool = False
    start: Image | None = None

    def __post_init__(self) -> None:
        if self.size not in range(SIZES[0], SIZES[1] + 1):
            raise MaximizeError(f"The picture's side is {SIZES[0]} to {SIZES[1]} whole pixels, not {self.size}.")
        if self.steps < 1:
            raise MaximizeError(f"Maximization takes at least one step, not {self.steps}.")
        if not isinstance(self.method, Preset) and self.method not in METHODS:
            raise MaximizeError(f"The method is one of {', '.join(METHODS)}, not {self.method!r}.")

    @property
    def preset(self) -> Preset:
        """What `method` stands for."""
        return self.method if isinstance(self.method, Preset) else METHODS[self.method]

    @property
    def sign(self) -> int:
        """Of the direction: up or down."""
        return -1 if self.minimize else 1
