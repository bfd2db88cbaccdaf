"""A visitor's module tried with real pictures: what it can't take is said, and it is made to give logits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.networks.classifier import NetworkError, to_tensor
from explorer.networks.normalized import Normalized, input_channels
from explorer.networks.own_modules.arguments import shortened
from explorer.networks.own_modules.logits import conversion_to_logits, from_logits, make_give_logits, output_tensor
from explorer.pictures.crops import resize_crop
from explorer.pictures.samples import sample

_PICTURES = ("coffee", "cat")
_FAR = 100.0  # what is a probability stays within [0, 1] however large the numbers become that come in
_WANTED_CHANNELS = re.compile(r"to have (\d+) channels")


def try_out(
    body: nn.Module, size: int, mean: Sequence[float], std: Sequence[float], channels: int | None, name: str
) -> int:
    """Let real pictures through a module of ours, and make it give logits; returns how many channels it takes.

    Raises NetworkError where it can't take them, where what it gives are no classes, no numbers, or not the same ones
    each time.
    """
    candidates = _channels_to_try(body, channels)
    errors = list[Exception]()
    for count in candidates:
        whole = Normalized(body, mean, std, count)
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
        _convert_outputs(body, whole, pictures, first, name)
        _block_gradient(body, whole, pictures[:1])
        return count
    raise NetworkError(_cannot_take(errors[0], size, name)) from errors[0]


def _channels_to_try(body: nn.Module, channels: int | None) -> tuple[int, ...]:
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
    numbers = output_tensor(answer)
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
            both = output_tensor(whole(pictures))
        except Exception as error:
            raise NetworkError(
                f"{name} takes one picture, but not a batch of two ({shortened(error)}): let it."
            ) from error
    if both is None or len(both) != 2 or (both.reshape(2, -1)[:1] - first).abs().max() > scale:
        raise NetworkError(
            f"{name} answers to a picture by those that come with it: normalize by running statistics instead."
        )


def _convert_outputs(body: nn.Module, whole: Normalized, pictures: Tensor, first: Tensor, name: str) -> None:
    """Make the module give logits where it gives something else."""
    with torch.no_grad():
        seen = [output_tensor(whole(scale * (pictures - 0.5))) for scale in (1, _FAR, -_FAR)]
        raw = whole(pictures[:1])
    answers = torch.cat([one.view(len(pictures), -1) for one in seen if one is not None])
    convert = conversion_to_logits(answers[answers.isfinite().all(1)])
    if convert is not from_logits or not isinstance(raw, Tensor) or raw.ndim != 2:
        make_give_logits(body, convert)


def _block_gradient(body: nn.Module, whole: Normalized, picture: Tensor) -> None:
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
    return f"{name} can't take a picture of {size} × {size}: {shortened(error)}"
