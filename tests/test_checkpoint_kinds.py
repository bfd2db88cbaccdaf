"""The kind of a file of weights, and of its numbers, is in its content: what is none is named."""

from __future__ import annotations

import gzip
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

import explorer
from explorer.networks.weights.pretrained import read_state
from tests.support.checkpoints import NET, State, assert_filled, own, state


@pytest.mark.parametrize("ending", [".pth", ".pth.tar", ".bin", ".safetensors", ".ckpt", ".h5", ""])
@pytest.mark.parametrize("way", ["zip", "older", "safetensors", "protocol 4"])
def test_the_ending_says_nothing(tmp_path: Path, way: str, ending: str) -> None:
    expected, file = state(), tmp_path / f"mine{ending}"
    if way == "safetensors":
        safetensors.torch.save_file(expected, file)
    else:
        torch.save(
            expected,
            file,
            _use_new_zipfile_serialization=way != "older",
            pickle_protocol=4 if way == "protocol 4" else 2,
        )
    assert_filled(explorer.load_own(NET, file, device="cpu"), expected)


def onnx(file: Path) -> None:
    """The beginning of every model that torch.onnx writes: version 8 of the format, made by pytorch."""
    file.write_bytes(b"\x08\x08\x12\x07pytorch\x1a\x052.4.0:\x90\x01\n\x30conv" + bytes(80))


def saved_model(file: Path) -> None:
    file.write_bytes(b"\x08\x01\x12\xa7\x05\n\x20\x12\x06" + b"Conv2D" + bytes(80))


def frozen_graph(file: Path) -> None:
    file.write_bytes(b"\n\x28\n\x05input\x12\x0bPlaceholder*\x0b" + bytes(80))


def whole_module(file: Path) -> None:
    torch.save(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), file)


def whole_module_of_old(file: Path) -> None:
    torch.save(nn.Sequential(nn.Conv2d(3, 4, 3)), file, _use_new_zipfile_serialization=False)


def module_in_a_table(file: Path) -> None:
    torch.save({"model": nn.Linear(3, 4), "epoch": 3}, file)


def torchscript(file: Path) -> None:
    torch.jit.save(torch.jit.script(nn.Linear(3, 4)), file)


def exported(file: Path) -> None:
    torch.export.save(torch.export.export(nn.Linear(3, 4), (torch.zeros(1, 3),)), file)


def arrays(file: Path) -> None:
    with file.open("wb") as opened:
        np.savez(opened, weight=np.zeros(3))


def one_array(file: Path) -> None:
    with file.open("wb") as opened:
        np.save(opened, np.zeros(3))


def keras(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("config.json", "metadata.json", "model.weights.h5"):
            archive.writestr(name, "{}")


def zipped(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/weights.pth", b"0" * 100)


def squeezed(file: Path) -> None:
    torch.save(state(), file)
    file.write_bytes(gzip.compress(file.read_bytes(), 1))


def tarred(file: Path) -> None:
    torch.save(state(), file.with_suffix(".inner"))
    with tarfile.open(file, "w") as archive:
        archive.add(file.with_suffix(".inner"), "weights.pth")


def pickled_arrays(file: Path) -> None:
    file.write_bytes(pickle.dumps({"weight": np.zeros(3)}))


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
KINDS: dict[str, tuple[Callable[[Path], object], str]] = {
    "whole module": (whole_module, r"whole model .*\(of class \S*Sequential\).*torch\.save\(model\.state_dict\(\)"),
    "whole module of old": (whole_module_of_old, r"whole model .*Sequential.*state_dict\(\)"),
    "module in a table": (module_in_a_table, r"whole model .*Linear.*state_dict\(\)"),
    "TorchScript": (torchscript, r"TorchScript.*torch\.jit\.load\('mine\.pth'\)\.state_dict\(\)"),
    "exported": (exported, r"torch\.export\.load\('mine\.pth'\)\.state_dict"),
    "ONNX": (onnx, r"ONNX.*state_dict\(\)"),
    "TensorFlow": (saved_model, r"TensorFlow.*state_dict\(\)"),
    "TensorFlow's graph": (frozen_graph, r"TensorFlow.*state_dict\(\)"),
    "TFLite": (lambda file: file.write_bytes(b"\x1c\0\0\0TFL3" + bytes(50)), r"TensorFlow.*state_dict\(\)"),
    "HDF5": (lambda file: file.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(50)), r"Keras.*HDF5.*state_dict\(\)"),
    "Keras": (keras, r"Keras.*state_dict\(\)"),
    "npz": (arrays, r"NumPy.*state_dict\(\)"),
    "npy": (one_array, r"NumPy.*state_dict\(\)"),
    "saved arrays": (lambda file: torch.save({"a": np.zeros(3)}, file), r"no table of tensors.*NumPy.*state_dict\(\)"),
    "pickled tensors": (lambda file: file.write_bytes(pickle.dumps(state())), r"pickle\.dump.*torch\.save\(state"),
    "pickled arrays": (pickled_arrays, r"no table of tensors.*NumPy.*state_dict\(\)"),
    "Git LFS": (lambda file: file.write_bytes(LFS), r"pointer of Git LFS.*git lfs pull"),
    "page": (lambda file: file.write_bytes(b"\n<!DOCTYPE html><html>Sign in</html>"), r"web page.*the file itself"),
    "text": (lambda file: file.write_bytes(b'{"error": "not found"}'), r"is a text, not weights"),
    "picture": (lambda file: file.write_bytes(explorer.sample("cat").png()), r"is a picture, not weights"),
    "archive": (zipped, r"archive of other files\. Unpack it first"),
    "gzip": (squeezed, r"is compressed\. Unpack it first"),
    "tar": (tarred, r"tar archive.*Unpack it first"),
    "empty": (lambda file: file.write_bytes(b""), r"is empty \(0 bytes\)"),
    "zeros": (lambda file: file.write_bytes(bytes(500)), r"is damaged, or no file of weights"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_table_of_weights_is_named(tmp_path: Path, kind: str) -> None:
    write, says = KINDS[kind]
    write(tmp_path / "mine.pth")
    with pytest.raises(explorer.NetworkError, match=says) as error:
        explorer.load_own(NET, tmp_path / "mine.pth", device="cpu")
    assert "delete" not in str(error.value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("way", ["zip", "older", "safetensors"])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.7, 0.999])
def test_a_file_that_breaks_off_is_damaged(tmp_path: Path, way: str, share: float) -> None:
    whole, file = tmp_path / "whole", tmp_path / "mine.pth"
    if way == "safetensors":
        safetensors.torch.save_file(state(), whole)
    else:
        torch.save(state(), whole, _use_new_zipfile_serialization=way == "zip")
    body = whole.read_bytes()
    file.write_bytes(body[: int(len(body) * share)])
    with pytest.raises(explorer.NetworkError, match=r"damaged.*opy or save it again"):
        explorer.load_own(NET, file, device="cpu")


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (torch.float16, "16-bit"), (torch.bfloat16, "bfloat16"), (torch.float64, "64-bit"),
        (torch.float8_e5m2, "8-bit"), (torch.float32, ""),
    ],
)  # fmt: skip
def test_other_precisions_are_cast_and_said(tmp_path: Path, kind: torch.dtype, says: str) -> None:
    expected = {n: t.to(kind) if t.is_floating_point() else t for n, t in state().items()}
    network = own(tmp_path, expected)
    assert_filled(network, expected)
    assert network.precision == "32-bit"
    assert says in network.remarks
    assert bool(network.remarks) == bool(says)


def quantized(tensors: State) -> State:
    return {n: torch.quantize_per_tensor(t, 0.1, 0, torch.qint8) if t.ndim > 1 else t for n, t in tensors.items()}


@pytest.mark.filterwarnings("ignore")  # torch calls both kinds unfinished
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: {n: t.to_sparse() if t.ndim > 1 else t for n, t in s.items()}, "sparse"),
        (lambda s: {n: t.to_sparse_csr() if t.ndim == 2 else t for n, t in s.items()}, "sparse"),
        (quantized, "quantized"),
        (lambda s: {n: t.to(torch.complex64) if t.ndim > 1 else t for n, t in s.items()}, "complex"),
        (lambda s: {n: t.to("meta") for n, t in s.items()}, "meta device"),
        (lambda s: {n: t.to(torch.int8) if t.ndim > 1 else t for n, t in s.items()}, "whole numbers"),
    ],
)
def test_numbers_that_no_network_computes_with_are_refused_shortly(
    tmp_path: Path, change: Callable[[State], State], says: str
) -> None:
    with pytest.raises(explorer.NetworkError, match=says) as error:
        own(tmp_path, {"state_dict": change(state())})
    assert len(str(error.value)) < 400


def test_tensors_that_share_their_numbers_or_are_views_are_read(tmp_path: Path) -> None:
    numbers = torch.arange(24.0)
    content = {
        "a": numbers[4:10].view(2, 3),
        "b": numbers.view(4, 6).T,
        "c": numbers,
        "d": torch.tensor(3),
        "e": torch.zeros(0, 3),
    }
    for older in (False, True):
        torch.save(content, tmp_path / "mine.pth", _use_new_zipfile_serialization=not older)
        read = read_state(tmp_path / "mine.pth")
        assert all(torch.equal(read[key], tensor) for key, tensor in content.items())
