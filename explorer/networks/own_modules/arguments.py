"""What a visitor says of a module of theirs, checked: the pictures' side, means and standard deviations."""

from __future__ import annotations

from math import isfinite
from operator import index
from typing import Any

import numpy as np

from explorer.networks.classifier import NetworkError

_LARGEST_SIDE = 2048  # pixels
_LARGEST_STATISTIC = 10.0  # beyond are means and deviations of pictures in 0 to 255


def checked_side(given: Any) -> int:
    """A picture's side in pixels. Raises NetworkError on what is none, and on one that no memory holds."""
    try:
        pixels = 0 if isinstance(given, bool) else index(given)
    except TypeError:
        pixels = 0
    if not 1 <= pixels <= _LARGEST_SIDE:
        raise NetworkError(
            f"The input size is a whole number of pixels, such as 224, at most {_LARGEST_SIDE:,}, not {given!r}."
        )
    return pixels


def channel_statistics(given: Any, what: str) -> tuple[float, ...]:
    """Means or standard deviations for each colour; one counts for all. Raises NetworkError on other numbers of them,
    and on ones that can't be."""
    try:
        numbers = tuple(np.asarray(given, np.float64).ravel().tolist())
    except (TypeError, ValueError, RuntimeError):
        raise NetworkError(f"The {what} are {shortened(str(given))}: give a number for each colour, or one.") from None
    if len(numbers) not in (1, 3):
        raise NetworkError(
            f"There are {len(numbers)} {what}: give one for each of the colours red, green and blue, or one."
        )
    said = f"The {what} are {', '.join(f'{n:g}' for n in numbers)}: "
    if not all(map(isfinite, numbers)) or (what != "means" and min(numbers) <= 0):
        raise NetworkError(f"{said}give finite numbers, deviations above 0.")
    if max(map(abs, numbers)) > _LARGEST_STATISTIC:
        raise NetworkError(f"{said}pictures are in [0, 1] here, not in 0 to 255; divide means and deviations by 255.")
    return numbers * 3 if len(numbers) == 1 else numbers


def shortened(error: Exception | str) -> str:
    """What an error says, on one line of at most 300 letters."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 300 else said[:299] + "…"
