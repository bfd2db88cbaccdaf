"""A network written as an ONNX graph, without its weights: those lie in a file of their own, each once.

`forward` takes the picture to logits and maps. `gradient` goes on, back to the picture, by the chain rule written out:
a convolution's gradient is a convolution with the kernel turned round, its channels exchanged, of what came back with
zeros put between where it strode; ReLU6 lets through what lay inside its bounds; at a shortcut two ways are summed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from explorer.networks.graphs.parts import FLOAT, Convolution, ConvolutionBlock, Parts
from explorer.networks.graphs.served import WEIGHTS

PICTURE, LOGITS, GRADIENT = "picture", "logits", "gradient"
SOFTMAX_SHARE = "softmax_share"
MEAN, DEVIATION = 127 / 255, 128 / 255
CEILING = 6.0  # of ReLU6
_OPSET, _IR = 17, 8  # what browsers' runtimes of the last years read
_END = -(2**31)


def forward(parts: Parts, size: int) -> onnx.ModelProto:
    """`picture` (1, 3, S, S) in [0, 1] to `logits` (1, classes) and each stage's maps (1, C, h, w), by layer's name."""
    graph = _Graph(parts)
    graph.run(size)
    return graph.model({PICTURE: (1, 3, size, size)}, {LOGITS: (1, len(parts.bias)), **graph.maps})


def gradient(parts: Parts, size: int) -> onnx.ModelProto:
    """As `forward` to the `logits`, and the `gradient` (1, 3, S, S) of a sum of scalar products.

    Those of the logits with `logits_direction` + `softmax_share` · softmax(logits), and of each stage's maps with its
    own direction, "blocks.3_direction". A direction −onehot with a share of 1 gives the cross-entropy's gradient, a
    onehot with a share of 0 the logit's.
    """
    graph = _Graph(parts)
    graph.run(size)
    graph.run_back(size)
    logits = (1, len(parts.bias))
    given = {PICTURE: (1, 3, size, size), direction(LOGITS): logits, SOFTMAX_SHARE: (1,)}
    given |= {direction(layer): shape for layer, shape in graph.maps.items()}
    return graph.model(given, {LOGITS: logits, GRADIENT: (1, 3, size, size)})


def direction(output: str) -> str:
    """What the input is called along which the gradient of an output is asked for."""
    return f"{output}_direction"


class _Graph:
    """Nodes as they are added; each is called by a number, and so are the tensors."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[TensorProto] = []
        self.maps: dict[str, tuple[int, int, int, int]] = {}
        self.out: dict[Convolution, tuple[str, int]] = {}  # what each convolution gave, and the side of what it took
        self._stored: dict[int, str] = {}
        at = 0
        for number, tensor in enumerate(parts.tensors()):
            self.constants.append(_elsewhere(name := f"w{number}", tensor.shape, at, tensor.nbytes))
            self._stored[id(tensor)] = name
            at += tensor.nbytes

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Another node; returns what its output is called."""
        output = name or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, values: object, kind: np.dtype[np.generic] = FLOAT) -> str:
        """A small tensor, in the graph itself."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def whole(self, *numbers: int) -> str:
        return self.constant(numbers, np.dtype("<i8"))

    def stored(self, tensor: NDArray[np.float32]) -> str:
        return self._stored[id(tensor)]

    def run(self, size: int) -> None:
        """From the picture to logits."""
        x = self.add("Div", self.add("Sub", PICTURE, self.constant(MEAN)), self.constant(DEVIATION))
        for stage in self.parts.stages:
            for block in stage.blocks:
                last = stage.layer if block is stage.blocks[-1] else ""
                x, size = self._block(x, size, block, last)
            channels = len(stage.blocks[-1].convolutions[-1].bias)
            self.maps[stage.layer] = (1, channels, size, size)
        self.side = size
        means = self.add("Flatten", self.add("GlobalAveragePool", x))
        self.add("Gemm", means, self.stored(self.parts.weight), self.stored(self.parts.bias), name=LOGITS, transB=1)

    def _block(self, x: str, size: int, block: ConvolutionBlock, name: str) -> tuple[str, int]:
        came = x
        for convolution in block.convolutions:
            last = name if convolution is block.convolutions[-1] and not block.skip else ""
            x, size = self._convolved(x, size, convolution, last)
        return (self.add("Add", x, came, name=name) if block.skip else x), size

    def _convolved(self, x: str, size: int, convolution: Convolution, name: str) -> tuple[str, int]:
        before, after, side = same(size, convolution)
        weight, bias = self.stored(convolution.weight), self.stored(convolution.bias)
        sums = self.add(
            "Conv", x, weight, bias, name="" if convolution.bounded else name, group=convolution.groups,
            strides=[convolution.stride] * 2, pads=[before, before, after, after],
        )  # fmt: skip
        bounded = convolution.bounded
        out = self.add("Clip", sums, self.constant(0.0), self.constant(CEILING), name=name) if bounded else sums
        self.out[convolution] = out, size
        return out, side

    def run_back(self, size: int) -> None:
        """From a direction of the logits and of the maps to the picture."""
        share = self.add("Mul", self.add("Softmax", LOGITS), SOFTMAX_SHARE)
        means = self.add("Gemm", self.add("Add", direction(LOGITS), share), self.stored(self.parts.weight))
        each = self.add("Div", means, self.constant(float(self.side**2)))
        d = self.add("Unsqueeze", each, self.whole(2, 3))
        for stage in reversed(self.parts.stages):
            d = self.add("Add", direction(stage.layer), d)
            for block in reversed(stage.blocks):
                d = self._back_through(d, block)
        self.add("Div", d, self.constant(DEVIATION), name=GRADIENT)

    def _back_through(self, d: str, block: ConvolutionBlock) -> str:
        came = d
        for convolution in reversed(block.convolutions):
            d = self._back(d, convolution)
        return self.add("Add", d, came) if block.skip else d

    def _back(self, d: str, convolution: Convolution) -> str:
        out, size = self.out[convolution]
        if convolution.bounded:
            inside = self.add("And", self.add("Greater", out, self.constant(0.0)),
                              self.add("Less", out, self.constant(CEILING)))  # fmt: skip
            d = self.add("Where", inside, d, self.constant(0.0))
        before, _after, side = same(size, convolution)
        d, wide = self._spread(d, side, convolution)
        first = convolution.kernel - 1 - before
        last = size + convolution.kernel - 1 - first - wide
        pads = [first, first, last, last]
        return self.add("Conv", d, self._turned(convolution), group=convolution.groups, pads=pads)

    def _spread(self, d: str, side: int, convolution: Convolution) -> tuple[str, int]:
        """With zeros between, where the convolution strode; and how wide it is then, the last zeros cut off."""
        step, channels = convolution.stride, len(convolution.bias)
        if step == 1:
            return d, side
        apart = self.add("Reshape", d, self.whole(1, channels, side, 1, side, 1))
        filled = self.add("Pad", apart, self.whole(*[0] * 9, step - 1, 0, step - 1))
        wide = side * step
        whole = self.add("Reshape", filled, self.whole(1, channels, wide, wide))
        cut = wide - step + 1
        return self.add("Slice", whole, self.whole(0, 0), self.whole(cut, cut), self.whole(2, 3)), cut

    def _turned(self, convolution: Convolution) -> str:
        """The kernel turned round, its channels exchanged: the same stored numbers, read in another order."""
        weight = self.stored(convolution.weight)
        if convolution.groups == 1:
            weight = self.add("Transpose", weight, perm=[1, 0, 2, 3])
        if convolution.kernel == 1:
            return weight
        back = self.whole(-1, -1)
        return self.add("Slice", weight, back, self.whole(_END, _END), self.whole(2, 3), back)

    def model(self, inputs: dict[str, tuple[int, ...]], outputs: dict[str, tuple[int, ...]]) -> onnx.ModelProto:
        """The whole as a file's content."""
        given, made = ([helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in some.items()]
                       for some in (inputs, outputs))  # fmt: skip
        graph = helper.make_graph(self.nodes, "network", given, made, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)


def same(size: int, convolution: Convolution) -> tuple[int, int, int]:
    """Zeros before and after, and how many values come out, of "SAME" padding: ⌈size / stride⌉."""
    side = math.ceil(size / convolution.stride)
    whole = max((side - 1) * convolution.stride + convolution.kernel - size, 0)
    return whole // 2, whole - whole // 2, side


def _elsewhere(name: str, shape: tuple[int, ...], offset: int, length: int) -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": WEIGHTS, "offset": offset, "length": length}.items():
        tensor.external_data.add(key=key, value=str(value))
    return tensor
