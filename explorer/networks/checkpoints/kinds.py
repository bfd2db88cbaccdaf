"""What a file is, told by its content and never by its ending."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from explorer.networks.registry.published import WeightsError

_HEAD = 4096  # bytes looked at
LONGEST_HEADER = 100 * 2**20  # bytes, as safetensors itself allows

_STATE = "torch.save(model.state_dict(), 'weights.pth')"
_KERAS = "a model of Keras or another HDF5 file. Choose its PyTorch version, saved by " + _STATE
_TENSORFLOW = "a model of TensorFlow. Choose its PyTorch version, saved by " + _STATE
_ARRAYS = "arrays of NumPy, which say no names that PyTorch knows. Put them into the model and save it by " + _STATE
_PACKED = "is compressed. Unpack it first, and choose what was inside"

_BY_BEGINNING = {
    b"\x89HDF\r\n\x1a\n": f"is {_KERAS}",
    b"\x93NUMPY": f"is {_ARRAYS}",
    b"version https://git-lfs": "is a pointer of Git LFS, a note that stands where the weights should. Fetch them by "
    "git lfs pull, and choose the file again",
    b"\x1f\x8b": _PACKED,
    b"BZh": _PACKED,
    b"\xfd7zXZ\x00": _PACKED,
    b"7z\xbc\xaf\x27\x1c": _PACKED,
    b"\x28\xb5\x2f\xfd": _PACKED,
    b"Rar!": _PACKED,
    b"GGUF": "is a language model in the format GGUF. Choose the weights of an image classifier",
    b"\xff\xd8\xff": "is a picture, not weights. Choose the file that the training saved",
    b"\x89PNG": "is a picture, not weights. Choose the file that the training saved",
    b"%PDF": "is a PDF document, not weights. Choose the file that the training saved",
}
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")
_ONNX_FIELDS = b"\x12\x1a\x22\x28\x32\x3a\x42"  # tags that may follow the version in a model of ONNX
_OPERATIONS = (b"Placeholder", b"Conv2D", b"Const", b"VariableV2", b"MatMul")


def kind_of(path: Path) -> str:
    """How a file of weights is to be read: "safetensors", "zip" (torch.save's format since 2020) or "pickle" (before).

    Raises WeightsError on everything else; its sentence says what the file is, and how to save what can be read.
    """
    with path.open("rb") as file:
        head, size = file.read(_HEAD), path.stat().st_size
    if not head:
        raise WeightsError(f"{path} is empty (0 bytes): it was damaged on its way here. Copy or save it again.")
    for beginning, sentence in _BY_BEGINNING.items():
        if head.startswith(beginning):
            raise WeightsError(f"{path} {sentence}.")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        raise WeightsError(
            f"{path} is a web page, not weights: the link led to a page about them. Download the file itself."
        )
    if head[257:262] == b"ustar":
        raise WeightsError(
            f"{path} is a tar archive, not a file of torch.save. Unpack it first, and choose the weights in it."
        )
    if head.startswith(b"PK"):
        return _kind_of_archive(path, size)
    if _is_safetensors(head):
        return _checked_safetensors(path, head, size)
    if head[:1] == b"\x80" or _is_old_pickle(head):
        return "pickle"
    raise WeightsError(f"{path} {_other(head)}.")


def _kind_of_archive(path: Path, size: int) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise WeightsError(
            f"{path} is damaged: an archive that breaks off or was changed, of {size:,} bytes. Copy or save it again."
        ) from None
    claimed = sum(entry.file_size for entry in entries)
    if claimed > size:  # torch.save stores without compressing
        raise WeightsError(f"{path} claims to hold {claimed / 2**20:,.0f} MB, more than it has: save it again.")
    names = [entry.filename for entry in entries]
    if any("/code/" in name or name.endswith("/constants.pkl") for name in names):
        raise WeightsError(
            f"{path} is a program in TorchScript, and programs are never run here. Save its weights alone: "
            f"torch.save(torch.jit.load({path.name!r}).state_dict(), 'weights.pth')."
        )
    if any(name.endswith("data.pkl") for name in names):
        return "zip"
    raise WeightsError(f"{path} {_other_archive(path.name, names)}.")


def _other_archive(name: str, names: list[str]) -> str:
    if names and all(entry.endswith(".npy") for entry in names):
        return f"is {_ARRAYS}"
    if any(entry.endswith(".weights.h5") for entry in names):
        return f"is {_KERAS}"
    if any(entry.endswith((".pt2", "archive_format", "serialized_exported_program.json")) for entry in names):
        return (
            "is a program exported by torch.export, and programs are never run here. Save its weights alone: "
            f"torch.save(torch.export.load({name!r}).state_dict, 'weights.pth')"
        )
    return "is an archive of other files. Unpack it first, and choose the file of weights that was inside"


def _is_safetensors(head: bytes) -> bool:
    return len(head) > 8 and head[6:8] == b"\x00\x00" and head[8:].lstrip(b" ").startswith(b"{")


def _checked_safetensors(path: Path, head: bytes, size: int) -> str:
    (length,) = struct.unpack("<Q", head[:8])
    if length > min(size - 8, LONGEST_HEADER):
        raise WeightsError(
            f"{path} is damaged: its table of contents takes {length:,} bytes, and the file has {size:,}. "
            "Copy or save it again."
        )
    return "safetensors"


def _is_old_pickle(head: bytes) -> bool:
    """Whether it begins as protocols 0 and 1 do: with torch's own number, a table, a list, a tuple or a class."""
    return head.startswith(
        (b"L1195470371460388", b"}q", b"]q", b"(d", b"(l", b"(i", b"ccollections\n", b"c__builtin__\n")
    )


def _other(head: bytes) -> str:
    if head[4:8] == b"TFL3" or (head[:1] == b"\x0a" and any(word in head for word in _OPERATIONS)):
        return f"is {_TENSORFLOW}"
    if head[:3] == b"\x08\x01\x12":
        return f"is {_TENSORFLOW}"
    if head[:1] == b"\x08" and 1 < head[1] < 64 and head[2:3] and head[2:3] in _ONNX_FIELDS:
        return f"is a network in the format ONNX, without PyTorch's names. Where it was made, save it by {_STATE}"
    if all(byte in b"\t\r\n\x1b" or byte >= 32 for byte in head):
        return f"is a text, not weights. Save weights by {_STATE}"
    return f"is damaged, or no file of weights of PyTorch. Save them by {_STATE}, or as safetensors"
