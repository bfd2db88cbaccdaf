"""Files of weights as trainers write them: what fits is found in them, all else is named, and nothing in them runs."""

from __future__ import annotations

import argparse
import datetime
import enum
import functools
import gzip
import io
import os
import pickle
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

import explorer
from explorer.networks.catalogue import build
from explorer.networks.checkpoints.kinds import kind_of
from explorer.networks.checkpoints.reading import read_checkpoint
from explorer.networks.loading import models_in
from explorer.networks.published import WeightsError
from explorer.networks.weights import MismatchError, read_state

NET = "timm/test_resnet"
State = dict[str, Tensor]


def state(classes: int = 5, seed: int = 7) -> State:
    torch.manual_seed(seed)
    return dict(build(NET, classes)[0].state_dict())


def own(folder: Path, content: object, **wishes: object) -> explorer.Network:
    torch.save(content, folder / "mine.pth")
    return explorer.load_own(NET, folder / "mine.pth", device="cpu", **wishes)


def assert_filled(network: explorer.Network, expected: State) -> None:
    ours = network.module.body.state_dict()
    assert ours.keys() == expected.keys()
    assert all(torch.equal(ours[name], tensor.to(ours[name].dtype)) for name, tensor in expected.items())


# --- the kind of a file is in its content


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


# --- what stands beside the tensors


class Mode(enum.Enum):
    TRAIN = 1


class Config:
    """As OmegaConf's: a class of its own, with a state."""

    def __init__(self) -> None:
        self._content = {"lr": 0.1, "parts": [1, 2]}


def optimizer_state() -> dict:
    layer = nn.Linear(3, 4)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return optimizer.state_dict()


BESIDE = {
    "args": argparse.Namespace(lr=0.1, data=Path("/data")),
    "best": np.float64(0.93),
    "history": np.arange(4.0),
    "folder": Path("/runs/1"),
    "when": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    "counts": defaultdict(list, {"a": [1]}),
    "words": Counter("abc"),
    "ordered": OrderedDict(b=1, a=2),
    "mode": Mode.TRAIN,
    "schedule": functools.partial(max, 3),
    "optimizer": optimizer_state(),
    "hyper_parameters": {"cfg": Config(), ("a", 1): {1, 2}, "frozen": frozenset((3,)), "z": 1j},
    "callbacks": {"ModelCheckpoint{'monitor': 'loss'}": {"best": torch.tensor(0.5)}},
    "rng": [torch.get_rng_state(), np.random.default_rng(0).bit_generator.state],
    "device": torch.device("cpu"),
    "kind": torch.float16,
    "slice": slice(1, 2),
    "range": range(3),
    "bytes": bytearray(b"abc"),
}


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("beside", [*BESIDE, "all"])
def test_what_stands_beside_the_tensors_is_set_aside_and_said(tmp_path: Path, beside: str, older: bool) -> None:
    others = BESIDE if beside == "all" else {beside: BESIDE[beside]}
    expected = state()
    torch.save(others | {"state_dict": expected}, tmp_path / "mine.pth", _use_new_zipfile_serialization=not older)
    network = explorer.load_own(NET, tmp_path / "mine.pth", device="cpu")
    assert_filled(network, expected)
    assert "Set aside: " in network.remarks
    named = [name for name in others if name in network.remarks]
    assert len(named) == len(others) or f" and {len(others) - len(named)} more" in network.remarks


class Call:
    def __init__(self, function: Callable, *arguments: object) -> None:
        self.what = function, arguments

    def __reduce__(self) -> tuple:
        return self.what


class Mine:
    """A class whose making would be noticed."""

    def __setstate__(self, state: object) -> None:
        raise AssertionError("it was made")

    def __getstate__(self) -> dict:
        return {"x": 1}


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("call", ["mkdir", "open", "import", "eval", "class", "getattr"])
def test_nothing_in_a_file_is_run_and_what_would_have_is_named(tmp_path: Path, call: str, older: bool) -> None:
    trace = tmp_path / "ran"
    calls = {
        "mkdir": (Call(os.mkdir, str(trace)), "posix.mkdir|nt.mkdir"),
        "open": (Call(open, str(trace), "w"), "io.open"),
        "import": (Call(__import__, "this"), "builtins.__import__|__builtin__.__import__"),
        "eval": (Call(eval, f"open({str(trace)!r}, 'w')"), "builtins.eval|__builtin__.eval"),
        "class": (Mine(), "test_checkpoints.Mine"),
        "getattr": (Call(getattr, Path(trace), "touch"), "builtins.getattr|__builtin__.getattr"),
    }
    value, named = calls[call]
    expected = state()
    torch.save({"state_dict": expected, "x": value}, tmp_path / "mine.pth", _use_new_zipfile_serialization=not older)
    sys.modules.pop("this", None)
    network = explorer.load_own(NET, tmp_path / "mine.pth", device="cpu")
    assert_filled(network, expected)
    assert not trace.exists()
    assert "this" not in sys.modules
    assert any(name in network.remarks for name in named.split("|"))


# --- where in the file the model is


def under(*prefixes: str) -> Callable[[State], State]:
    return lambda tensors: {"".join(prefixes) + name: tensor for name, tensor in tensors.items()}


WRAPPED: dict[str, Callable[[State], object]] = {
    **{
        key: (lambda s, key=key: {key: s, "epoch": 3})
        for key in ("state_dict", "model", "model_state_dict", "net", "network", "weights", "params", "module", "ema")
    },
    "twice": lambda s: {"checkpoint": {"model": {"state_dict": s}}, "epoch": 1},
    "tuple": lambda s: (s, 3),
    **{prefix: under(prefix) for prefix in ("module.", "_orig_mod.", "model.", "net.", "backbone.", "a.b.c.d.")},
    "stacked": under("_orig_mod.", "module.", "model."),
    "stacked the other way": under("model.", "_orig_mod.", "module."),
    "prefixes in tables": lambda s: {"model_state": {"net": under("module.", "backbone.")(s)}},
    "swa's counter": lambda s: {"n_averaged": torch.tensor(7)} | under("module.")(s),
    "swa's counter beside": lambda s: {"n_averaged": torch.tensor(7)} | s,
    "Lightning": lambda s: {
        "state_dict": under("model.")(s) | {"criterion.weight": torch.ones(5), "train_acc.tp": torch.zeros(5)},
        "pytorch-lightning_version": "2.4",
        "hyper_parameters": {"lr": 0.1},
    },
    "criterion beside": lambda s: s | {"criterion.weight": torch.ones(5), "val_metrics.total": torch.tensor(3)},
    "flat with an epoch": lambda s: s | {"epoch": 3, "lr": torch.tensor(0.1), "optimizer": optimizer_state()},
    "inside, too": lambda s: {n.replace("layer1.", "layer1.module._orig_mod."): t for n, t in s.items()},
    "no counters": lambda s: {n: t for n, t in s.items() if not n.endswith("num_batches_tracked")},
    "parameters": lambda s: {n: nn.Parameter(t, requires_grad=t.is_floating_point()) for n, t in s.items()},
}  # fmt: skip


@pytest.mark.parametrize("way", WRAPPED)
def test_the_model_is_found_wherever_it_lies(tmp_path: Path, way: str) -> None:
    expected = state()
    network = own(tmp_path, WRAPPED[way](expected))
    if way == "no counters":
        expected |= {n: t for n, t in network.module.body.state_dict().items() if n.endswith("num_batches_tracked")}
    assert_filled(network, expected)
    assert len(network.labels) == 5


def parts(tensors: State) -> tuple[State, State]:
    """The backbone, and the layer that names the classes, its names within that layer."""
    return {n: t for n, t in tensors.items() if not n.startswith("fc.")}, {
        n.removeprefix("fc."): t for n, t in tensors.items() if n.startswith("fc.")
    }


APART: dict[str, tuple[str, Callable[[State, State], object]]] = {
    "tables": ("head", lambda b, h: {"backbone": b, "head": h}),
    "tables of whole names": ("head.fc", lambda b, h: {"backbone": b, "head": under("fc.")(h)}),
    "prefixes": ("classifier", lambda b, h: under("backbone.")(b) | under("classifier.")(h)),
    "a sequence of two": ("model.1", lambda b, h: {"model": under("0.")(b) | under("1.")(h)}),
    "beside a projection": (
        "fc",
        lambda b, h: under("encoder.")(b) | under("fc.")(h) | {"proj.weight": torch.ones(128, h["weight"].shape[1])},
    ),
}


@pytest.mark.parametrize("way", APART)
def test_a_backbone_and_its_head_are_joined(tmp_path: Path, way: str) -> None:
    place, made = APART[way]
    expected = state()
    network = own(tmp_path, made(*parts(expected)))
    assert_filled(network, expected)
    assert f"Its last layer was found apart from the others, under “{place}”." in network.remarks
    assert len(network.labels) == 5


@pytest.mark.parametrize(
    "made",
    [
        lambda b, h: {"backbone": b},
        lambda b, h: {"backbone": b, "projector": h},  # of contrastive learning: it names no classes
        lambda b, h: {"backbone": b, "head": h, "other_head": dict(h)},
    ],
)
def test_a_backbone_without_one_head_of_its_own_is_not_a_network(tmp_path: Path, made: Callable) -> None:
    with pytest.raises(explorer.NetworkError, match=r"don't fit this network of \d+ tensors \(2 missing\)"):
        own(tmp_path, made(*parts(state())))


@pytest.mark.parametrize("counters", [True, False])
def test_tensors_under_other_names_are_taken_in_order(tmp_path: Path, counters: bool) -> None:
    expected = {n: t for n, t in state().items() if counters or not n.endswith("num_batches_tracked")}
    renamed = {f"{i}.{n.rpartition('.')[2]}": t for i, (n, t) in enumerate(expected.items())}
    network = own(tmp_path, {"model": renamed})
    ours = network.module.body.state_dict()
    assert all(torch.equal(ours[name], tensor) for name, tensor in expected.items())
    assert network.remarks == "Its names are others: the tensors were taken in order."
    swapped = dict(zip(renamed, [*list(renamed.values())[1:], renamed["0.weight"]], strict=True))
    with pytest.raises(explorer.NetworkError, match="don't fit"):
        own(tmp_path, {"model": swapped})


PAIRS = {
    "ema": ({"model": "model", "ema": "model_ema"}, lambda a, b: {"model": a, "model_ema": b}),
    "timm": (
        {"model": "state_dict", "ema": "state_dict_ema"},
        lambda a, b: {"state_dict": a, "state_dict_ema": under("module.")(b), "epoch": 3},
    ),
    "swa": ({"model": "net", "ema": "swa.module"}, lambda a, b: {"net": a, "swa": {"n_averaged": 3, "module": b}}),
    "teacher": (
        {"model": "student.backbone", "ema": "teacher.backbone"},
        lambda a, b: under("student.backbone.")(a) | under("teacher.backbone.")(b),
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_of_several_models_the_visitor_chooses(tmp_path: Path, pair: str) -> None:
    ways, made = PAIRS[pair]
    learned, averaged = state(seed=1), state(seed=2)
    first = own(tmp_path, made(learned, averaged))
    offered = models_in(NET, tmp_path / "mine.pth")
    assert [label.removesuffix(".module") for label in offered] == [w.removesuffix(".module") for w in ways.values()]
    assert_filled(first, learned)
    assert "would fit, too" in first.remarks
    second = explorer.load_own(NET, tmp_path / "mine.pth", which=offered[1], device="cpu")
    assert_filled(second, averaged)
    assert second != first
    with pytest.raises(explorer.NetworkError, match="no model 'best' that fits: choose one of '"):
        explorer.load_own(NET, tmp_path / "mine.pth", which="best", device="cpu")


def test_a_deeper_relative_does_not_pass_for_the_network(tmp_path: Path) -> None:
    """All tensors of ResNet-18 are in a file of ResNet-34, with their shapes."""
    torch.save({"model": build("torchvision/resnet34", 2)[0].state_dict()}, tmp_path / "mine.pth")
    with pytest.raises(explorer.NetworkError, match="not in the network") as error:
        explorer.load_own("torchvision/resnet18", tmp_path / "mine.pth", device="cpu")
    assert isinstance(error.value.__cause__, MismatchError)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_heads_for_training_are_set_aside(tmp_path: Path, name: str) -> None:
    from torchvision import models

    theirs = models.get_model(name, aux_logits=True, init_weights=False, num_classes=3).state_dict()
    torch.save(under("module.")(theirs), tmp_path / "mine.pth")
    network = explorer.load_own(f"torchvision/{name}", tmp_path / "mine.pth", device="cpu")
    ours = network.module.body.state_dict()
    assert all(torch.equal(tensor, theirs[key]) for key, tensor in ours.items())
    assert "aux" in network.remarks.lower()


def test_densenets_names_of_an_older_time_are_read(tmp_path: Path) -> None:
    theirs = build("torchvision/densenet121", 3)[0].state_dict()
    older = {
        key.replace("norm1.", "norm.1.").replace("conv1.", "conv.1.").replace("norm2.", "norm.2.")
        .replace("conv2.", "conv.2.") if "denselayer" in key else key: tensor
        for key, tensor in theirs.items()
    }  # fmt: skip
    assert older.keys() != theirs.keys()
    torch.save({"state_dict": under("module.")(older)}, tmp_path / "mine.pth")
    network = explorer.load_own("torchvision/densenet121", tmp_path / "mine.pth", device="cpu")
    assert all(torch.equal(tensor, theirs[key]) for key, tensor in network.module.body.state_dict().items())


# --- numbers of other kinds


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


# --- what a file may cost


def bytearray_of(count: int) -> bytes:
    return b"\x80\x02c__builtin__\nbytearray\nG" + struct.pack(">d", count) + b"\x85R."


def far_memo(_file: object = None) -> bytes:
    return b"\x80\x02]r" + struct.pack("<I", 2**31 - 1) + b"."


def doubled() -> bytes:
    """A list of two lists of two lists …, 2⁵⁰ in all, of some hundred bytes."""
    return (
        b"\x80\x02]q\x00"
        + b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86q" + bytes([n + 1]) for n in range(50))
        + b"."
    )


def doubled_key() -> bytes:
    return b"\x80\x02}" + doubled()[2:-1] + b"K\x01s."


def long_string() -> bytes:
    return b"\x80\x02X" + struct.pack("<I", 2**31 - 1) + b"abc."


def deep_nest() -> bytes:
    return b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."


HOSTILE = {
    "bytearray": bytearray_of(2e9), "memo": far_memo(), "doubled": doubled(), "doubled key": doubled_key(),
    "long string": long_string(), "deep": deep_nest(), "power": b"\x80\x02coperator\npow\nK\x0aJ\xff\xff\xff\x7f\x86R.",
    "repeat": b"\x80\x02coperator\nmul\n(lK\x01aJ\xff\xff\xff\x7ftR.",
}  # fmt: skip


READING = """
import resource, sys, torch, safetensors
from explorer.networks.weights import WeightsError, read_state

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, used + 2**30))
for file in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        read_state(file)
        said = "read"
    except WeightsError:
        said = "refused"
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(said, after.ru_maxrss - before.ru_maxrss, after.ru_utime - before.ru_utime)
"""


def test_small_files_take_little_memory_and_time(tmp_path: Path) -> None:
    """In a process of its own, that may take 1 GB beyond what it has loaded."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("only Linux says how much memory a process has")
    files = {}
    for kind, body in HOSTILE.items():
        files[kind], files[f"{kind} in an archive"] = (tmp_path / f"{kind}{ending}.pth" for ending in ("", "-zip"))
        files[kind].write_bytes(body)
        with zipfile.ZipFile(files[f"{kind} in an archive"], "w") as archive:
            archive.writestr("mine/data.pkl", body)
    command = [sys.executable, "-c", READING, *map(str, files.values())]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    for kind, line in zip(files, run.stdout.splitlines(), strict=True):
        said, kilobytes, seconds = line.split()
        assert (said, int(kilobytes) < 100_000, float(seconds) < 10) == ("refused", True, True), (kind, line)


def test_names_of_a_file_are_listed_without_reading_its_numbers(tmp_path: Path) -> None:
    torch.save({"model": state(), "optimizer": optimizer_state()}, tmp_path / "mine.pth")
    assert kind_of(tmp_path / "mine.pth") == "zip"
    found = read_checkpoint(tmp_path / "mine.pth")
    assert found.tensors["model.conv1.0.weight"].shape == tuple(state()["conv1.0.weight"].shape)
    assert found.tensors["model.conv1.0.weight"].numbers == "float32"
    assert "optimizer.state.0.exp_avg" in found.tensors


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_file_is_read_or_refused_in_a_sentence(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    buffer = io.BytesIO()
    torch.save(
        {"model": {"a": torch.ones(3, 4), "b": torch.ones(2)}, **BESIDE},
        buffer,
        _use_new_zipfile_serialization=seed % 2 == 0,
    )
    body = bytearray(buffer.getvalue())
    for place in random.integers(0, len(body), int(random.integers(1, 30))):
        body[place] = random.integers(0, 256)
    (tmp_path / "mine.pth").write_bytes(body[: len(body) if seed % 3 else int(random.integers(1, len(body)))])
    try:
        read_state(tmp_path / "mine.pth")
        said = ""
    except WeightsError as error:
        said = str(error)
    assert len(said) < 1000
