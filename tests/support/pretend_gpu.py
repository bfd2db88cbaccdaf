"""A pretend GPU, for where tensors lie: it computes as the CPU does, and refuses what a GPU refuses.

Its tensors call themselves of torch's meta device, which is known to every torch and to no driver. An operation on some
of them and some of the CPU's fails as on a GPU, as do NumPy and a generator of the CPU's; one number, an index and a
copy may come from the CPU. It says nothing of kernels, precision or speed. It sees one thread: what the engine does in
several is done in this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Generator, Tensor
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map_only

GPU = torch.device("meta")
_CROSSING = ("copy_", "_to_copy", "index", "index_put", "index_put_", "_index_put_impl_")  # may mix devices
_HEAVY = ("convolution", "convolution_backward", "mm", "addmm", "bmm", "baddbmm")


class GpuTensor(Tensor):
    """A tensor on the pretend GPU: what it holds lies on the CPU, where no one else can get at it."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> GpuTensor:
        made: GpuTensor = Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
            cls, held.size(), strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype, device=GPU
        )
        made.held = held
        return made

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def new_tensor(self, data: Any, **_: Any) -> Tensor:
        return torch.tensor(data, dtype=self.dtype, device=GPU)

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return PretendGpu.computed(operation, args, kwargs or {})


class PretendGpu(TorchDispatchMode):
    """While it is on, tensors can be made on the GPU or brought there; it keeps account of heavy work by device."""

    heavy: dict[str, list[str]]

    def __init__(self) -> None:
        super().__init__()
        self.heavy = {"cpu": [], "gpu": []}

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        with self:  # in inference mode those that consist of others come whole
            made = operation.decompose(*args, **kwargs or {})
        if made is not NotImplemented:
            return made
        name = operation.overloadpacket.__name__
        if name in _HEAVY:
            self.heavy["gpu" if any(_on_gpu(args)) else "cpu"].append(name)
        return self.computed(operation, args, kwargs or {})

    @staticmethod
    def computed(operation: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """What the operation gives, on the GPU where it was asked for there or its tensors lie there."""
        leaves = tree_leaves((args, kwargs))
        wished = kwargs.get("device")
        on_gpu = any(_on_gpu(leaves)) if wished is None else torch.device(wished) == GPU
        if on_gpu:
            _refuse(operation.overloadpacket.__name__, leaves)
        if wished is not None:
            kwargs = {**kwargs, "device": torch.device("cpu")}
        inner, named = tree_map_only(GpuTensor, lambda one: one.held, (args, kwargs))
        made = operation(*inner, **named)
        if not on_gpu:
            return made
        return return_and_correct_aliasing(operation, args, kwargs, tree_map_only(Tensor, GpuTensor, made))


def _on_gpu(values: Any) -> Iterator[bool]:
    return (isinstance(one, GpuTensor) for one in values)


def _refuse(name: str, leaves: list[Any]) -> None:
    if any(isinstance(one, Generator) for one in leaves):
        raise RuntimeError(f"Expected a 'cuda' device type for generator but found 'cpu' ({name})")
    strangers = [one for one in leaves if isinstance(one, Tensor) and not isinstance(one, GpuTensor) and one.dim()]
    if strangers and name not in _CROSSING:
        raise RuntimeError(
            f"Expected all tensors to be on the same device ({name}, {tuple(strangers[0].shape)} on the CPU)"
        )


class _Here(Executor):
    """Does in the thread that asks what it is given."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(task(*args, **kwargs))
        return done


@contextmanager
def pretended() -> Iterator[PretendGpu]:
    """There is a GPU, and networks go there; `torch.tensor`, which no mode is asked about, makes its own there, too."""
    made = torch.tensor

    def tensor(data: Any, *, device: Any = None, **how: Any) -> Tensor:
        return made(data, **how) if device is None else made(data, **how).to(device)

    def chosen(wish: str | None = None) -> torch.device:
        return torch.device("cpu") if wish == "cpu" else GPU

    with pytest.MonkeyPatch.context() as patch, PretendGpu() as gpu:
        patch.setattr(torch, "tensor", tensor)
        patch.setattr("explorer.compute._threads", _Here)
        for module in (
            "networks.loading",
            "learning.exemplar_cnn.training",
            "learning.robustness.adversarial_training",
        ):
            patch.setattr(f"explorer.{module}.choose_device", chosen)
        yield gpu
