"""A module of the visitor's, made ready: copied without its hooks, tried with a real picture, its answers read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from operator import index
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.networks.answers import answer_by, numbers_in, plain, reading
from explorer.networks.classifier import NetworkError, to_tensor
from explorer.networks.normalized import Normalized, input_channels
from explorer.pictures.crops import resize_crop
from explorer.pictures.samples import sample

LARGEST_SIDE = 2048  # pixels
_LARGEST_STATISTIC = 10.0  # beyond are means and deviations of pictures in 0 to 255
_PICTURES = ("coffee", "cat")
_FAR = 100.0  # what is a probability stays within [0, 1] however large the numbers become that come in
_WANTED_CHANNELS = re.compile(r"to have (\d+) channels")


def side(given: Any) -> int:
    """A picture's side in pixels. Raises NetworkError on what is none, and on one that no memory holds."""
    try:
        pixels = 0 if isinstance(given, bool) else index(given)
    except TypeError:
        pixels = 0
    if not 1 <= pixels <= LARGEST_SIDE:
        raise NetworkError(
            f"The input size is a whole number of pixels, such as 224, at most {LARGEST_SIDE:,}, not {given!r}."
        )
    return pixels


def statistics(given: Any, what: str) -> tuple[float, ...]:
    """Means or standard deviations for each colour; one counts for all. Raises NetworkError on other numbers of them,
    and on ones that can't be."""
    try:
        numbers = tuple(np.asarray(given, np.float64).ravel().tolist())
    except (TypeError, ValueError, RuntimeError):
        raise NetworkError(f"The {what} are {_short(str(given))}: give a number for each colour, or one.") from None
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


def tried(
    body: nn.Module, size: int, mean: Sequence[float], std: Sequence[float], channels: int | None, name: str
) -> int:
    """Let real pictures through a module of ours, and make it give logits; returns how many channels it takes.

    Raises NetworkError where it can't take them, where what it gives are no classes, no numbers, or not the same ones
    each time.
    """
    wishes = _wishes(body, channels)
    errors = list[Exception]()
    for wish in wishes:
        whole = Normalized(body, mean, std, wish)
        try:
            with torch.no_grad():
                pictures = _pictures(body, size)
                first = _checked(whole(pictures[:1]), name)
        except NetworkError:
            raise
        except Exception as error:  # whatever a visitor's own forward raises is news about their module
            errors.append(error)
            continue
        _check_steady(whole, pictures, first, name)
        _read_answers(body, whole, pictures, first, name)
        _cut_off(body, whole, pictures[:1])
        return wish
    raise NetworkError(_cannot_take(errors[0], size, name)) from errors[0]


def _wishes(body: nn.Module, channels: int | None) -> tuple[int, ...]:
    """How many channels to try, first those that were asked for or that the first convolution speaks of."""
    if channels is not None:
        if channels not in (1, 3):
            raise NetworkError(
                f"A picture has 3 channels, or 1 in grey, not {channels!r}: choose channels=3 or channels=1."
            )
        return (int(channels),)
    hint = input_channels(body)
    return (1, 3) if hint == 1 else (3, 1)


def _pictures(body: nn.Module, size: int) -> Tensor:
    """Real pictures (2, 3, S, S), where the module is."""
    where = next((t.device for t in (*body.parameters(), *body.buffers())), torch.device("cpu"))
    stacked = [resize_crop(sample(one), size, size).pixels[None] for one in _PICTURES]
    return torch.cat([to_tensor(pixels, where) for pixels in stacked])


def _checked(answer: Any, name: str) -> Tensor:
    """The numbers (1, C) in an answer. Raises NetworkError on anything else."""
    numbers = numbers_in(answer)
    if numbers is None:
        raise NetworkError(f"{name} must give one number per class, (N, classes); it gives a {type(answer).__name__}.")
    if numbers.is_complex() or not numbers.is_floating_point():
        raise NetworkError(
            f"{name} must give a real number per class; it gives {str(numbers.dtype)[6:]}: leave argmax out."
        )
    if numbers.ndim == 1 and len(numbers) == 1:
        numbers = numbers[:, None]
    if numbers.ndim != 2 or len(numbers) != 1 or not numbers.shape[1]:
        raise NetworkError(f"{name} must give one number per class, (N, classes); it gives {tuple(numbers.shape)}.")
    if not numbers.isfinite().all():
        raise NetworkError(f"{name} gives NaN or infinity for a picture: look at its weights, mean and std.")
    return numbers


def _check_steady(whole: Normalized, pictures: Tensor, first: Tensor, name: str) -> None:
    """Raise NetworkError where an answer changes from pass to pass, or with the pictures beside it."""
    room = 1e-2 if first.dtype in (torch.float16, torch.bfloat16) else 1e-3
    scale = float(first.detach().abs().max()) * room + 1e-6
    with torch.no_grad():
        if (_checked(whole(pictures[:1]), name) - first).abs().max() > scale:
            raise NetworkError(
                f"{name} gives another answer each time it sees a picture: let its dropout follow self.training."
            )
        try:
            both = numbers_in(whole(pictures))
        except Exception as error:
            raise NetworkError(
                f"{name} takes one picture, but not a batch of two ({_short(error)}): let it."
            ) from error
    if both is None or len(both) != 2 or (both.reshape(2, -1)[:1] - first).abs().max() > scale:
        raise NetworkError(
            f"{name} answers to a picture by those that come with it: normalize by running statistics instead."
        )


def _read_answers(body: nn.Module, whole: Normalized, pictures: Tensor, first: Tensor, name: str) -> None:
    """Make the module give logits where it gives something else."""
    with torch.no_grad():
        seen = [numbers_in(whole(scale * (pictures - 0.5))) for scale in (1, _FAR, -_FAR)]
        raw = whole(pictures[:1])
    answers = torch.cat([one.view(len(pictures), -1) for one in seen if one is not None])
    read = reading(answers[answers.isfinite().all(1)])
    if read is not plain or not isinstance(raw, Tensor) or raw.ndim != 2:
        answer_by(body, read)


def _cut_off(body: nn.Module, whole: Normalized, picture: Tensor) -> None:
    """Let no gradient into a module of ours that can't be run with one (it calls numpy(), say): whoever asks for one is
    told that there is none."""
    try:
        with torch.enable_grad():
            x = picture.clone().requires_grad_()
            height = whole(x).square().sum()
            if height.requires_grad:
                torch.autograd.grad(height, x, allow_unused=True)
    except Exception:  # whatever a visitor's own forward raises is news about their module
        body.register_forward_pre_hook(_detached)


def _detached(_module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(one.detach() if isinstance(one, Tensor) else one for one in inputs)


def _cannot_take(error: Exception, size: int, name: str) -> str:
    wanted = _WANTED_CHANNELS.search(str(error))
    if wanted and int(wanted[1]) not in (1, 3):
        return (
            f"{name} wants pictures of {wanted[1]} channels; a picture has 3 (red, green, blue), or 1 in grey: "
            "put a layer before it that makes the others."
        )
    return f"{name} can't take a picture of {size} × {size}: {_short(error)}"


def _short(error: Exception | str) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 300 else said[:299] + "…"
