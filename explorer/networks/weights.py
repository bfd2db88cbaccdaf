"""A network's published weights: fetched when missing, read without ever running code that a file holds."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from explorer.networks.catalogue import WeightsError, checkpoint, resolve
from explorer.networks.downloads import cache_folder, cached, download

if TYPE_CHECKING:
    from torch import Tensor, nn

_WRAPPERS = ("state_dict", "model_state_dict", "model")  # under which training scripts keep the tensors
_MOST_CLASSES = 100_000


@dataclass(frozen=True)
class Difference:
    """A tensor that a file and a network don't have in common; the shape is None where there is none."""

    tensor: str
    expected: tuple[int, ...] | None
    found: tuple[int, ...] | None

    PROBLEMS: ClassVar = ("missing", "of another shape", "not in the network")

    @property
    def problem(self) -> str:
        """What is wrong with it, in a word or two."""
        missing, reshaped, extra = self.PROBLEMS
        return missing if self.found is None else extra if self.expected is None else reshaped


class MismatchError(WeightsError):
    """Weights that don't fit a network; `differences` are all tensors that say so."""

    def __init__(self, sentence: str, differences: tuple[Difference, ...]) -> None:
        super().__init__(sentence)
        self.differences = differences


def read_state(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint (.safetensors, or else as torch.save wrote it) by name, on the CPU.

    Raises WeightsError on a missing or damaged file, on one with more than tensors, and on one that claims to hold
    more than its bytes; its code never runs.
    """
    import torch

    path = Path(path)
    try:
        _check_claim(path)
        state: Any = _read(path)
    except FileNotFoundError:
        raise WeightsError(f"There is no file of weights at {path}: choose another.") from None
    except WeightsError:
        raise
    except Exception as error:  # torch.load and safetensors raise some ten kinds on damaged bytes
        raise WeightsError(
            f"{path} is damaged, or holds program code, which is never run: delete it and fetch it again."
        ) from error
    for wrapper in _WRAPPERS:
        if isinstance(state, dict) and isinstance(state.get(wrapper), dict):
            state = state[wrapper]
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise WeightsError(f"{path} holds no plain table of tensors by name: choose a file of weights.")
    size = path.stat().st_size
    large = next((name for name, tensor in state.items() if tensor.numel() * tensor.element_size() > size), None)
    if large is not None:
        raise WeightsError(f"{path} claims more numbers in {large} than it holds: save it again, without views.")
    return state


def _check_claim(path: Path) -> None:
    """torch.save stores without compressing, so an archive that unpacks to more than itself was not made by it."""
    if path.suffix == ".safetensors" or not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        claimed = sum(entry.file_size for entry in archive.infolist())
    if claimed > path.stat().st_size:
        raise WeightsError(f"{path} claims to hold {claimed / 2**20:,.0f} MB, more than it has: save it again.")


def digest(path: str | Path) -> str:
    """The beginning of a file's SHA-256."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


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


def classes_in(state: Mapping[str, Tensor], module: nn.Module, published: int) -> int:
    """How many classes a checkpoint has: the rows of those tensors that in the network have one for each class."""
    state = _named_alike(state, module)
    rows = {
        len(state[name])
        for name, tensor in module.state_dict().items()
        if tensor.shape[:1] == (published,) and name in state
        if state[name].ndim == tensor.ndim and state[name].shape[1:] == tensor.shape[1:]
    }
    (found,) = rows if len(rows) == 1 else (published,)
    return found if 0 < found <= _MOST_CLASSES else published


def compare(state: Mapping[str, Tensor], module: nn.Module) -> tuple[Difference, ...]:
    """What a checkpoint and a network don't have in common, in the network's order, then what only the file has."""
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in state.items()}
    names = [*wanted, *(found.keys() - wanted.keys())]
    return tuple(Difference(n, wanted.get(n), found.get(n)) for n in names if wanted.get(n) != found.get(n))


def fill(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Fill a network with a checkpoint of the visitor's; a prefix that all names share, such as "module.", is ignored.

    Batch counters may be missing. Raises MismatchError on any other difference, WeightsError on what is no number.
    """
    state = _named_alike(state, module)
    odd = tuple(d for d in compare(state, module) if d.found is not None or not d.tensor.endswith("batches_tracked"))
    if odd:
        raise MismatchError(_summary(odd, len(module.state_dict())), odd)
    broken = next((n for n, t in state.items() if t.is_floating_point() and not t.isfinite().all()), None)
    if broken is not None:
        raise WeightsError(f"{broken} holds values that are not numbers (NaN or infinity): choose other weights.")
    try:
        module.load_state_dict(dict(state), strict=False)
    except RuntimeError as error:  # sparse or quantized numbers, say
        raise WeightsError(f"These weights can't be copied into the network ({error}): save them as plain.") from error


def _named_alike(state: Mapping[str, Tensor], module: nn.Module) -> Mapping[str, Tensor]:
    """The state without the prefix that a wrapper put before all names, if so more of them are the network's."""
    wanted = module.state_dict().keys()
    prefix = next(iter(state), "").partition(".")[0] + "."
    if not all(name.startswith(prefix) for name in state):
        return state
    bare = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
    return bare if len(wanted & bare.keys()) > len(wanted & state.keys()) else state


def _summary(odd: tuple[Difference, ...], wanted: int) -> str:
    said = [f"{n} {word}" for word in Difference.PROBLEMS if (n := sum(d.problem == word for d in odd))]
    return (
        f"These weights don't fit this network of {wanted} tensors ({', '.join(said)}): "
        "choose the architecture that they belong to."
    )


def _mismatch(module: nn.Module, state: dict[str, Tensor], full: str, file: str) -> str:
    odd = compare(state, module)
    named = "; ".join(f"{d.tensor}: {shape_text(d.found)}, expected {shape_text(d.expected)}" for d in odd[:3])
    return f"The weights in {file} don't fit {full} ({named or 'in their values'}): update torchvision and timm."


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A tensor's shape as people read it: 64 × 3 × 7 × 7."""
    return "nothing" if shape is None else " × ".join(map(str, shape)) or "a number"
