"""A convolution as a few lines of Python to run elsewhere: without Explorer they give the array that it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.convolution import PADDINGS
from explorer.filtering.kernels import KernelError, as_kernel

_NUMPY_MODES = {"zero": "constant", "reflect": "reflect", "replicate": "edge"}
_TORCH_MODES = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}


@dataclass(frozen=True, eq=False)
class Recipe:
    """What code is written for: result = scale · (sum of products) + bias.

    kernel: (k1, k2), or (k1, k2, 3) for a filter summed over the colours, result (H', W'). The code reads
    "picture.png" as values in [0, 1], or holds `numbers` (H, W) itself. Without `grey` each channel is convolved on
    its own, result (H', W', 3); with it 0.299 R + 0.587 G + 0.114 B, result (H', W'). Raises KernelError on a kernel
    without two or three axes, on three grids for what has no colours, and on a padding that `explorer.convolve` does
    not know.
    """

    kernel: ArrayLike
    padding: str = "valid"
    stride: int = 1
    dilation: int = 1
    flip: bool = False
    scale: float = 1.0
    bias: float = 0.0
    grey: bool = False
    numbers: ArrayLike | None = None

    def __post_init__(self) -> None:
        shape = self.weights.shape
        if len(shape) != 2 and not (len(shape) == 3 and shape[2] == 3):
            raise KernelError(f"Code is written for a kernel of rows and columns; this one has shape {shape}.")
        if len(shape) == 3 and self.flat:
            raise KernelError("Three grids are for a picture with colours: give that, or a kernel of one grid.")
        if self.padding not in PADDINGS:
            raise KernelError(f"Padding is one of {', '.join(PADDINGS)}, not {self.padding!r}.")

    @property
    def weights(self) -> NDArray[np.float64]:
        """The kernel as an array, (k, l) or (k, l, 3)."""
        return as_kernel(self.kernel)

    @property
    def summed(self) -> bool:
        """Whether the three colours sum to one value."""
        return self.weights.ndim == 3

    @property
    def flat(self) -> bool:
        """Whether what is convolved has no colours."""
        return self.numbers is not None or self.grey

    @property
    def reach(self) -> list[int]:
        """Rows and columns under the window."""
        return [self.dilation * (taps - 1) + 1 for taps in self.weights.shape[:2]]

    @property
    def around(self) -> list[tuple[int, int]]:
        """(before, after) on rows and columns, so that the result keeps the picture's size."""
        return [((reach - 1) // 2, reach // 2) for reach in self.reach]


def numpy_snippet(recipe: Recipe) -> str:
    """NumPy and SciPy code that leaves the recipe's array in `result`."""
    lines = ["import numpy as np", *_picture_import(recipe), "from scipy.signal import correlate", ""]
    lines += _picture(recipe) + _kernel(recipe, "np.array({})", "np.stack([red, green, blue], axis=-1)")
    if recipe.flip:
        lines.append("kernel = kernel[::-1, ::-1]  # true convolution")
    if recipe.dilation > 1:
        shape = [*recipe.reach, 3] if recipe.summed else recipe.reach
        lines += [
            f"spread = np.zeros(({', '.join(map(str, shape))}))",
            f"spread[::{recipe.dilation}, ::{recipe.dilation}] = kernel  # zeros between the weights",
            "kernel = spread",
        ]
    if recipe.padding != "valid":
        lines.append(_numpy_pad(recipe))
    axes = "" if recipe.flat or recipe.summed else "[:, :, None]"
    lines.append(f'result = correlate(picture, kernel{axes}, mode="valid")')
    if recipe.summed:
        lines.append("result = result[:, :, 0]  # the colours are summed")
    if recipe.stride > 1:
        lines.append(f"result = result[::{recipe.stride}, ::{recipe.stride}]")
    return "\n".join(lines + _end(recipe)) + "\n"


def torch_snippet(recipe: Recipe) -> str:
    """PyTorch code that leaves the same in `result` as `numpy_snippet`, a NumPy array again."""
    lines = ["import numpy as np", "import torch", "import torch.nn.functional as F", *_picture_import(recipe), ""]
    make = "torch.tensor({}, dtype=torch.float64)"
    lines += _picture(recipe) + _kernel(recipe, make, "torch.stack([red, green, blue], dim=-1)")
    if recipe.flip:
        lines.append("kernel = kernel.flip(0, 1)  # true convolution")
    lines += _torch_input(recipe)
    steps = "".join(f", {name}={n}" for name in ("stride", "dilation") if (n := getattr(recipe, name)) > 1)
    filters = "kernel.permute(2, 0, 1)[None]" if recipe.summed else "kernel[None, None]"
    one = recipe.flat or recipe.summed
    lines += [
        f"y = F.conv2d(x, {filters}{steps})",
        "result = y[0, 0].numpy()" if one else "result = y[:, 0].permute(1, 2, 0).numpy()",
    ]
    return "\n".join(lines + _end(recipe)) + "\n"


def _torch_input(recipe: Recipe) -> list[str]:
    """Padded planes as a batch (planes, 1, H, W), so that conv2d uses the one kernel on each; or as (1, 3, H, W)."""
    (top, bottom), (left, right) = recipe.around
    planes = "x = torch.from_numpy(picture)[None, None]"
    if recipe.summed:
        planes = "x = torch.from_numpy(picture).permute(2, 0, 1)[None]  # the colours are summed"
    elif not recipe.flat:
        planes = "x = torch.from_numpy(picture).permute(2, 0, 1)[:, None]  # each colour on its own"
    if recipe.padding == "valid":
        return [planes]
    if recipe.padding == "reflect":  # F.pad reflects once only: too little for a picture smaller than the kernel
        return [_numpy_pad(recipe), planes]
    return [planes, f'x = F.pad(x, ({left}, {right}, {top}, {bottom}), mode="{_TORCH_MODES[recipe.padding]}")']


def _numpy_pad(recipe: Recipe) -> str:
    around = ", ".join(map(str, recipe.around)) + ("" if recipe.flat else ", (0, 0)")
    return f'picture = np.pad(picture, ({around}), mode="{_NUMPY_MODES[recipe.padding]}")'


def _picture_import(recipe: Recipe) -> list[str]:
    return ["from PIL import Image"] if recipe.numbers is None else []


def _picture(recipe: Recipe) -> list[str]:
    if recipe.numbers is not None:
        return _array("picture", np.asarray(recipe.numbers, np.float64), "np.array({}, dtype=float)")
    lines = ['picture = np.asarray(Image.open("picture.png").convert("RGB")) / 255']
    return [*lines, "picture = picture @ [0.299, 0.587, 0.114]  # grey"] if recipe.grey else lines


def _kernel(recipe: Recipe, make: str, stack: str) -> list[str]:
    if not recipe.summed:
        return _array("kernel", recipe.weights, make)
    grids = zip(("red", "green", "blue"), np.moveaxis(recipe.weights, -1, 0), strict=True)
    lines = [line for name, grid in grids for line in _array(name, grid, make)]
    return [*lines, f"kernel = {stack}"]


def _array(name: str, values: NDArray[np.float64], make: str) -> list[str]:
    """`name = make(rows)`, a row on each line when there are several."""
    rows = ["[" + ", ".join(_number(value) for value in row) + "]" for row in values]
    inside = f"[{rows[0]}]" if len(rows) == 1 else "[\n    " + ",\n    ".join(rows) + ",\n]"
    return [f"{name} = {make.format(inside)}"]


def _number(value: float) -> str:
    """As short as a float32 allows without changing it; whole numbers without a point."""
    return f"{value:.9g}"


def _end(recipe: Recipe) -> list[str]:
    ends = []
    if (recipe.scale, recipe.bias) != (1, 0):
        ends = [f"result = {_number(recipe.scale)} * result + {_number(recipe.bias)}"]
    return [*ends, "print(result.shape, result.min(), result.max())"]
