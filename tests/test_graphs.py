"""The graphs that a browser computes: the same logits, maps and gradients as the engine, from weights stored once."""

from __future__ import annotations

import gzip
from functools import lru_cache

import numpy as np
import onnxruntime
import pytest
import torch
from torch.nn.functional import cross_entropy

import explorer
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.graphs import served, writing
from explorer.networks.graphs.__main__ import graphs
from explorer.networks.graphs.parts import parts_of
from explorer.networks.graphs.served import FOLDER
from explorer.networks.registry.specs import EMBEDDED
from pages.parts.live.live_component import ENCODER
from pages.parts.pickers import browser_network
from pages.parts.pickers.browser_network import RUNTIME
from tests.support.alone import ROOT
from tests.support.fetch_runtime import GIF_STEM, GIF_VERSION, STEM, VERSION

NAMES = list(EMBEDDED)
BROCCOLI = 937


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """As the app's own, with the weights not made yet."""
    place = tmp_path_factory.mktemp("static")
    for file in FOLDER.glob("*.onnx"):
        (place / file.name).write_bytes(file.read_bytes())
    return place


@lru_cache(maxsize=2)
def session(folder, name, kind):
    files = served.served(folder, name)
    weights = gzip.decompress((folder / files.weights).read_bytes())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_external_initializers_from_files_in_memory([served.WEIGHTS], [weights], [len(weights)])
    return onnxruntime.InferenceSession((folder / getattr(files, kind)).read_bytes(), options)


def answer(folder, name, picture):
    looking = session(folder, name, served.FORWARD)
    return dict(zip([one.name for one in looking.get_outputs()], looking.run(None, {"picture": picture}), strict=True))


def slope(folder, name, picture, share=0.0, **directions):
    """The gradient to the picture; directions that aren't given are zero."""
    climbing = session(folder, name, served.GRADIENT)
    feeds = {one.name: np.zeros(one.shape, np.float32) for one in climbing.get_inputs()}
    feeds |= {"picture": picture, "softmax_share": np.array([share], np.float32)}
    feeds |= {writing.direction(output): along for output, along in directions.items()}
    return climbing.run(["gradient"], feeds)[0]


def onehot(number):
    return np.eye(1000, dtype=np.float32)[number : number + 1]


def autograd(network, x, loss):
    x = x.clone().requires_grad_()
    return derivative(loss(x), x).numpy()


def alike(found, wanted):
    """As many equal signs as rounding leaves: a few values at a ReLU6's edge fall on the other side."""
    assert (np.sign(found) == np.sign(wanted)).mean() >= 0.999
    assert np.linalg.norm(found - wanted) <= 0.02 * np.linalg.norm(wanted)


@pytest.mark.parametrize("name", NAMES)
def test_logits_and_maps_are_the_engines(folder, name):
    network, picture = explorer.load_network(name, device="cpu"), explorer.sample("flower")
    x = network.tensor(picture)
    found = answer(folder, name, x.numpy())
    np.testing.assert_allclose(found.pop("logits"), network.module(x).numpy(), atol=1e-4)
    assert list(found) == ["bn1", *(f"blocks.{stage}" for stage in range(7)), "bn2"]
    for layer, maps in found.items():
        wanted = explorer.feature_maps(network, picture, layer)
        assert np.abs(maps[0] - wanted).max() <= 1e-4 * np.abs(wanted).max(), layer


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_autograds(folder, name):
    network = explorer.load_network(name, device="cpu")
    x = network.tensor(explorer.sample("flower"))
    found = slope(folder, name, x.numpy(), 1.0, logits=-onehot(BROCCOLI))
    alike(found, autograd(network, x, lambda x: cross_entropy(network.module(x), torch.tensor([BROCCOLI]))))


def test_the_gradient_of_a_logit_and_of_maps_is_autograds(folder, lite0):
    x = lite0.tensor(explorer.sample("coffee"))
    found = slope(folder, lite0.name, x.numpy(), logits=onehot(BROCCOLI))
    alike(found, autograd(lite0, x, lambda x: lite0.module(x)[0, BROCCOLI]))
    body = lite0.module.body
    along = torch.zeros(1, 80, 14, 14)
    along[0, 17] = 1

    def excitement(x):
        h = body.blocks[:4](body.bn1(body.conv_stem((x - lite0.module.mean) / lite0.module.std)))
        return (h * along).sum()

    alike(slope(folder, lite0.name, x.numpy(), **{"blocks.3": along.numpy()}), autograd(lite0, x, excitement))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_is_what_the_script_writes(name):
    for kind, content in graphs(name).items():
        assert served.graph_file(FOLDER, name, kind).read_bytes() == content


def test_each_weight_is_stored_once_and_kept(folder, lite0):
    files = served.served(folder, lite0.name)
    written = (folder / files.weights).stat().st_mtime_ns
    served.served.cache_clear()
    assert served.served(folder, lite0.name) == files
    assert (folder / files.weights).stat().st_mtime_ns == written
    raw = gzip.decompress((folder / files.weights).read_bytes())
    inside = sum(p.numel() for p in lite0.module.body.parameters())
    normalized = sum(m.num_features for m in lite0.module.modules() if isinstance(m, torch.nn.BatchNorm2d))
    assert len(raw) == 4 * (inside - normalized)  # of γ and β only a bias is left
    assert not list(folder.glob("*.part"))


def test_folding_leaves_the_network_as_it_was(lite0):
    before = [(t.dtype, t.clone()) for t in lite0.module.body.state_dict().values()]
    parts_of(lite0.module.body)
    after = lite0.module.body.state_dict().values()
    assert all(kind == t.dtype and torch.equal(old, t) for (kind, old), t in zip(before, after, strict=True))


def test_where_nothing_can_be_written_it_is_said(tmp_path):
    with pytest.raises(OSError, match="efficientnet_lite0-forward"):
        served.served(tmp_path / "missing", "efficientnet_lite0")


def test_the_runtime_is_the_version_that_is_said_and_what_its_script_names():
    script = (FOLDER / f"{RUNTIME}.mjs").read_text("utf-8")
    assert f"ONNX Runtime Web v{RUNTIME.rsplit('-', 1)[1]}" in script
    assert "sourceMappingURL" not in script
    assert gzip.decompress((FOLDER / f"{RUNTIME}.wasm.gz").read_bytes())[:4] == b"\0asm"
    assert "Microsoft" in (FOLDER / "onnxruntime-web-LICENSE").read_text("utf-8")
    assert f"{STEM}-{VERSION}" == RUNTIME


def test_what_writes_films_is_the_version_that_is_said_and_its_licence_is_named():
    script = (FOLDER / ENCODER).read_text("utf-8")
    assert f"{GIF_STEM}-{GIF_VERSION}.mjs" == ENCODER
    assert all(name in script for name in ("GIFEncoder", "quantize", "applyPalette"))
    assert "sourceMappingURL" not in script
    assert "MIT License" in (FOLDER / f"{GIF_STEM}-LICENSE").read_text("utf-8")


@pytest.mark.parametrize("entry", ["app.py", "deploy/streamlit_cloud/app.py"])
def test_the_folder_lies_where_each_entry_serves_it(entry):
    assert (ROOT / entry).with_name("static").resolve() == FOLDER
    assert "enableStaticServing = true" in (ROOT / ".streamlit/config.toml").read_text("utf-8")


def test_which_networks_run_in_the_browser(lite0):
    files = browser_network.files(lite0)
    assert files is not None
    assert all((FOLDER / files[name]).is_file() for name in ("runtime", "binary", "forward", "gradient", "weights"))
    assert files["bytes"] == sum((FOLDER / files[name]).stat().st_size for name in ("binary", "weights"))
    assert browser_network.files(explorer.load_network(pretrained=False)) is None
    small = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.LazyLinear(2)).eval()
    small(torch.zeros(1, 3, 32, 32))
    assert browser_network.files(explorer.wrap_network(small, input_size=32, name="efficientnet_lite0")) is None
