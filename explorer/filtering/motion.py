"""Motion: moving frames are a volume, and a kernel over space and time that leans with a motion answers to it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError
from explorer.pictures.crops import resize_crop
from explorer.pictures.images import Image
from explorer.pictures.reduced import LUMA

Volume = NDArray[np.float32]  #: (H, W, T) in [0, 1]: rows, columns, frames, as `convolve` wants three axes
Detector = Literal["right", "left", "frame average"]

HEIGHT, WIDTH, FRAMES = 40, 64, 24
MOVERS = ("bars", "dots", "your picture")
DETECTORS: tuple[Detector, ...] = ("right", "left", "frame average")
SIZES = (5, 7, 9)
FASTEST = 3.0
VELOCITIES = tuple(np.arange(-FASTEST, FASTEST + 0.25, 0.5).tolist())
PERIOD = 8  # pixels from bar to bar: near the wave of the kernels, so that they prefer the bars near 1 pixel a frame
_BAR = 3.0  # pixels of a bar
_DOTS, _RADIUS = 24, 1.6
_FINE = 4  # a picture is held this many times as fine, so that quarters of a pixel are exact


def moving(kind: str, velocity: float, image: Image | None = None) -> Volume:
    """Frames of something that moves `velocity` pixels a frame to the right.

    Bars and dots follow a formula, and what leaves on one side comes back. "your picture" slides the middle of `image`
    in grey, by quarters of a pixel, followed by its mirror image: a picture that came back as it is would bring along
    the seam of its two ends, an edge that is not in it.
    Raises KernelError for another kind, no image, or a velocity beyond −3 … 3.
    """
    if not abs(velocity) <= FASTEST:
        raise KernelError(f"The velocity goes from −{FASTEST:g} to {FASTEST:g} pixels a frame, not {velocity:g}.")
    if kind not in MOVERS:
        raise KernelError(f"What moves is one of {', '.join(MOVERS)}, not {kind!r}.")
    if kind == "your picture":
        if image is None:
            raise KernelError("Give the picture that shall move.")
        return _sliding(_fine(image), velocity)
    places = np.arange(WIDTH)[:, None] - velocity * np.arange(FRAMES)  # (W, T)
    return _bars(places) if kind == "bars" else _dots(places)


def _bars(places: NDArray[np.float64]) -> Volume:
    from_middle = np.abs((places + PERIOD / 2) % PERIOD - PERIOD / 2)
    profile = np.clip(_BAR / 2 + 0.5 - from_middle, 0, 1)
    return np.repeat(profile[None].astype(np.float32), HEIGHT, 0)


def _dots(places: NDArray[np.float64]) -> Volume:
    chance = np.random.default_rng(7)
    rows, columns = chance.uniform(0, HEIGHT, _DOTS), chance.uniform(0, WIDTH, _DOTS)
    down = np.exp(-((_wrapped(np.arange(HEIGHT)[:, None] - rows, HEIGHT) / _RADIUS) ** 2))
    across = np.exp(-((_wrapped(places[..., None] - columns, WIDTH) / _RADIUS) ** 2))
    return np.minimum(np.einsum("hd,wtd->hwt", down, across), 1).astype(np.float32)


def _wrapped(apart: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The distance on a ring."""
    return (apart + length / 2) % length - length / 2


@memoised
def _fine(image: Image) -> NDArray[np.float32]:
    """The middle of the picture in grey (ITU-R BT.601), (H, 4 W)."""
    side = WIDTH * _FINE
    square = resize_crop(image, side, side).pixels @ LUMA
    top = (side - HEIGHT * _FINE) // 2
    middle = square[top : top + HEIGHT * _FINE].reshape(HEIGHT, _FINE, side).mean(1)
    return read_only(middle)


def _sliding(fine: NDArray[np.float32], velocity: float) -> Volume:
    ring = np.concatenate([fine, fine[:, ::-1]], 1)
    slid = [np.roll(ring, round(_FINE * velocity * t), 1)[:, : fine.shape[1]] for t in range(FRAMES)]
    return np.stack([frame.reshape(HEIGHT, WIDTH, _FINE).mean(2) for frame in slid], 2)


def pair(detector: Detector, k: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two kernels k × k × k over rows, columns and frames, a quarter wave apart.

    Two filters over columns (even, odd) times two over frames: even·even + odd·odd and odd·even − even·odd lean to the
    right, their mirror images to the left (Adelson & Bergen 1985). The wave is k pixels long and moves 1 pixel a frame;
    the weights over the frames sum to 0 at every pixel, so that what stands still gives 0. "frame average" only
    averages over the frames. Raises KernelError unless k is 5, 7 or 9.
    """
    if k not in SIZES or detector not in DETECTORS:
        raise KernelError(f"A detector is one of {', '.join(DETECTORS)} with k 5, 7 or 9, not {detector!r} with {k}.")
    bell = np.exp(-((np.arange(k) - k // 2) ** 2) / (0.4 * k) ** 2)
    even, odd = _waves(bell)
    if detector == "frame average":
        first, second = np.outer(even, bell / bell.sum()), np.outer(odd, bell / bell.sum())
    else:
        side = 1 if detector == "right" else -1  # an odd wave in the mirror is its negative
        first = np.outer(even, even) + side * np.outer(odd, odd)
        second = side * np.outer(odd, even) - np.outer(even, odd)
    scale = 2 / np.abs(first).sum()
    made = [(scale * bell[:, None, None] / bell.sum() * w).astype(np.float32) for w in (first, second)]
    return made[0], made[1]


def _waves(bell: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An even and an odd wave under the bell, both of sum 0 and length 1."""
    phase = 2 * np.pi * (np.arange(bell.size) - bell.size // 2) / bell.size
    even, odd = np.cos(phase) * bell, np.sin(phase) * bell
    even -= bell * (even.sum() / bell.sum())
    return even / np.linalg.norm(even), odd / np.linalg.norm(odd)


def energy(volume: Volume, detector: Detector, k: int) -> Volume:
    """even² + odd² of the two answers, ≥ 0, where the kernel fits: (H − k + 1, W − k + 1, T − k + 1)."""
    first, second = (convolve(volume, kernel) for kernel in pair(detector, k))
    return np.asarray(first**2 + second**2, np.float32)


@dataclass(frozen=True, eq=False)
class VelocityTuning:
    """The mean energy of each detector, (n,), at `at` pixels a frame."""

    at: NDArray[np.float64]
    means: dict[Detector, NDArray[np.float64]]

    def best(self, detector: Detector) -> float:
        """The velocity, in pixels a frame, that a detector answers to most."""
        return float(self.at[int(self.means[detector].argmax())])


@memoised
def tuning(kind: str, k: int, image: Image | None = None) -> VelocityTuning:
    """How strongly each detector answers at every velocity of VELOCITIES."""
    volumes = [moving(kind, velocity, image) for velocity in VELOCITIES]
    means = {d: np.array([float(energy(volume, d, k).mean()) for volume in volumes]) for d in DETECTORS}
    return VelocityTuning(np.array(VELOCITIES), means)
