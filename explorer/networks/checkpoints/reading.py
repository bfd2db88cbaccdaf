"""A file of weights as a flat list of tensors by dotted name, with what else was in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from explorer.networks.checkpoints.kinds import kind_of
from explorer.networks.checkpoints.pickled import PickledDict, StandIn
from explorer.networks.checkpoints.stored import OverclaimError, Stored
from explorer.networks.checkpoints.torch_files import Content, read_archive, read_pickles
from explorer.networks.registry.published import WeightsError

_DEEPEST = 12  # tables in tables
_WHOLE_MODEL = ("_parameters", "_modules")  # what a module's state has


@dataclass(frozen=True)
class Checkpoint:
    """A file's tensors: by the way through its tables to each, and as one list of dotted names.

    `places` says for each dotted name in which table it lies; `foreign` are the classes and functions that the file
    names and that were not called; `others` the keys of its outermost table that hold no tensors.
    """

    path: Path
    root: Any
    tensors: Mapping[str, Stored]
    places: Mapping[str, str]
    others: tuple[str, ...]
    foreign: tuple[str, ...]


def read_checkpoint(path: Path) -> Checkpoint:
    """What a file of weights holds; nothing in it is ever run, and numbers are read only when they are wanted.

    Raises WeightsError on a missing or damaged file and on one that is something else, saying what it is.
    """
    if not path.is_file():
        raise WeightsError(f"There is no file of weights at {path}: choose another.")
    content = {"zip": read_archive, "pickle": read_pickles, "safetensors": _read_safetensors}[kind_of(path)](path)
    found = list(_tensors(content.root, "", "", 0, set()))
    if not found:
        raise WeightsError(f"{path} {_without_tensors(content)}.")
    root = content.root if isinstance(content.root, PickledDict) else {}
    others = tuple(str(key) for key, value in root.items() if isinstance(key, (str, int)) and _holds_none(value))
    tensors = {name: stored for name, _, stored in found}
    return Checkpoint(path, content.root, tensors, {n: place for n, place, _ in found}, others, content.foreign)


def read_tensor(path: Path, name: str, stored: Stored) -> Any:
    """A tensor's numbers, on the CPU. Raises WeightsError on one that can't be read, naming it."""
    if stored.odd:
        raise WeightsError(f"{path} holds {name} as a tensor that is {_ODD[stored.odd]}.")
    try:
        return stored.read()
    except OverclaimError:
        raise WeightsError(
            f"{path} claims more numbers in {name} than it holds: it is damaged, or save it again, without views."
        ) from None


_ODD = {
    "sparse": "sparse, which holds only what isn't zero. Save it whole, by weight.to_dense()",
    "quantized": "quantized, whole numbers in place of fractions, which give no gradients. "
    "Save the weights from before, or each by weight.dequantize()",
    "complex": "complex, which no network of this list has. Save real ones",
    "empty": "empty, made on torch's meta device without numbers. Load the weights first, and save them after",
    "nested": "nested, several in one. Save each for itself, by weight.unbind()",
    "wrapped": "of a class of its own. Save a plain one, as the library that made it says",
    "NumPy": "an array of another device. Save it from the CPU, by weight.cpu()",
}


def _tensors(value: Any, name: str, place: str, depth: int, seen: set[int]) -> Iterator[tuple[str, str, Stored]]:
    """The tensors in tables within tables: dotted name, name of the table, tensor."""
    if isinstance(value, Stored) and name:
        yield name, place, value
    elif isinstance(value, (PickledDict, list, tuple)) and depth < _DEEPEST and id(value) not in seen:
        seen.add(id(value))
        for key, inner in value.items() if isinstance(value, PickledDict) else enumerate(value):
            if isinstance(key, (str, int)):
                yield from _tensors(inner, f"{name}.{key}" if name else str(key), name, depth + 1, seen)


def _holds_none(value: Any) -> bool:
    return next(_tensors(value, "value", "", 1, set()), None) is None


def _without_tensors(content: Content) -> str:
    model = whole_model(content.root)
    if model is not None:
        return (
            f"is a whole model saved as program code (of class {model.name}), which is never run. Where its code is, "
            "save its weights alone: torch.save(model.state_dict(), 'weights.pth')"
        )
    if "torch.storage._load_from_bytes" in content.foreign:
        return (
            "was written by pickle.dump, which wraps each tensor in program code, and that is never run. Load it where "
            "it was made, and save it by torch.save(state, 'weights.pth')"
        )
    if content.foreign and all(name.startswith(("numpy.", "_codecs.")) for name in content.foreign):
        return (
            "holds no table of tensors, but arrays of NumPy. Put them into the model, and save it by "
            "torch.save(model.state_dict(), 'weights.pth')"
        )
    if content.foreign:
        return (
            f"holds no table of tensors, but program code, which is never run ({', '.join(content.foreign[:5])}). "
            "Save weights by torch.save(model.state_dict(), 'weights.pth')"
        )
    return "holds no plain table of tensors by name. Save weights by torch.save(model.state_dict(), 'weights.pth')"


def whole_model(value: Any, depth: int = 0) -> StandIn | None:
    """The first module in a value, by what a module's state looks like; None if there is none."""
    if isinstance(value, StandIn):
        state = value.state
        is_module = isinstance(state, dict) and all(key in state for key in _WHOLE_MODEL)
        old = isinstance(value.arguments, tuple) and value.arguments[:1] == ("module",)
        return value if is_module or old else None
    if isinstance(value, dict) and depth < _DEEPEST:
        return next((found for inner in value.values() if (found := whole_model(inner, depth + 1))), None)
    return None


def _read_safetensors(path: Path) -> Content:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            root = PickledDict()
            for name in file.keys():  # noqa: SIM118 - it is no dict
                part = file.get_slice(name)
                numbers = _OF_SAFETENSORS.get(part.get_dtype(), part.get_dtype().lower())
                odd = "complex" if numbers.startswith("complex") else ""
                root[name] = Stored(tuple(part.get_shape()), numbers, partial(_from_safetensors, path, name), odd)
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"{path} is damaged ({error}): copy or save it again.") from error
    return Content(root)


_OF_SAFETENSORS = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "BOOL": "bool", "U8": "uint8",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "C64": "complex64",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
}  # fmt: skip


def _from_safetensors(path: Path, name: str) -> Any:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return file.get_tensor(name)
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"{path} is damaged ({error}): copy or save it again.") from error
