"""Does it survive? The adversarial picture after transformations, beside the clean one and the control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.attacks.goals import Goal, Outcome
from explorer.attacks.measurement import Attack
from explorer.networks.loading import Network, probabilities
from explorer.pictures.images import Image, from_array

Pixels = NDArray[np.uint8]


def jpeg(pixels: Pixels, *, quality: int) -> Pixels:
    """Saved as JPEG of that quality, 0 to 100, and opened again."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _rgb(cv2.imdecode(data, cv2.IMREAD_COLOR))


def png(pixels: Pixels) -> Pixels:
    """Saved as PNG and opened again."""
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return _rgb(cv2.imdecode(data, cv2.IMREAD_COLOR))


def blur(pixels: Pixels, *, sigma: float) -> Pixels:
    """Smoothed by a Gaussian of that standard deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.uint8)


def resize(pixels: Pixels, *, share: float) -> Pixels:
    """Reduced to a share of each side, and back."""
    height, width = pixels.shape[:2]
    small = (max(1, round(width * share)), max(1, round(height * share)))
    reduced = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(reduced, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def shift(pixels: Pixels, *, by: int) -> Pixels:
    """Moved right and down by so many pixels, the border repeated."""
    reached = min(by, *(side - 1 for side in pixels.shape[:2]))
    return np.pad(pixels, ((reached, 0), (reached, 0), (0, 0)), "edge")[: pixels.shape[0], : pixels.shape[1]]


def noise(pixels: Pixels, *, sigma: float) -> Pixels:
    """With normal noise of that standard deviation in 8-bit levels, always the same."""
    change = np.random.default_rng(0).normal(0, sigma, pixels.shape)
    return np.clip(np.rint(pixels + change), 0, 255).astype(np.uint8)


def grey(pixels: Pixels) -> Pixels:
    """Without colour."""
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def _rgb(decoded: object) -> Pixels:
    return np.asarray(cv2.cvtColor(np.asarray(decoded), cv2.COLOR_BGR2RGB), np.uint8)


@dataclass(frozen=True)
class Transformation:
    """What may happen to a picture, and its title; one that changes no pixel is `lossless`, and so no test."""

    title: str
    apply: Callable[[Pixels], Pixels]
    lossless: bool = False


TRANSFORMATIONS = {
    "none": Transformation("Nothing: as computed", np.copy, lossless=True),
    "png": Transformation("Saved as PNG, opened again", png, lossless=True),
    "jpeg 95": Transformation("JPEG, quality 95", partial(jpeg, quality=95)),
    "jpeg 75": Transformation("JPEG, quality 75", partial(jpeg, quality=75)),
    "jpeg 50": Transformation("JPEG, quality 50", partial(jpeg, quality=50)),
    "blur 0.5": Transformation("Blurred, σ = 0.5 pixel", partial(blur, sigma=0.5)),
    "blur 1": Transformation("Blurred, σ = 1 pixel", partial(blur, sigma=1.0)),
    "resize 0.75": Transformation("Resized to ¾ and back", partial(resize, share=0.75)),
    "resize 0.5": Transformation("Resized to ½ and back", partial(resize, share=0.5)),
    "shift 1": Transformation("Shifted by 1 pixel", partial(shift, by=1)),
    "shift 8": Transformation("Shifted by 8 pixels", partial(shift, by=8)),
    "noise 4": Transformation("Noise, σ = 4 levels", partial(noise, sigma=4.0)),
    "noise 16": Transformation("Noise, σ = 16 levels", partial(noise, sigma=16.0)),
    "grey": Transformation("Without colour", grey),
}


@dataclass(frozen=True)
class SurvivalRow:
    """The prediction (label, probability) for each of three pictures after one transformation, and what that means.

    Where `clean_outcome` is not "recovered", the transformation alone changes the prediction.
    """

    transformation: Transformation
    clean: tuple[str, float]
    adversarial: tuple[str, float]
    noise: tuple[str, float]
    outcome: Outcome
    clean_outcome: Outcome
    noise_outcome: Outcome

    @property
    def name(self) -> str:
        """The transformation's title."""
        return self.transformation.title

    @property
    def lossless(self) -> bool:
        """Whether the transformation changes no pixel, and so is no test."""
        return self.transformation.lossless


def survival(network: Network, found: Attack, control: Attack, goal: Goal) -> tuple[SurvivalRow, ...]:
    """One row for each of TRANSFORMATIONS: the original, the attack's picture and the control's, each transformed."""
    return tuple(_row(network, one, found, control, goal) for one in TRANSFORMATIONS.values())


def _row(
    network: Network, transformation: Transformation, found: Attack, control: Attack, goal: Goal
) -> SurvivalRow:  # fmt: skip
    def predict(picture: Image) -> tuple[int, float]:
        shares = probabilities(network, from_array(transformation.apply(picture.uint8), picture.name))
        return int(shares.argmax()), float(shares.max())

    (clean, p), (fooled, q), (noisy, r) = map(predict, (found.original, found.adversarial, control.adversarial))
    labels = network.labels
    return SurvivalRow(
        transformation, (labels[clean], p), (labels[fooled], q), (labels[noisy], r),
        goal.outcome(fooled), goal.outcome(clean), goal.outcome(noisy),
    )  # fmt: skip
