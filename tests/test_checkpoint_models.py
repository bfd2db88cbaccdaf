"""Where in a file of weights the model is: under whatever names, in parts, one of several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

import explorer
from explorer.networks.loading import models_in
from explorer.networks.registry.catalogue import build
from explorer.networks.weights.pretrained import MismatchError
from tests.support.checkpoints import NET, State, assert_filled, optimizer_state, own, state, under

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
