"""EfficientNet-Lite, the networks that come with the app (Tan & Le 2019; the Lite variants: Liu, TensorFlow blog 2020).

As timm's `tf_efficientnet_lite0` to `2`, down to the names of layers and tensors, so weights of either fit the other.
Neither timm nor torchvision, which cost seconds and 200 MB to import, are needed.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

#: By name: how many times as wide and as deep as Lite0.
SCALES = {"efficientnet_lite0": (1.0, 1.0), "efficientnet_lite1": (1.0, 1.1), "efficientnet_lite2": (1.1, 1.2)}
#: The stages of Lite0: repeats, kernel, stride of the first block, expansion, channels (Tan & Le 2019, table 1).
STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)  # fmt: skip
STEM, HEAD = 32, 1280  # channels of the first and last convolution, which Lite networks never scale
_EPSILON = 1e-3  # of TensorFlow's batch normalization


class Conv2dSame(nn.Conv2d):
    """A convolution padded with zeros as TensorFlow does ("SAME"): by one more after than before, where it must be."""

    def forward(self, input: Tensor) -> Tensor:
        (height, width), kernel, stride = input.shape[2:], self.kernel_size[0], self.stride[0]
        framed = F.pad(input, [*_padding(width, kernel, stride), *_padding(height, kernel, stride)])
        return F.conv2d(framed, self.weight, self.bias, self.stride, groups=self.groups)


class BatchNormAct2d(nn.BatchNorm2d):
    """Batch normalization, then its non-linearity; `act` is a layer of its own, so that it can be looked at."""

    def __init__(self, channels: int, act: nn.Module) -> None:
        super().__init__(channels, eps=_EPSILON)
        self.act = act

    def forward(self, input: Tensor) -> Tensor:
        normalized: Tensor = self.act(super().forward(input))
        return normalized


class DepthwiseSeparableConv(nn.Module):
    """A convolution of each channel alone, then one of all channels at each place."""

    def __init__(self, channels: int, out: int, kernel: int) -> None:
        super().__init__()
        self.conv_dw = _conv(channels, channels, kernel, groups=channels)
        self.bn1 = BatchNormAct2d(channels, nn.ReLU6(inplace=True))
        self.conv_pw = _conv(channels, out, 1)
        self.bn2 = BatchNormAct2d(out, nn.Identity())

    def forward(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv_pw(self.bn1(self.conv_dw(x))))


class InvertedResidual(nn.Module):
    """More channels, each convolved alone, then fewer; past it goes what came in (Sandler et al. 2018, fig. 3)."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = channels * expansion
        self.conv_pw = _conv(channels, inner, 1)
        self.bn1 = BatchNormAct2d(inner, nn.ReLU6(inplace=True))
        self.conv_dw = _conv(inner, inner, kernel, stride, groups=inner)
        self.bn2 = BatchNormAct2d(inner, nn.ReLU6(inplace=True))
        self.conv_pwl = _conv(inner, out, 1)
        self.bn3 = BatchNormAct2d(out, nn.Identity())
        self.has_skip = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        inner = self.bn2(self.conv_dw(self.bn1(self.conv_pw(x))))
        out: Tensor = self.bn3(self.conv_pwl(inner))
        return out + x if self.has_skip else out


class EfficientNetLite(nn.Module):
    """(N, 3, S, S) normalized pictures to (N, classes) logits; `name` is one of SCALES."""

    def __init__(self, name: str, classes: int = 1000) -> None:
        super().__init__()
        width, depth = SCALES[name]
        self.conv_stem = _conv(3, STEM, 3, 2)
        self.bn1 = BatchNormAct2d(STEM, nn.ReLU6(inplace=True))
        self.blocks = nn.Sequential()
        channels = STEM
        for number, (repeats, kernel, stride, expansion, out) in enumerate(STAGES):
            count = repeats if number in (0, len(STAGES) - 1) else math.ceil(repeats * depth)
            out = _scaled(out, width)
            stage = [_block(channels, out, kernel, stride, expansion)]
            stage += [_block(out, out, kernel, 1, expansion) for _ in range(count - 1)]
            self.blocks.append(nn.Sequential(*stage))
            channels = out
        self.conv_head = _conv(channels, HEAD, 1)
        self.bn2 = BatchNormAct2d(HEAD, nn.ReLU6(inplace=True))
        self.global_pool = nn.Sequential(OrderedDict(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))
        self.classifier = nn.Linear(HEAD, classes)
        self.apply(_begin)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.bn2(self.conv_head(self.blocks(self.bn1(self.conv_stem(x)))))
        logits: Tensor = self.classifier(self.global_pool(maps))
        return logits


def _block(channels: int, out: int, kernel: int, stride: int, expansion: int) -> nn.Module:
    if expansion == 1:
        return DepthwiseSeparableConv(channels, out, kernel)
    return InvertedResidual(channels, out, kernel, stride, expansion)


def _conv(channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """With stride 1 "SAME" is the same before and after, whatever the picture's size."""
    kind, padding = (nn.Conv2d, kernel // 2) if stride == 1 else (Conv2dSame, 0)
    return kind(channels, out, kernel, stride, padding, groups=groups, bias=False)


def _padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, so that ⌈size / stride⌉ values come out."""
    whole = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return whole // 2, whole - whole // 2


def _scaled(channels: int, width: float) -> int:
    """So many times as many channels, as a multiple of 8 that is at least nine tenths of that."""
    wanted = channels * width
    nearest = max(8, int(wanted + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * wanted else nearest + 8


@torch.no_grad()
def _begin(module: nn.Module) -> None:
    """Random weights as TensorFlow's EfficientNets begin: by what comes out of a layer, not by what goes in."""
    if isinstance(module, nn.Conv2d):
        outputs = math.prod(module.kernel_size) * module.out_channels // module.groups
        module.weight.normal_(0, math.sqrt(2 / outputs))
    elif isinstance(module, nn.Linear):
        module.weight.uniform_(-1 / math.sqrt(module.out_features), 1 / math.sqrt(module.out_features))
        module.bias.zero_()
