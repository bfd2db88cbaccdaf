"""A convolution as a few lines of Python to run elsewhere: without Explorer they give the array that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.convolution import PADDINGS
from explorer.kernels import KernelError, as_kernel

_NUMPY_MODES = {"zero": "constant", "reflect": "reflect", "replicate": "edge"}
_TORCH_MODES = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}


def numpy_snippet(
    kernel: ArrayLike,
    *,
    padding: str = "valid",
    stride: int = 1,
    dilation: int = 1,
    flip: bool = False,
    scale: float = 1.0,
    bias: float = 0.0,
    colour: str = "colour",
    numbers: ArrayLike | None = None,
) -> str:
    """NumPy and SciPy code that leaves scale · (sum of products) + bias in `result`.

    It reads "picture.png" as values in [0, 1], or holds `numbers` (H, W) itself. `colour` is "colour" (each channel on
    its own, result (H', W', 3)) or "grey" (0.299 R + 0.587 G + 0.114 B, result (H', W')). Raises KernelError on a
    kernel without two axes and on a padding that `explorer.convolve` does not know.
    """
    weights = _checked(kernel, padding)
    flat = numbers is not None or colour == "grey"
    lines = ["import numpy as np", *_picture_import(numbers), "from scipy.signal import correlate", ""]
    lines += _picture(colour, numbers) + _array("kernel", weights, "np.array({})")
    if flip:
        lines.append("kernel = kernel[::-1, ::-1]  # true convolution")
    if dilation > 1:
        lines += [
            f"spread = np.zeros(({', '.join(str(k) for k in _reach(weights, dilation))}))",
            f"spread[::{dilation}, ::{dilation}] = kernel  # zeros between the weights",
            "kernel = spread",
        ]
    if padding != "valid":
        around = ", ".join(map(str, _around(weights, dilation)))
        rest = "" if flat else ", (0, 0)"
        lines.append(f'picture = np.pad(picture, ({around}{rest}), mode="{_NUMPY_MODES[padding]}")')
    lines.append(f'result = correlate(picture, kernel{"" if flat else "[:, :, None]"}, mode="valid")')
    if stride > 1:
        lines.append(f"result = result[::{stride}, ::{stride}]")
    return "\n".join(lines + _end(scale, bias)) + "\n"


def torch_snippet(
    kernel: ArrayLike,
    *,
    padding: str = "valid",
    stride: int = 1,
    dilation: int = 1,
    flip: bool = False,
    scale: float = 1.0,
    bias: float = 0.0,
    colour: str = "colour",
    numbers: ArrayLike | None = None,
) -> str:
    """PyTorch code that leaves the same in `result` as `numpy_snippet`, a NumPy array again. Raises as that does."""
    weights = _checked(kernel, padding)
    flat = numbers is not None or colour == "grey"
    lines = ["import numpy as np", "import torch", "import torch.nn.functional as F", *_picture_import(numbers), ""]
    lines += _picture(colour, numbers) + _array("kernel", weights, "torch.tensor({}, dtype=torch.float64)")
    if flip:
        lines.append("kernel = kernel.flip(0, 1)  # true convolution")
    lines += _torch_input(weights, padding, dilation, flat)
    steps = "".join(f", {name}={n}" for name, n in (("stride", stride), ("dilation", dilation)) if n > 1)
    lines += [
        f"y = F.conv2d(x, kernel[None, None]{steps})",
        "result = y[0, 0].numpy()" if flat else "result = y[:, 0].permute(1, 2, 0).numpy()",
    ]
    return "\n".join(lines + _end(scale, bias)) + "\n"


def _torch_input(weights: NDArray[np.float64], padding: str, dilation: int, flat: bool) -> list[str]:
    """Padded planes as a batch (planes, 1, H, W): conv2d then uses the one kernel on each of them."""
    (top, bottom), (left, right) = _around(weights, dilation)
    planes = "x = torch.from_numpy(picture)[None, None]"
    if not flat:
        planes = "x = torch.from_numpy(picture).permute(2, 0, 1)[:, None]  # each colour on its own"
    if padding == "valid":
        return [planes]
    if padding == "reflect":  # F.pad reflects once only, which a picture smaller than the kernel does not satisfy
        rest = "" if flat else ", (0, 0)"
        return [f'picture = np.pad(picture, (({top}, {bottom}), ({left}, {right}){rest}), mode="reflect")', planes]
    return [planes, f'x = F.pad(x, ({left}, {right}, {top}, {bottom}), mode="{_TORCH_MODES[padding]}")']


def _checked(kernel: ArrayLike, padding: str) -> NDArray[np.float64]:
    weights = as_kernel(kernel)
    if weights.ndim != 2:
        raise KernelError(f"Code is written for a kernel of rows and columns; this one has shape {weights.shape}.")
    if padding not in PADDINGS:
        raise KernelError(f"Padding is one of {', '.join(PADDINGS)}, not {padding!r}.")
    return weights


def _picture_import(numbers: ArrayLike | None) -> list[str]:
    return ["from PIL import Image"] if numbers is None else []


def _picture(colour: str, numbers: ArrayLike | None) -> list[str]:
    if numbers is not None:
        return _array("picture", np.asarray(numbers, np.float64), "np.array({}, dtype=float)")
    lines = ['picture = np.asarray(Image.open("picture.png").convert("RGB")) / 255']
    return [*lines, "picture = picture @ [0.299, 0.587, 0.114]  # grey"] if colour == "grey" else lines


def _array(name: str, values: NDArray[np.float64], make: str) -> list[str]:
    """`name = make(rows)`, a row on each line when there are several."""
    rows = ["[" + ", ".join(_number(value) for value in row) + "]" for row in values]
    inside = f"[{rows[0]}]" if len(rows) == 1 else "[\n    " + ",\n    ".join(rows) + ",\n]"
    return [f"{name} = {make.format(inside)}"]


def _number(value: float) -> str:
    """As short as a float32 allows without changing it; whole numbers without a point."""
    return f"{value:.9g}"


def _reach(weights: NDArray[Any], dilation: int) -> Sequence[int]:
    return [dilation * (taps - 1) + 1 for taps in weights.shape]


def _around(weights: NDArray[Any], dilation: int) -> list[tuple[int, int]]:
    """(before, after) on rows and columns, so that the result keeps the picture's size."""
    return [((reach - 1) // 2, reach // 2) for reach in _reach(weights, dilation)]


def _end(scale: float, bias: float) -> list[str]:
    ends = [] if (scale, bias) == (1, 0) else [f"result = {_number(scale)} * result + {_number(bias)}"]
    return [*ends, "print(result.shape, result.min(), result.max())"]
