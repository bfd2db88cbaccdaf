"""A module of the visitor's, made ready: copied without its hooks, tried with a real picture, its answers read."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.networks.answers import answer_by, numbers_in, plain, reading
from explorer.networks.classifier import NetworkError, to_tensor
from explorer.networks.normalized import Normalized, input_channels
from explorer.pictures.images import resize_crop
from explorer.pictures.samples import sample

_PICTURES = ("coffee", "cat")
_FAR = 100.0  # what is a probability stays within [0, 1] however large the numbers become that come in
_WANTED_CHANNELS = re.compile(r"to have (\d+) channels")
_HOOKS = (
    "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_forward_hooks", "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called", "_backward_hooks", "_backward_pre_hooks",
)  # fmt: skip


def own_copy(module: Any, name: str) -> nn.Module:
    """A copy in eval mode that no hook of the visitor's listens to, of the module inside torch.compile's or
    DataParallel's wrappers. Raises NetworkError on what is no module, or none that can be copied or opened."""
    if isinstance(module, torch.jit.ScriptModule):
        raise NetworkError(
            f"{name} is a program in TorchScript, whose layers can't be opened: give the module it was made of."
        )
    if not isinstance(module, nn.Module):
        kind = "a class" if isinstance(module, type) else "a table of weights" if isinstance(module, dict) else None
        kind = kind or ("a function" if callable(module) else f"a {type(module).__name__}")
        raise NetworkError(
            f"{name} is {kind}, not a torch.nn.Module: make a module that calls or holds it, and give that."
        )
    if any(nn.parameter.is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers())):
        raise NetworkError(f"{name} has lazy layers without weights yet: let it see one batch first, then give it.")
    module = _unwrapped(module)
    try:
        own = copy.deepcopy(module, _computed(module))
    except (RuntimeError, TypeError, AttributeError, NotImplementedError) as error:
        raise NetworkError(f"This module can't be copied ({error}); save its state dict and load it anew.") from error
    for part in own.modules():
        _silence(part)
    return own.eval()


def _unwrapped(module: nn.Module) -> nn.Module:
    inside = getattr(module, "_orig_mod", None)  # of torch.compile
    if isinstance(module, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        inside = module.module
    return _unwrapped(inside) if isinstance(inside, nn.Module) else module


def _computed(module: nn.Module) -> dict[int, Any]:
    """Copies of the tensors that modules have computed, such as weight_norm's weight: deepcopy refuses those."""
    held = (value for part in module.modules() for value in vars(part).values() if isinstance(value, Tensor))
    return {id(value): value.detach().clone() for value in held if value.grad_fn is not None}


def _silence(part: nn.Module) -> None:
    """Take hooks off a module of ours, but for torch's own, which compute weights (weight_norm, pruning)."""
    for name in _HOOKS:
        hooks = getattr(part, name, {})
        for key, hook in list(hooks.items()):
            if not type(hook).__module__.startswith("torch.nn.utils."):
                del hooks[key]


def statistics(values: Sequence[float], what: str) -> tuple[float, ...]:
    """Means or standard deviations for each colour; one counts for all. Raises NetworkError on other numbers of them,
    and on ones that can't be."""
    numbers = tuple(float(value) for value in values) if isinstance(values, Sequence) else (float(values),)
    if len(numbers) not in (1, 3):
        raise NetworkError(
            f"There are {len(numbers)} {what}: give one for each of the colours red, green and blue, or one."
        )
    finite = all(torch.isfinite(torch.tensor(number)) for number in numbers)
    if not finite or (what != "means" and min(numbers) <= 0):
        raise NetworkError(
            f"The {what} are {', '.join(f'{n:g}' for n in numbers)}: give finite numbers, deviations above 0."
        )
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
        return wish
    raise NetworkError(_cannot_take(errors[0], size, name)) from errors[0]


def _wishes(body: nn.Module, channels: int | None) -> tuple[int, ...]:
    """How many channels to try, first those that were asked for or that the first convolution speaks of."""
    if channels is not None:
        if channels not in (1, 3):
            raise NetworkError(
                f"A picture has 3 channels, or 1 in grey, not {channels}: choose channels=3 or channels=1."
            )
        return (channels,)
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


def _cannot_take(error: Exception, size: int, name: str) -> str:
    wanted = _WANTED_CHANNELS.search(str(error))
    if wanted and int(wanted[1]) not in (1, 3):
        return (
            f"{name} wants pictures of {wanted[1]} channels; a picture has 3 (red, green, blue), or 1 in grey: "
            "put a layer before it that makes the others."
        )
    return f"{name} can't take a picture of {size} × {size}: {_short(error)}"


def _short(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 300 else said[:299] + "…"
