"""What torch.save wrote, since 2020 in an archive and before that as pickles with a tail of numbers."""

from __future__ import annotations

import io
import mmap
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from explorer.networks.checkpoints.inert_pickle import Machine, Maker, PickleError
from explorer.networks.checkpoints.pickled import Name, PickledDict, StandIn
from explorer.networks.checkpoints.storages import (
    NUMBERS,
    ArchiveSource,
    Source,
    Storage,
    TailSource,
    entry_in,
    tensor_in,
    width,
)
from explorer.networks.checkpoints.stored import Stored
from explorer.networks.registry.published import WeightsError

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # with which the older format begins


@dataclass(frozen=True)
class Content:
    """What a file holds, with tensors as `Stored`, and the names in it that were not called."""

    root: Any
    foreign: tuple[str, ...] = ()


def read_archive(path: Path) -> Content:
    """The content of torch.save's archive. Raises WeightsError on a damaged one."""
    archive = zipfile.ZipFile(path)  # stays open for the numbers, which are read when they are wanted
    entry = next(name for name in archive.namelist() if name.endswith("data.pkl"))
    folder = entry.removesuffix("data.pkl")
    order = f"{folder}byteorder"
    if order in archive.namelist() and entry_in(archive, order, path) != b"little":
        raise WeightsError(f"{path} was saved by a computer of another byte order: save it as safetensors.")
    machine = _machine(ArchiveSource(path, archive, folder), {})
    try:
        return Content(machine.read(io.BytesIO(entry_in(archive, entry, path))), tuple(machine.foreign))
    except PickleError as error:
        raise WeightsError(f"{path} is damaged ({error}): copy or save it again.") from error


def read_pickles(path: Path) -> Content:
    """The content of the format before 2020, or of a bare pickle. Raises WeightsError on a damaged one."""
    source, seen = TailSource(path), dict[str, str]()
    machine = _machine(source, seen)
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        file = cast(BinaryIO, mapped)
        try:
            root = machine.read(file)
            if root != _MAGIC:
                return Content(root, tuple(machine.foreign))
            if machine.read(file) != _PROTOCOL:
                raise WeightsError(f"{path} was saved by a PyTorch before 0.4: load it there, and save it again.")
            machine.read(file)  # about the computer it was made on
            root = machine.read(file)
            keys = machine.read(file)
        except PickleError as error:
            raise WeightsError(f"{path} is damaged, or breaks off ({error}): copy or save it again.") from error
        if not isinstance(keys, list):
            raise WeightsError(f"{path} is damaged: it doesn't say where its numbers are. Copy or save it again.")
        widths = {key: width(numbers) for key, numbers in seen.items()}
        source.find([str(key) for key in keys], widths, mapped.tell())
    return Content(root, tuple(machine.foreign))


def _machine(source: Source, seen: dict[str, str]) -> Machine:
    return Machine(_MAKERS, partial(_storage, source, seen))


def _storage(source: Source, seen: dict[str, str], identity: Any) -> Any:
    """The storage that a persistent id names: ("storage", type, key, where, count), before 2020 with a view."""
    if not isinstance(identity, tuple) or len(identity) < 5 or identity[0] != "storage":
        module = (
            identity[1] if isinstance(identity, tuple) and identity[:1] == ("module",) and len(identity) > 1 else None
        )
        return (
            module if isinstance(module, Name) else StandIn(Name("torch", "module"), identity)
        )  # with its source code
    _, kind, key, _, count, *view = identity
    numbers = NUMBERS.get(kind.name if isinstance(kind, Name) else "", "")
    if not numbers or not isinstance(count, int):
        return StandIn(Name("torch", "storage"), identity)
    seen[str(key)] = numbers
    start = view[0][1] if view and isinstance(view[0], tuple) and len(view[0]) == 3 else 0
    return Storage(numbers, str(key), count, source, start if isinstance(start, int) else 0)


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any, *_rest: Any) -> Any:
    if not isinstance(storage, Storage) or not _whole(offset, *shape, *stride):
        return StandIn(Name("torch", "Tensor"))
    odd = "quantized" if storage.numbers.startswith("q") else "complex" if "complex" in storage.numbers else ""
    return tensor_in(storage, offset, shape, stride, odd)


def _tensor_of_kind(
    storage: Any, offset: Any, shape: Any, stride: Any, _grad: Any, _hooks: Any, kind: Any, *_: Any
) -> Any:
    """As since 2023, for numbers that have no storage type: the storage counts bytes."""
    if not isinstance(storage, Storage) or not isinstance(kind, Name):
        return StandIn(Name("torch", "Tensor"))
    return _tensor(Storage(kind.name, storage.key, storage.count, storage.source), offset, shape, stride)


def _whole(*numbers: Any) -> bool:
    return all(isinstance(number, int) for number in numbers)


def _odd(kind: str, *_arguments: Any) -> Stored:
    return Stored((), "", _unread, kind)


def _unread() -> Any:
    raise WeightsError("These numbers can't be read.")


def _first(value: Any, *_rest: Any) -> Any:
    return value


def _from_type(function: Any, _kind: Any, arguments: Any, *_state: Any) -> Any:
    """A tensor of a class of its own, such as a parameter's: the plain one inside."""
    maker = _MAKERS.get(str(function))
    return maker(*arguments) if maker and isinstance(arguments, tuple) else StandIn(Name("torch", "Tensor"))


def _table(pairs: Any = (), *_rest: Any) -> PickledDict:
    """A dictionary of Python's, of any of its kinds, from what it was called with."""
    table = PickledDict()
    items = pairs.items() if isinstance(pairs, dict) else pairs if isinstance(pairs, (list, tuple)) else ()
    for item in items:
        if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], (str, int)):
            table[item[0]] = item[1]
    return table


def _defaulting(*_factory: Any) -> PickledDict:
    return PickledDict()


_MAKERS: dict[str, Maker] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_of_kind,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._tensor._rebuild_from_type_v2": _from_type,
    "torch._utils._rebuild_sparse_tensor": partial(_odd, "sparse"),
    "torch._utils._rebuild_sparse_csr_tensor": partial(_odd, "sparse"),
    "torch._utils._rebuild_qtensor": partial(_odd, "quantized"),
    "torch._utils._rebuild_meta_tensor_no_storage": partial(_odd, "empty"),
    "torch._utils._rebuild_nested_tensor": partial(_odd, "nested"),
    "torch._utils._rebuild_wrapper_subclass": partial(_odd, "wrapped"),
    "torch._utils._rebuild_device_tensor_from_numpy": partial(_odd, "NumPy"),
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _first,
    "collections.OrderedDict": _table,
    "collections.defaultdict": _defaulting,
    "collections.Counter": _table,
    "builtins.dict": _table,
    "builtins.set": lambda *values: list(*values) if values and isinstance(values[0], (list, tuple)) else [],
    "torch.Size": _first,
    "torch.serialization._get_layout": lambda *_: None,
}
