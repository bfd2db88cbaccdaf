"""What an EfficientNet-Lite computes, as convolutions one after the other: batch normalization folded into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from explorer.networks.registry.efficientnet_lite import DepthwiseSeparableConv, EfficientNetLite, InvertedResidual

FLOAT = np.dtype("<f4")


@dataclass(frozen=True, eq=False)
class Convolution:
    """Weights (out, in / groups, k, k) and biases (out,), padded as TensorFlow's "SAME"; `bounded` by ReLU6 or not."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int
    groups: int
    bounded: bool

    @property
    def kernel(self) -> int:
        return int(self.weight.shape[-1])


@dataclass(frozen=True, eq=False)
class ConvolutionBlock:
    """Convolutions one after the other; with `skip` what came in is added to what comes out."""

    convolutions: tuple[Convolution, ...]
    skip: bool = False


@dataclass(frozen=True, eq=False)
class NetworkStage:
    """Blocks up to a layer that screens show, by that layer's name."""

    layer: str
    blocks: tuple[ConvolutionBlock, ...]


@dataclass(frozen=True, eq=False)
class Parts:
    """All of a network from the normalized picture to the logits: the last maps' means, by (classes, channels)."""

    stages: tuple[NetworkStage, ...]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def tensors(self) -> Iterator[NDArray[np.float32]]:
        """Every tensor in the order in which the file of weights holds them."""
        for stage in self.stages:
            for block in stage.blocks:
                for convolution in block.convolutions:
                    yield from (convolution.weight, convolution.bias)
        yield from (self.weight, self.bias)


def parts_of(module: EfficientNetLite) -> Parts:
    """The parts of an EfficientNet-Lite in eval mode."""
    first = NetworkStage("bn1", (ConvolutionBlock((_folded(module.conv_stem, module.bn1),)),))
    middle = [
        NetworkStage(f"blocks.{i}", tuple(_block(block) for block in stage.children()))
        for i, stage in enumerate(module.blocks)
    ]
    last = NetworkStage("bn2", (ConvolutionBlock((_folded(module.conv_head, module.bn2),)),))
    classifier = module.classifier
    return Parts((first, *middle, last), _array(classifier.weight), _array(classifier.bias))


def _block(block: nn.Module) -> ConvolutionBlock:
    if isinstance(block, DepthwiseSeparableConv):
        return ConvolutionBlock((_folded(block.conv_dw, block.bn1), _folded(block.conv_pw, block.bn2)))
    assert isinstance(block, InvertedResidual)
    pairs = (block.conv_pw, block.bn1), (block.conv_dw, block.bn2), (block.conv_pwl, block.bn3)
    return ConvolutionBlock(tuple(_folded(*pair) for pair in pairs), block.has_skip)


def _folded(convolution: nn.Conv2d, normalization: nn.BatchNorm2d) -> Convolution:
    """Jacob et al. 2018, section 3.2, in double precision, rounded once."""
    given = (normalization.running_mean, normalization.running_var, normalization.weight, normalization.bias)
    mean, variance, scale, shift = (tensor.double() for tensor in given if tensor is not None)
    weight, bias = fuse_conv_bn_weights(
        nn.Parameter(convolution.weight.double()), None, mean, variance, normalization.eps, scale, shift
    )
    bounded = isinstance(normalization.act, nn.ReLU6)
    return Convolution(_array(weight), _array(bias), convolution.stride[0], convolution.groups, bounded)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.detach().numpy(), FLOAT)
