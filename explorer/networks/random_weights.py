"""Every learned number of a network drawn anew: the control "nothing learned" must have learned nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import torch
from torch import Tensor, nn

from explorer.networks.classifier import NetworkError

_SPREAD = 0.02  # standard deviation of tokens and position embeddings, as in ViT and Swin
_EMBEDDINGS = ("pos", "embed", "token", "table", "query", "queries", "prompt", "relative")  # in a parameter's name
_ROUNDS = 15  # of the power method


def randomize(body: nn.Module, fresh: Mapping[str, Tensor] | None) -> None:
    """Give a network's copy weights that nothing was learned by, from torch's global random numbers.

    `fresh` is a state of the same architecture just built, which counts if it has the same tensors. Otherwise modules
    draw their own (`reset_parameters`). What still is as it was is drawn by its shape and kind. Batch normalization
    forgets its statistics. Raises NetworkError on layers whose weights aren't tensors, such as quantized ones.
    """
    packed = next((name for name, value in body.state_dict().items() if not isinstance(value, Tensor)), None)
    if packed is not None:
        raise NetworkError(
            f"{packed} holds its weights in a form of its own, as quantized layers do, which can't be drawn anew: "
            "for an untrained network to compare with, wrap the module as it was before."
        )
    before = {name: tensor.clone() for name, tensor in body.state_dict(keep_vars=True).items()}
    mine = body.state_dict(keep_vars=True)
    with torch.no_grad():
        if fresh is not None and _shapes(fresh) == _shapes(mine):
            for name, tensor in mine.items():
                tensor.copy_(fresh[name])
        else:
            _reset(body)
        for part_name, part in body.named_modules():
            for name, tensor in _learned(part):
                if torch.equal(tensor, before[f"{part_name}.{name}".lstrip(".")]):
                    _draw(part, name, tensor)
        for part in body.modules():
            _settle(part)


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in state.items()}


def _reset(body: nn.Module) -> None:
    for part in body.modules():
        if callable(reset := getattr(part, "reset_parameters", None)):
            reset()


def _learned(part: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """A module's own parameters of several numbers, and the statistics and weights that some keep as buffers."""
    for name, tensor in part.named_parameters(recurse=False):
        if tensor.is_floating_point() and tensor.numel() > 1:
            yield name, tensor
    kept = {name for name, _ in part.named_buffers(recurse=False)}
    for name in kept & ({"running_mean", "running_var", "weight", "bias"} if "running_var" in kept else set()):
        yield name, part.get_buffer(name)


def _draw(part: nn.Module, name: str, tensor: Tensor) -> None:
    """Draw one tensor by its name and shape: zeros for biases, ones for scales, noise for embeddings and weights."""
    if name.endswith(("bias", "running_mean", "beta")) and tensor.ndim == 1:
        tensor.zero_()
    elif any(word in name for word in _EMBEDDINGS) or (tensor.ndim > 2 and len(tensor) == 1):
        nn.init.trunc_normal_(tensor, std=_SPREAD)
    elif max(tensor.shape) == tensor.numel():  # one number a channel
        tensor.fill_(1)
    else:
        bound = prod(tensor.shape[1:]) ** -0.5  # what nn.Linear and nn.Conv2d begin with
        tensor.uniform_(-bound, bound)


def _settle(part: nn.Module) -> None:
    """What is computed from weights and kept beside them: weight_norm's lengths, spectral_norm's singular vectors."""
    tensors = dict(part.named_parameters(recurse=False)) | dict(part.named_buffers(recurse=False))
    for length, direction in (("original0", "original1"), ("weight_g", "weight_v")):
        if length in tensors and direction in tensors and tensors[length].ndim == tensors[direction].ndim:
            axes = [axis for axis, n in enumerate(tensors[length].shape) if n == 1]
            tensors[length].copy_(tensors[direction].square().sum(axes, keepdim=True).sqrt())
    if {"weight_orig", "weight_u", "weight_v"} <= tensors.keys():
        matrix = tensors["weight_orig"].flatten(1)
        _singular(matrix, tensors["weight_u"], tensors["weight_v"])
    if "original" in tensors:
        for inner in part.children():
            vectors = dict(inner.named_buffers(recurse=False))
            if {"_u", "_v"} <= vectors.keys():
                _singular(tensors["original"].flatten(1), vectors["_u"], vectors["_v"])
    if "base" in tensors and tensors["base"].ndim == 2:  # of torch's orthogonal parametrization
        nn.init.orthogonal_(tensors["base"])
    for name, tensor in tensors.items():
        if name.endswith("_mask") and tensor.numel() > 1:  # what pruning chose, by what was learned
            tensor.copy_(tensor.flatten()[torch.randperm(tensor.numel())].view_as(tensor))


def _singular(matrix: Tensor, left: Tensor, right: Tensor) -> None:
    """The singular vectors of a matrix's largest singular value, by the power method from noise."""
    if matrix.shape != (len(left), len(right)):
        matrix = matrix.T
    right.normal_()
    for _ in range(_ROUNDS):
        left.copy_(nn.functional.normalize(matrix @ right, dim=0))
        right.copy_(nn.functional.normalize(matrix.T @ left, dim=0))
