"""Weights that a server on this machine publishes end up in the network; anything else is refused."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn
from torchvision import models

from explorer.networks.registry.catalogue import build
from explorer.networks.registry.published import WeightsError, WeightsFile
from explorer.networks.weights import pretrained
from explorer.networks.weights.cache_folder import cache_folder, cached
from explorer.networks.weights.pretrained import load_pretrained, read_state
from tests.support.weights_server import Served, WeightsServer, serving

Publish = Callable[[bytes, str], WeightsFile]


@pytest.fixture
def server() -> Iterator[WeightsServer]:
    with serving() as running:
        yield running


@pytest.fixture
def publish(server: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Serve a file, and make it the published weights of whatever network is asked for."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def serve(body: bytes, ending: str) -> WeightsFile:
        digest = hashlib.sha256(body).hexdigest()[:8]
        server.paths["/net"] = Served(body)
        published = WeightsFile(server.url("/net"), digest, f"net-{digest}{ending}")
        monkeypatch.setattr(pretrained, "weights_file", lambda name: published)
        return published

    return serve


def saved(content: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def other(name: str) -> nn.Module:
    """The same network with numbers in it that no initialization gives."""
    with torch.device("meta"):
        module = build(name)[0]
    return numbered(module)


def numbered(module: nn.Module) -> nn.Module:
    module.to_empty(device="cpu")
    for index, tensor in enumerate(module.state_dict().values()):
        tensor.copy_((torch.arange(tensor.numel()) % 1009 + index).view(tensor.shape))
    return module


def assert_same_weights(module: nn.Module, source: nn.Module) -> None:
    expected = source.state_dict()
    assert list(module.state_dict()) == list(expected)
    for key, tensor in module.state_dict().items():
        torch.testing.assert_close(tensor, expected[key], rtol=0, atol=0, msg=key)


def test_torchvision_weights_are_downloaded_once(publish: Publish, server: WeightsServer) -> None:
    source = other("squeezenet1_1")
    published = publish(saved(source.state_dict()), ".pth")
    for _ in range(2):
        module = build("squeezenet1_1")[0]
        load_pretrained(module, "squeezenet1_1")
        assert_same_weights(module, source)
    assert server.paths["/net"].asked == [None]
    assert cached(published)


def test_a_file_damaged_since_it_came_is_fetched_again(publish: Publish, server: WeightsServer) -> None:
    source = other("squeezenet1_1")
    published = publish(saved(source.state_dict()), ".pth")
    file = cache_folder() / published.file
    file.parent.mkdir()
    file.write_bytes(server.paths["/net"].body[:3000])
    module = build("squeezenet1_1")[0]
    load_pretrained(module, "squeezenet1_1")
    assert_same_weights(module, source)
    assert server.paths["/net"].asked == [None]
    assert file.read_bytes() == server.paths["/net"].body


def test_a_file_published_damaged_is_said_to_be_so_without_its_place_on_the_server(publish: Publish) -> None:
    published = publish(saved(other("squeezenet1_1").state_dict())[:3000], ".pth")
    with pytest.raises(WeightsError, match=rf"^{published.file} is damaged where it was published") as refusal:
        load_pretrained(build("squeezenet1_1")[0], "squeezenet1_1")
    assert str(cache_folder()) not in str(refusal.value)


@pytest.mark.parametrize("name", ["timm/test_resnet", "timm/test_vit"])
@pytest.mark.parametrize("ending", [".safetensors", ".pth"])
def test_timm_weights_in_both_formats(publish: Publish, name: str, ending: str) -> None:
    source = other(name)
    state = source.state_dict()
    publish(safetensors.torch.save(state) if ending == ".safetensors" else saved({"model": state}), ending)
    module = build(name)[0]
    load_pretrained(module, name)
    assert_same_weights(module, source)


def test_timm_converts_its_older_checkpoints(publish: Publish) -> None:
    """Vision transformers were once published with a matrix where the first convolution's weights are now."""
    source = other("timm/test_vit")
    state = source.state_dict()
    state["patch_embed.proj.weight"] = state["patch_embed.proj.weight"].flatten(1)
    publish(saved(state), ".pth")
    module = build("timm/test_vit")[0]
    load_pretrained(module, "timm/test_vit")
    assert_same_weights(module, source)


def test_densenet_weights_have_names_of_an_older_time(publish: Publish) -> None:
    source = other("densenet121")
    older = OrderedDict()
    for key, tensor in source.state_dict().items():
        for part in ("norm1", "conv1", "norm2", "conv2"):
            key = key.replace(f"denselayer1.{part}.", f"denselayer1.{part[:-1]}.{part[-1]}.")
        older[key] = tensor
    assert "features.denseblock1.denselayer1.norm.1.weight" in older
    publish(saved(older), ".pth")
    module = build("densenet121")[0]
    load_pretrained(module, "densenet121")
    assert_same_weights(module, source)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_heads_for_training_are_left_out(publish: Publish, name: str) -> None:
    with torch.device("meta"):
        source = models.get_model(name, aux_logits=True, init_weights=False)
    publish(saved(numbered(source).state_dict()), ".pth")
    source.aux1 = source.aux2 = source.AuxLogits = None
    module = build(name)[0]
    load_pretrained(module, name)
    assert_same_weights(module, source)


def test_weights_keep_the_version_of_their_layers(publish: Publish) -> None:
    """MNASNet rebuilds its first layers for weights that carry no version."""
    source = other("mnasnet0_5")
    publish(saved(source.state_dict()), ".pth")
    module = build("mnasnet0_5")[0]
    load_pretrained(module, "mnasnet0_5")
    assert_same_weights(module, source)


@pytest.mark.parametrize(
    ("name", "tensor"), [("squeezenet1_0", "features.0.weight"), ("timm/test_resnet", "conv1.0.weight")]
)
def test_weights_that_do_not_fit_name_the_first_tensors(publish: Publish, name: str, tensor: str) -> None:
    publish(saved(build("squeezenet1_1")[0].state_dict()), ".pth")
    with pytest.raises(WeightsError, match=rf"don't fit \S*{name} \({tensor}: .*, expected \d+ × 3 × ") as error:
        load_pretrained(build(name)[0], name)
    assert "\n" not in str(error.value)


class Malicious:
    """Would leave a file behind if it were unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("write", [saved, partial(pickle.dumps, protocol=2)], ids=["zip", "bare pickle"])
@pytest.mark.parametrize("ending", [".pth", ".bin", ".safetensors"])
def test_code_in_a_file_never_runs(tmp_path: Path, write: Callable[[object], bytes], ending: str) -> None:
    trace, file = tmp_path / "ran", tmp_path / f"net{ending}"
    file.write_bytes(write({"weight": Malicious(trace)}))
    with pytest.raises(WeightsError, match=r"program code, which is never run \(\w+\.mkdir\)"):
        read_state(file)
    assert not trace.exists()


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("keep", [0, 10, 300, -20])
def test_a_damaged_file_is_refused(tmp_path: Path, ending: str, keep: int) -> None:
    state = {"weight": torch.arange(1000.0)}
    whole = saved(state) if ending == ".pth" else safetensors.torch.save(state)
    file = tmp_path / f"net{ending}"
    file.write_bytes(whole[:keep])
    with pytest.raises(WeightsError, match="damaged"):
        read_state(file)


@pytest.mark.parametrize("content", [[1, 2], {"epoch": 3}, torch.zeros(2), {"state_dict": {"epoch": 3}}])
def test_a_file_without_a_table_of_tensors_is_refused(tmp_path: Path, content: object) -> None:
    (tmp_path / "net.pth").write_bytes(saved(content))
    with pytest.raises(WeightsError, match="no plain table of tensors"):
        read_state(tmp_path / "net.pth")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"There is no file of weights at .*net\.pth"):
        read_state(tmp_path / "net.pth")


@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"state_dict": state, "epoch": 3}])
def test_read_state_gives_back_what_was_saved(tmp_path: Path, wrap: Callable[[dict[str, Tensor]], object]) -> None:
    state = {"weight": torch.rand(3, 4), "steps": torch.tensor(7)}
    (tmp_path / "net.pth").write_bytes(saved(wrap(state)))
    read = read_state(tmp_path / "net.pth")
    assert list(read) == list(state)
    assert all(torch.equal(read[key], state[key]) for key in state)


def test_importing_the_module_loads_nothing_heavy() -> None:
    heavy = {"torch", "torchvision", "timm", "requests", "streamlit"}
    code = f"import sys, explorer.networks.weights.pretrained; print(*{heavy} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
