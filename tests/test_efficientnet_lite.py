"""The networks that come with the app: timm's, tensor by tensor and logit by logit, without timm."""

from __future__ import annotations

import subprocess
import sys

import pytest
import timm
import torch
from torchvision.models import ResNet18_Weights

import explorer
from explorer.networks.registry.efficientnet_lite import SCALES, EfficientNetLite
from explorer.networks.registry.published import imagenet_labels


@pytest.fixture(scope="module", params=SCALES)
def pair(request):
    """Ours with random weights, and timm's with the same."""
    ours = EfficientNetLite(request.param).eval()
    theirs = timm.create_model(f"tf_{request.param}", pretrained=False).eval()
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def test_has_the_same_tensors_under_the_same_names(pair):
    ours, theirs = (module.state_dict() for module in pair)
    assert list(ours) == list(theirs)
    assert [tensor.shape for tensor in ours.values()] == [tensor.shape for tensor in theirs.values()]


@pytest.mark.parametrize("side", [224, 97])
def test_gives_the_same_logits_and_gradients(pair, side):
    x = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0), requires_grad=True)
    ours, theirs = (module(x) for module in pair)
    torch.testing.assert_close(ours, theirs)
    gradients = [torch.autograd.grad(logits[:, 937].sum(), x)[0] for logits in (ours, theirs)]
    torch.testing.assert_close(*gradients)


def test_begins_as_timms_does():
    ours, theirs = EfficientNetLite("efficientnet_lite0"), timm.create_model("tf_efficientnet_lite0", pretrained=False)
    for (name, mine), other in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        if mine.ndim > 1 and mine.numel() > 5000:
            assert mine.std() == pytest.approx(other.std().item(), rel=0.05), name


def test_layers_have_the_names_that_links_hold(lite0):
    names = [layer.name for layer in lite0.layers]
    assert {"conv_stem", "bn1.act", "blocks.0.0.conv_pw", "blocks.3", "blocks.5.3.bn2.act", "conv_head", "bn2.act",
            "global_pool.pool", "classifier"} <= {*names}  # fmt: skip


def test_the_names_of_imagenets_classes_are_torchvisions():
    assert imagenet_labels() == tuple(ResNet18_Weights.DEFAULT.meta["categories"])


def test_needs_neither_timm_nor_torchvision():
    """Not even where these are not installed: a build of torch for the CPU may have no torchvision beside it."""
    code = (
        "import sys; sys.modules |= dict.fromkeys(('timm', 'torchvision', 'sklearn'))\n"
        "import explorer, numpy as np\n"
        "network, picture = explorer.load_network(), explorer.sample('coffee')\n"
        "assert network.predict(picture)[0][0] == 'espresso'\n"
        "explorer.feature_maps(network, picture, 'blocks.2')\n"
        "assert explorer.attack(network, picture, steps=2).linf > 0\n"
        "list(explorer.maximize(network, explorer.Unit('blocks.2', 7), size=32, steps=2))\n"
        "explorer.top_examples(network, explorer.Unit('blocks.2', 7), [picture], count=2)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=170)
    assert ended.returncode == 0, ended.stderr


def test_triton_is_not_loaded_unless_somebody_else_did():
    """It comes with torch for CUDA, and torch's formulas for multiply-adds ask for it."""
    code = (
        "import sys, explorer\n"
        "explorer.load_network()\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'triton']\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=170)
    assert ended.returncode == 0, ended.stderr
    assert "triton" not in ended.stderr


def test_what_the_others_need_is_said():
    code = (
        "import sys; sys.modules |= dict.fromkeys(('timm', 'torchvision'))\n"
        "import explorer\n"
        "for name in ('resnet18', 'timm/resnet18'):\n"
        "    try: explorer.load_network(name, pretrained=False)\n"
        "    except explorer.NetworkError as error: print(error)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=170)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == 2
    assert all("pip install" in line for line in lines)


def test_an_own_network_in_timms_names_fits(tmp_path):
    torch.save(timm.create_model("tf_efficientnet_lite0", pretrained=False).state_dict(), tmp_path / "mine.pth")
    assert explorer.load_own("efficientnet_lite0", tmp_path / "mine.pth").own
