"""A network's published weights: fetched when missing, read without ever running code that a file holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.catalogue import WeightsError, checkpoint, resolve
from explorer.downloads import cache_folder, cached, download

if TYPE_CHECKING:
    from torch import Tensor, nn


def read_state(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint (.safetensors, or else as torch.save wrote it) by name, on the CPU.

    Raises WeightsError on a missing or damaged file, and on one with more than tensors; its code never runs.
    """
    import torch

    path = Path(path)
    try:
        state: Any = _read(path)
    except FileNotFoundError:
        raise WeightsError(f"There is no file of weights at {path}: choose another.") from None
    except Exception as error:  # torch.load and safetensors raise some ten kinds on damaged bytes
        raise WeightsError(
            f"{path} is damaged, or holds program code, which is never run: delete it and fetch it again."
        ) from error
    for wrapper in ("state_dict", "model"):
        if isinstance(state, dict) and isinstance(state.get(wrapper), dict):
            state = state[wrapper]
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise WeightsError(f"{path} holds no plain table of tensors by name: choose a file of weights.")
    return state


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    import torch

    return torch.load(path, map_location="cpu", weights_only=True)


def load_pretrained(module: nn.Module, name: str) -> None:
    """Fill a network made by `build` with its published weights, downloaded first when they aren't here.

    Raises WeightsError as `download` and `read_state` do, and on weights that don't fit the network.
    """
    published, full = checkpoint(name), resolve(name)
    path = cached(published)
    if path is None:
        for _progress in download(published):
            pass
        path = cache_folder() / published.file
    state = read_state(path)
    try:
        module.load_state_dict(_adapted(full, state))
    except (RuntimeError, KeyError, ValueError) as error:
        raise WeightsError(_mismatch(module, state, full, published.file)) from error


def _adapted(full: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state under today's tensor names. torchvision's changes in place: it carries its version along."""
    library, bare = full.split("/")
    if library == "timm":
        import timm

        # timm alone knows how to convert each of its checkpoints, and does so only while it builds a network.
        filled = timm.create_model(bare, pretrained=True, pretrained_cfg_overlay={"state_dict": state})
        return filled.state_dict()
    for key in list(state):
        if re.match(r"aux\d?\.|AuxLogits\.", key):  # GoogLeNet's and Inception's heads for training
            del state[key]
        elif (today := re.sub(r"(denselayer\d+\.(?:norm|conv))\.(?=[12]\.)", r"\1", key)) != key:
            state[today] = state.pop(key)
    return state


def _mismatch(module: nn.Module, state: dict[str, Tensor], full: str, file: str) -> str:
    wanted = {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
    found = {key: tuple(tensor.shape) for key, tensor in state.items()}
    odd = [key for key in [*wanted, *(found.keys() - wanted.keys())] if wanted.get(key) != found.get(key)]
    named = "; ".join(f"{key}: {_shape(found, key)}, expected {_shape(wanted, key)}" for key in odd[:3])
    return f"The weights in {file} don't fit {full} ({named or 'in their values'}): update torchvision and timm."


def _shape(shapes: dict[str, tuple[int, ...]], key: str) -> str:
    return " × ".join(map(str, shapes[key])) or "a number" if key in shapes else "nothing"
