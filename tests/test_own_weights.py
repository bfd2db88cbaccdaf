"""Weights of one's own: what fits is loaded, what doesn't is explained tensor by tensor, and nothing in a file runs."""

from __future__ import annotations

import ast
import io
import json
import os
import struct
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

import explorer
from explorer.networks.registry.catalogue import build
from explorer.networks.registry.published import WeightsError
from explorer.networks.weights.pretrained import Difference, MismatchError, compare, fill, read_state
from pages.parts.pickers.own_network import LARGEST

ROOT = Path(__file__).parents[1]
NET = "timm/test_resnet"  # half a million numbers


def trained_elsewhere(classes: int = 1000) -> nn.Module:
    torch.manual_seed(7)
    return build(NET, classes)[0]


def saved(folder: Path, state: dict[str, Tensor], ending: str = ".pth") -> Path:
    file = folder / f"mine{ending}"
    if ending == ".safetensors":
        safetensors.torch.save_file(state, file)
    else:
        torch.save(state, file)
    return file


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_own_weights_become_the_network(tmp_path: Path, ending: str) -> None:
    module = trained_elsewhere()
    network = explorer.load_own(NET, saved(tmp_path, module.state_dict(), ending), device="cpu")
    ours = network.module.body.state_dict()
    assert all(torch.equal(ours[name], tensor) for name, tensor in module.state_dict().items())
    assert (network.name, network.own, network.trained) == (NET, True, True)
    assert network.labels[937] == "broccoli"
    assert network != explorer.load_network(NET, pretrained=False, device="cpu")


def test_the_same_file_is_the_same_network_and_another_is_not(tmp_path: Path) -> None:
    state = trained_elsewhere().state_dict()
    one = explorer.load_own(NET, saved(tmp_path, state), device="cpu")
    assert explorer.load_own(NET, saved(tmp_path, state), device="cpu") == one
    next(iter(state.values())).add_(1)
    assert explorer.load_own(NET, saved(tmp_path, state), device="cpu") != one


@pytest.mark.parametrize("labels", [None, ["cat", "dog", "<b>fox</b>"]])
def test_the_file_says_how_many_classes_there_are(tmp_path: Path, labels: list[str] | None) -> None:
    file = saved(tmp_path, trained_elsewhere(3).state_dict())
    network = explorer.load_own(NET, file, labels=labels, device="cpu")
    assert network.labels == tuple(labels or ("class 0", "class 1", "class 2"))
    assert len(network.predict(explorer.sample("cat"))) == 3


@pytest.mark.parametrize("name", ["efficientnet_lite0", "torchvision/squeezenet1_1", "torchvision/mobilenet_v2"])
def test_classes_of_other_kinds_of_last_layers(tmp_path: Path, name: str) -> None:
    from explorer.networks.building import built

    file = saved(tmp_path, built(name, 7)[0].state_dict())
    assert len(explorer.load_own(name, file, device="cpu").labels) == 7


@pytest.mark.parametrize(
    "wrap", [lambda s: {f"module.{k}": v for k, v in s.items()}, lambda s: {"model_state_dict": s}]
)
def test_wrappers_of_training_scripts_are_taken_off(tmp_path: Path, wrap: Callable[[dict], dict]) -> None:
    module = trained_elsewhere()
    network = explorer.load_own(NET, saved(tmp_path, wrap(module.state_dict())), device="cpu")
    assert torch.equal(network.module.body.state_dict()["conv1.0.weight"], module.state_dict()["conv1.0.weight"])


def test_differences_are_told_tensor_by_tensor() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    state = module.state_dict()
    state["0.weight"] = torch.zeros(4, 3, 5, 5)
    state["2.extra"] = torch.zeros(1)
    del state["1.weight"], state["1.num_batches_tracked"]
    found = compare(state, module)
    assert found == (
        Difference("0.weight", (4, 3, 3, 3), (4, 3, 5, 5)),
        Difference("1.weight", (4,), None),
        Difference("1.num_batches_tracked", (), None),
        Difference("2.extra", None, (1,)),
    )
    assert [one.problem for one in found] == ["of another shape", "missing", "missing", "not in the network"]
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises(MismatchError, match="1 missing, 1 of another shape, 1 not in the network") as error:
        fill(module, state)
    assert [one.tensor for one in error.value.differences] == ["0.weight", "1.weight", "2.extra"]
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


@pytest.mark.parametrize("change", ["wrong shape", "extra", "missing"])
def test_what_does_not_fit_is_refused_with_its_differences(tmp_path: Path, change: str) -> None:
    state = trained_elsewhere().state_dict()
    first = next(iter(state))
    if change == "wrong shape":
        state[first] = torch.zeros(1, 2, 3)
    elif change == "extra":
        state["head.aux"] = torch.zeros(2)
    else:
        del state[first]
    with pytest.raises(explorer.NetworkError, match="don't fit this network") as error:
        explorer.load_own(NET, saved(tmp_path, state), device="cpu")
    assert isinstance(error.value.__cause__, MismatchError)
    assert len(error.value.__cause__.differences) == 1


def test_batch_counters_may_be_missing(tmp_path: Path) -> None:
    state = {n: t for n, t in trained_elsewhere().state_dict().items() if not n.endswith("num_batches_tracked")}
    assert explorer.load_own(NET, saved(tmp_path, state), device="cpu").own


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    state = trained_elsewhere().state_dict()
    state["conv1.0.weight"][0, 0, 0, 0] = value
    with pytest.raises(explorer.NetworkError, match=r"conv1\.0\.weight holds values that are not numbers"):
        explorer.load_own(NET, saved(tmp_path, state), device="cpu")


def test_a_wrong_number_of_names_is_said(tmp_path: Path) -> None:
    file = saved(tmp_path, trained_elsewhere(3).state_dict())
    with pytest.raises(explorer.NetworkError, match="3 outputs but 2 labels"):
        explorer.load_own(NET, file, labels=["cat", "dog"], device="cpu")


class Malicious:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.trace),)


def test_code_in_an_upload_never_runs(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    torch.save({"conv1.0.weight": Malicious(trace)}, tmp_path / "mine.pth")
    with pytest.raises(explorer.NetworkError, match="program code, which is never run"):
        explorer.load_own(NET, tmp_path / "mine.pth", device="cpu")
    assert not trace.exists()


def lying_safetensors(file: Path) -> None:
    header = json.dumps({"w": {"dtype": "F32", "shape": [2**29], "data_offsets": [0, 2**31]}}).encode()
    file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(100))


def endless_header(file: Path) -> None:
    file.write_bytes(struct.pack("<Q", 2**31) + b"{}" + bytes(100))


def squeezed_archive(file: Path) -> None:
    """An archive of 300 kB that unpacks to 300 MB of zeros."""
    plain = io.BytesIO()
    torch.save({"w": torch.zeros(4)}, plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, bytes(300 * 2**20) if entry.endswith("data/0") else source.read(entry))


def endless_view(file: Path) -> None:
    torch.save({"w": torch.zeros(1).expand(2**29)}, file)


def long_storage(file: Path) -> None:
    """In torch's older format the pickle alone says how long a storage is."""
    torch.save({"w": torch.zeros(7)}, file, _use_new_zipfile_serialization=False)
    body = file.read_bytes()
    assert body.count(b"K\x07") == 2  # the storage's length, the tensor's shape
    file.write_bytes(body.replace(b"K\x07", b"J" + struct.pack("<i", 2**29)))


@pytest.mark.parametrize(
    ("write", "ending", "says"),
    [
        (lying_safetensors, ".safetensors", "damaged"),
        (endless_header, ".safetensors", "damaged"),
        (squeezed_archive, ".pth", "claims to hold 300 MB"),
        (endless_view, ".pth", "claims more numbers in w than it holds"),
        (long_storage, ".pth", "damaged"),
    ],
)
def test_a_file_that_claims_gigabytes_is_refused_unread(
    tmp_path: Path, write: Callable[[Path], None], ending: str, says: str
) -> None:
    file = tmp_path / f"mine{ending}"
    write(file)
    before = resident()
    with pytest.raises(WeightsError, match=says):
        read_state(file)
    assert resident() - before < 100 * 2**20


def resident() -> int:
    """The peak of what this process has ever held; Linux counts it in kB."""
    resource = pytest.importorskip("resource")
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024


def test_predictions_are_those_of_the_module_itself(tmp_path: Path) -> None:
    module = trained_elsewhere(5).eval()
    network = explorer.load_own(NET, saved(tmp_path, module.state_dict()), device="cpu")
    x = network.tensor(explorer.sample("coffee"))
    with torch.no_grad():
        expected = module((x - network.module.mean) / network.module.std).softmax(1)[0].numpy()
    shares = dict(network.predict(explorer.sample("coffee")))
    np.testing.assert_allclose([shares[label] for label in network.labels], expected, rtol=1e-4)


def test_every_uploader_has_a_limit_of_its_own_that_the_server_holds() -> None:
    limits = {}
    for file in (one for one in (ROOT / "pages").rglob("*.py") if one.stem != "uploads"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in ("file_uploader", "uploader")
            ):
                limit = next((word.value for word in call.keywords if word.arg == "max_upload_size"), None)
                limits[f"{file.name}:{call.lineno}"] = (
                    LARGEST if isinstance(limit, ast.Name) else limit and ast.literal_eval(limit)
                )
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    assert len(limits) >= 11
    assert None not in limits.values(), limits
    assert max(limits.values()) == LARGEST == server
    assert sorted(limits.values())[-2] < LARGEST
