"""A generator of random numbers that is easily written anywhere: the browser's gives the same, bit for bit."""

from __future__ import annotations

from math import cos, log, pi, sqrt

_WORD = 0xFFFFFFFF
_SEED, _STREAM = 0x85EBCA77, 0x9E3779B9  # odd: no two seeds, and no two streams, begin alike


class Seeded:
    """Marsaglia's xorshift with 32 bits (2003); `stream` parts what one seed is used for."""

    def __init__(self, seed: int, stream: int = 0) -> None:
        self.state = _mixed((seed * _SEED + (stream + 1) * _STREAM) & _WORD) or 1

    def uniform(self) -> float:
        """The next number, above 0 and below 1."""
        x = self.state
        x ^= (x << 13) & _WORD
        x ^= x >> 17
        x ^= (x << 5) & _WORD
        self.state = x
        return x / 2**32

    def normal(self) -> float:
        """The next normal number, of two even ones (Box and Muller 1958)."""
        size = sqrt(-2 * log(self.uniform()))
        return size * cos(2 * pi * self.uniform())

    def order(self, count: int) -> list[int]:
        """0 to count − 1 in random order (Fisher and Yates)."""
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = int(self.uniform() * (i + 1))
            order[i], order[j] = order[j], order[i]
        return order


def _mixed(x: int) -> int:
    """Every bit of a word in every other: murmur3's end. Xorshift alone, being linear, would keep streams alike."""
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & _WORD
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & _WORD
    return x ^ (x >> 16)
