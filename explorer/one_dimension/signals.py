"""Signals: from a formula, from a row of a picture, or chosen from what a visitor recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import chirp as _chirp
from scipy.signal import welch

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.kernels import as_kernel
from explorer.one_dimension.line_kernels import convolve_signal
from explorer.pictures.images import Image
from explorer.pictures.reduced import LUMA

Values = NDArray[np.float64]

LENGTH = 240  # values of a signal made from a formula
MOST_VALUES = 2_000_000  # 45 s of music
_SPECTRUM_VALUES = 512  # a longer signal's spectrum is the mean over stretches of as many

# Five bumps of one heartbeat, P Q R S T: place in the beat (rad), height and width (McSharry et al. 2003, table 1).
_BEAT = (
    (-np.pi / 3, 1.2, 0.25),
    (-np.pi / 12, -5.0, 0.1),
    (0.0, 30.0, 0.1),
    (np.pi / 12, -7.5, 0.1),
    (np.pi / 2, 0.75, 0.4),
)


class SignalError(ValueError):
    """A signal that can't be used: one sentence says what came, what is allowed and what to do."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Numbers in a row; two are equal when values and rate are, whatever their names.

    values: (n,) float64, finite, read-only. rate: values per second; 0 where there is no time. Make one with the
    functions below, or with `signal`, which checks the values.
    """

    values: Values = field(compare=False, repr=False)
    name: str = field(default="signal", compare=False)
    rate: float = 0.0
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        values = read_only(np.array(self.values, dtype=np.float64))
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "digest", hashlib.sha256(values.data).hexdigest())

    @property
    def content_key(self) -> str:
        """What stands for the signal in the memo's keys."""
        return f"signal {self.digest} {self.rate}"


def signal(values: ArrayLike, name: str = "signal", rate: float = 0.0) -> Signal:
    """A signal from 2 to MOST_VALUES finite numbers that are not all the same. Raises SignalError otherwise."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or numbers.size < 2:
        count = "1 number" if numbers.size == 1 else f"{numbers.size} numbers"
        raise SignalError(f"“{name}” holds {count}; a signal needs at least 2, one after another.")
    if numbers.size > MOST_VALUES:
        raise SignalError(
            f"“{name}” holds {numbers.size:,} values, more than {MOST_VALUES:,}: cut out a shorter piece first."
        )
    if not np.isfinite(numbers).all():
        where = int(np.flatnonzero(~np.isfinite(numbers))[0]) + 1
        raise SignalError(f"“{name}” has a gap: value {where:,} is empty, NaN or infinite; fill it or leave it out.")
    if numbers.min() == numbers.max():
        raise SignalError(f"“{name}” is {numbers[0]:g} all along: nothing changes, so there is nothing to filter.")
    return Signal(numbers, name, rate)


def step(length: int = LENGTH) -> Signal:
    """A step of `length` values: 0 in the first half, then 1."""
    return signal(np.arange(length) >= length // 2, "step")


def noisy_sine(length: int = LENGTH, *, noise: float = 0.4, seed: int = 0) -> Signal:
    """Four waves of height 1 and normal noise of standard deviation `noise`."""
    wave = np.sin(2 * np.pi * 4 * np.arange(length) / length)
    return signal(wave + np.random.default_rng(seed).normal(0, noise, length), "noisy sine")


def chirp(length: int = LENGTH) -> Signal:
    """A wave that grows faster evenly, from 1 to 48 waves per `length` values: at 240 the last is 5 values long."""
    time = np.arange(length) / length
    return signal(_chirp(time, f0=1, t1=1, f1=48, phi=-90), "chirp")


def heartbeat(length: int = LENGTH, *, beats: float = 4, noise: float = 0.03, seed: int = 0) -> Signal:
    """A made-up electrocardiogram: five Gaussian bumps a beat (the R is 1 high), a wandering baseline, a little noise.

    The bumps are Σ a·b²·exp(−Δθ²/2b²), what eq. 1 of McSharry et al. (2003) integrates to at an even pace.
    """
    place = np.arange(length) / length
    phase = (2 * np.pi * beats * place) % (2 * np.pi) - np.pi  # the R stands in the middle of each beat
    bumps = sum(a * b**2 * np.exp(-((phase - at) ** 2) / (2 * b**2)) for at, a, b in _BEAT)
    values = np.asarray(bumps) / 0.3 + 0.2 * np.sin(2 * np.pi * 1.1 * place)
    return signal(values + np.random.default_rng(seed).normal(0, noise, length), "heartbeat")


SIGNALS: dict[str, Callable[[], Signal]] = {
    "noisy sine": noisy_sine,
    "step": step,
    "chirp": chirp,
    "heartbeat": heartbeat,
}


def row_of(image: Image, height: float = 0.5, *, width: int = 320) -> Signal:
    """The grey values (0.299 R + 0.587 G + 0.114 B) of one row of a picture reduced to at most `width` columns.

    `height` is the row's place from 0 (top) to 1 (bottom). Raises SignalError when all of the row is alike.
    """
    row = image.pixels[min(image.height - 1, int(height * image.height))] @ LUMA
    if row.size > width:
        row = cv2.resize(row[None], (width, 1), interpolation=cv2.INTER_AREA)[0]
    return signal(row, "this row of your picture")


@memoised
def busiest(source: Signal, count: int) -> int:
    """Where the `count` values that vary most begin, looked for in steps of an eighth of `count`."""
    starts = range(0, max(1, source.values.size - count + 1), max(1, count // 8))
    return max(starts, key=lambda start: float(source.values[start : start + count].var()))


@memoised
def filtered(
    source: Signal, weights: tuple[float, ...], *, padding: str = "zero", dilation: int = 1, causal: bool = False
) -> Signal:
    """The signal after a convolution, its weights `dilation` values apart; it may be constant. Raises KernelError.

    causal: each result stands at the window's last value, not in its middle (see `line_kernels.convolve_signal`).
    """
    values = convolve_signal(source.values, weights, padding=padding, dilation=dilation, causal=causal)
    return Signal(values, f"{source.name}, filtered", source.rate)


@memoised
def spectrum(source: Signal) -> tuple[Values, Values]:
    """Frequencies in cycles per second (without a rate: per value), from 0 to half the rate, and each wave's height.

    A wave of height a and a frequency that is on the list has the height a (Hann window; the mean power of stretches
    of 512 values that overlap by half: Welch 1967). The mean is taken away first.
    """
    size = min(source.values.size, _SPECTRUM_VALUES)
    frequencies, power = welch(source.values, source.rate or 1.0, nperseg=size, scaling="spectrum")
    return frequencies, np.sqrt(2 * power)


def response(kernel: ArrayLike, frequencies: ArrayLike, *, rate: float = 1.0, dilation: int = 1) -> Values:
    """How much a 1-D kernel, its weights `dilation` values apart, multiplies each wave's height: |Σ w·e^(−2πi f j)|.

    Frequencies are in cycles per unit of time. Raises KernelError on what is no kernel.
    """
    weights = as_kernel(kernel).ravel()
    turns = np.outer(np.asarray(frequencies, np.float64) / rate, dilation * np.arange(weights.size))
    return np.asarray(np.abs(np.exp(-2j * np.pi * turns) @ weights))
