"""A network's twin for gradients: batch normalization folded into the convolutions, their weights channels-last.

It says the same up to rounding, in about three quarters of the time.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from explorer.cache import fitting_bytes, kept_network
from explorer.networks.layers import module_name
from explorer.networks.loading import Network
from explorer.pictures.samples import sample

FARTHEST = 1e-4  #: how far a logit of the twin may be from the network's, as a share of the largest
ALIKE = 0.9999  #: what the cosine of the two gradients must reach


@dataclass(frozen=True, eq=False)
class Twin:
    """A module that says what the network says, though convolutions whose names are in `folded` put out something else.

    What each now puts out is what the batch normalization of that name did.
    """

    module: nn.Module
    folded: Mapping[str, str]
    memory_bytes: int

    @property
    def changed(self) -> frozenset[str]:
        """The layers that put out something else than in the network."""
        return frozenset(self.folded)

    def has(self, layers: Iterable[str]) -> bool:
        """Whether all these layers put out what the network's do."""
        return not self.changed & {module_name(layer) for layer in layers}


def for_gradients(network: Network) -> nn.Module:
    """The module by which gradients of a network's logits are soonest there: its twin, or its own."""
    return twin(network).module


@kept_network
def twin(network: Network) -> Twin:
    """The twin of a network, or the network itself where nothing can be folded or the twin would not say the same.

    It takes as much memory again as the weights, so only a network that leaves room for others has one.
    """
    itself = Twin(network.module, {}, 0)
    if 4 * network.memory_bytes > fitting_bytes() or network.device.type == "mps":
        return itself
    with torch.inference_mode(False):
        picture = network.tensor(sample("coffee"))
        try:
            made = folded(network.module, picture)
            return made if made.changed and says_the_same(network.module, made.module, picture) else itself
        except (RuntimeError, TypeError, AttributeError):  # can't be copied, or wants its tensors as they were
            return itself


def folded(module: nn.Module, picture: Tensor) -> Twin:
    """A copy in which each batch normalization after a convolution, as a pass with `picture` finds it, is part of it.

    Jacob et al. 2018, section 3.2: both are linear. What isn't changed shares the module's tensors.
    """
    shared = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
    own, changed = copy.deepcopy(module, shared), dict[str, str]()
    names = {inner: name for name, inner in own.named_modules()}
    for convolution, normalization in _pairs(own, picture):
        joined = fuse_conv_bn_eval(convolution, normalization).to(memory_format=torch.channels_last)
        own.set_submodule(names[convolution], joined)
        own.set_submodule(names[normalization], _Rest(normalization))
        changed[names[convolution].removeprefix("body.")] = names[normalization].removeprefix("body.")
    fresh = (tensor for tensor in own.parameters() if id(tensor) not in shared)
    return Twin(own.eval().requires_grad_(False), changed, sum(tensor.nbytes for tensor in fresh))


class _Rest(nn.Module):
    """What a layer does beside normalizing: timm's have their non-linearity inside, which keeps its name."""

    def __init__(self, normalization: nn.Module) -> None:
        super().__init__()
        for name, part in normalization.named_children():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Tensor:
        for part in self.children():
            x = part(x)
        return x


def _pairs(module: nn.Module, picture: Tensor) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Convolutions and the batch normalizations that take what they give, each called once in a pass."""
    made: dict[int, tuple[nn.Conv2d, Tensor]] = {}  # with the tensor: once it were gone, another might get its number
    pairs = list[tuple[nn.Conv2d, nn.BatchNorm2d]]()
    calls = Counter[nn.Module]()

    def after(layer: nn.Conv2d, _inputs: object, output: Tensor) -> None:
        calls[layer] += 1
        made[id(output)] = layer, output

    def before(layer: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        calls[layer] += 1
        if id(inputs[0]) in made:
            pairs.append((made[id(inputs[0])][0], layer))

    with torch.no_grad(), ExitStack() as hooks:
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d) and not layer._forward_pre_hooks:  # which compute its weights anew
                hooks.callback(layer.register_forward_hook(after).remove)
            elif isinstance(layer, nn.BatchNorm2d) and layer.running_mean is not None:
                hooks.callback(layer.register_forward_pre_hook(before).remove)
        module(picture)
    return [pair for pair in pairs if calls[pair[0]] == calls[pair[1]] == 1]


def says_the_same(one: nn.Module, other: nn.Module, picture: Tensor) -> bool:
    """Whether two modules give the same logits for a picture, and the same gradient of the largest, up to rounding."""
    (scores, slope), (others, other_slope) = _answer(one, picture), _answer(other, picture)
    if float((scores - others).abs().max()) > FARTHEST * float(scores.abs().max()):
        return False
    return float(nn.functional.cosine_similarity(slope, other_slope, 0)) >= ALIKE


def _answer(module: nn.Module, picture: Tensor) -> tuple[Tensor, Tensor]:
    """Logits, and the gradient of the largest as one row, its largest value 1."""
    with torch.enable_grad():
        x = picture.clone().requires_grad_()
        scores = module(x)[0]
        (slope,) = torch.autograd.grad(scores.max(), x)
    slope = slope.flatten().double()
    return scores.detach(), slope / slope.abs().max()
