"""Modules as people bring them: what runs is wrapped as it is meant, what can't is refused in one sentence."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.responses.contributions import effective_field
from explorer.responses.gradcam import grad_cam
from explorer.responses.units import Unit
from tests.support.brought import SIDE, Changed, body, shares, wrap


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_a_module_computes_in_its_own_numbers(kind: torch.dtype) -> None:
    network = wrap(body().to(kind))
    np.testing.assert_allclose(shares(network), shares(wrap(body())), atol=2e-2)
    assert np.isfinite(effective_field(network, explorer.sample("coffee"), Unit("4", 3))).all()
    assert explorer.attack(network, explorer.sample("coffee"), steps=2).linf > 0


@pytest.mark.parametrize(
    ("module", "wishes", "says"),
    [
        (lambda: body(4), {}, "wants pictures of 4 channels"),
        (lambda: body(3), {"channels": 4}, "3 channels, or 1 in grey, not 4"),
        (lambda: body(3), {"channels": 1}, "can't take a picture"),
        (body, {"mean": (0.1, 0.2)}, "There are 2 means"),
        (body, {"std": (0.1, 0.2, 0.3, 0.4)}, "There are 4 deviations"),
        (body, {"std": (1, 0, 1)}, "deviations above 0"),
        (body, {"std": (0.0,)}, "deviations above 0"),
        (body, {"std": (1, -1, 1)}, "deviations above 0"),
        (body, {"mean": (float("nan"),) * 3}, "finite numbers"),
        (body, {"input_size": 0}, "whole number of pixels"),
        (body, {"input_size": 100_000}, "at most 2,048"),
        (body, {"input_size": 32.0}, "whole number of pixels"),
        (body, {"mean": "abc"}, "The means are abc: give a number for each colour"),
        (body, {"mean": None}, "finite numbers"),
        (body, {"mean": (123.7, 116.3, 103.5), "std": (58, 57, 57)}, "divide means and deviations by 255"),
        (body, {"labels": "abcdefghij"}, "The labels are one text"),
        (body, {"labels": ["a"]}, "has 10 outputs but 1 label was given"),
        (body, {"labels": dict.fromkeys("abcdefghij", 3)}, "a table whose numbers aren't 0, 1, 2"),
        (lambda: body().to("meta"), {}, "meta device, without numbers"),
        (lambda: torch.export.export(body(), (torch.rand(1, 3, SIDE, SIDE),)), {}, "of the type ExportedProgram"),
        (lambda: torch.jit.script(body()), {}, "TorchScript, whose layers can't be opened"),
        (lambda: nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(3)), {}, "lazy layers"),
        (lambda: lambda x: x.mean((2, 3)), {}, "is a function, not a torch.nn.Module"),
        (lambda: nn.Linear, {}, "is a class, not a torch.nn.Module"),
        (lambda: body().state_dict(), {}, "is a table of weights"),
        (lambda: 3, {}, "is of the type int, not"),
        (lambda: Changed(lambda y: y * float("nan")), {}, "NaN or infinity"),
        (lambda: Changed(lambda y: y / 0), {}, "NaN or infinity"),
        (lambda: Changed(lambda y: y.argmax(1)), {}, "leave argmax out"),
        (lambda: Changed(lambda y: y[0]), {}, "one number per class"),
        (lambda: Changed(lambda y: y[:, :, None]), {}, "one number per class"),
        (lambda: Changed(lambda y: "cat"), {}, "it gives a str"),
        (lambda: Changed(lambda y: {"boxes": [1, 2]}), {}, "it gives a dict"),
        (lambda: Changed(lambda y: None), {}, "it gives a NoneType"),
        (lambda: Changed(lambda y: nn.functional.dropout(y, 0.5)), {}, "another answer each time"),
        (lambda: Changed(lambda y: y + torch.rand(10)), {}, "another answer each time"),
        (lambda: Changed(lambda y: y - y.mean(0) * (len(y) > 1)), {}, "by those that come with it"),
        (lambda: Changed(lambda y: nn.functional.batch_norm(y, None, None, training=True) if len(y) > 1 else y), {},
         "by those that come with it"),
        (lambda: Changed(lambda y: y.view(1, 10)), {}, "not a batch of two"),
        (lambda: Changed(before=lambda x: x.to("meta")), {}, "can't take a picture of 32 × 32"),
        (lambda: Changed(before=lambda x: 1 / 0), {}, "can't take a picture of 32 × 32"),
    ],
)  # fmt: skip
def test_what_can_never_run_is_refused_in_one_sentence(module: Callable, wishes: dict, says: str) -> None:
    with pytest.raises(explorer.NetworkError, match=says) as error:
        wrap(module(), **wishes)
    assert len(str(error.value)) < 450


@pytest.mark.parametrize("kind", [np.array, torch.tensor, list])
def test_numbers_come_as_arrays_and_tensors_too(kind: Callable) -> None:
    network = wrap(body(), mean=kind([0.4, 0.5, 0.6]), std=kind([0.2, 0.2, 0.2]), input_size=np.int64(SIDE))
    expected = wrap(body(), mean=(0.4, 0.5, 0.6), std=(0.2, 0.2, 0.2))
    np.testing.assert_allclose(shares(network), shares(expected), atol=1e-6)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (range(10), [str(i) for i in range(10)]),
        ({i: f"n{i}" for i in reversed(range(10))}, [f"n{i}" for i in range(10)]),
        ({str(i): f"n{i}" for i in range(10)}, [f"n{i}" for i in range(10)]),
        ({f"n{i}": i for i in reversed(range(10))}, [f"n{i}" for i in range(10)]),
        (np.array(list("abcdefghij")), list("abcdefghij")),
        (["a", None, " ", *"defghij"], ["a", "class 1", "class 2", *"defghij"]),
    ],
)
def test_names_come_as_programs_keep_them(labels: Any, expected: list[str]) -> None:
    network = wrap(body(), labels=labels)
    assert list(network.labels) == expected
    assert {type(label) for label in network.labels} == {str}


def test_one_mean_counts_for_all_colours() -> None:
    one, three = wrap(body(), mean=(0.5,), std=[0.25]), wrap(body(), mean=(0.5,) * 3, std=(0.25,) * 3)
    np.testing.assert_array_equal(shares(one), shares(three))


def test_grey_is_luma_and_an_mlp_of_digits_works() -> None:
    torch.manual_seed(0)
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
    network = wrap(mlp, input_size=28, mean=(0.1307,), std=(0.3081,))
    assert network.channels == 1
    x = torch.rand(2, 3, 28, 28)
    grey = (x * torch.tensor((0.299, 0.587, 0.114)).view(3, 1, 1)).sum(1, keepdim=True)
    torch.testing.assert_close(network.module(x), mlp((grey - 0.1307) / 0.3081))


def test_a_network_of_grey_pictures_is_maximized_and_attacked_in_grey() -> None:
    torch.manual_seed(0)
    network = wrap(body(1))
    *_, last = explorer.maximize(network, Unit(network.layers[-1].name, 3), size=32, steps=3)
    assert np.ptp(last.image.pixels, axis=2).max() < 1e-5
    assert explorer.first_layer_filters(network).shape == (8, 1, 3, 3)


class StemLater(nn.Module):
    """Its first registered convolution is not the one that sees the picture, and one never runs."""

    def __init__(self, colours: int) -> None:
        super().__init__()
        self.unused = nn.Conv2d(1, 2, 3)
        self.head = nn.Conv2d(8, 5, 1)
        self.stem = nn.Conv2d(colours, 8, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.stem(x).relu()).mean((2, 3))


@pytest.mark.parametrize(("colours", "wish"), [(3, None), (1, None), (3, 3), (1, 1)])
def test_the_first_filters_are_those_that_see_the_picture(colours: int, wish: int | None) -> None:
    module = StemLater(colours)
    network = wrap(module, channels=wish)
    assert network.channels == colours
    np.testing.assert_array_equal(explorer.first_layer_filters(network), module.stem.weight.detach().numpy())


@dataclass
class Output:
    features: Tensor
    logits: Tensor


Pair = namedtuple("Pair", "logits aux")


@pytest.mark.parametrize(
    "after",
    [
        lambda y: (y, y[:, :4]),
        lambda y: [y],
        lambda y: {"logits": y, "loss": None},
        lambda y: {"features": y[:, :, None, None], "out": y},
        lambda y: Output(y[:, :, None], y),
        lambda y: Pair(y, y * 2),
        lambda y: (y[:, :, None, None], y),
        lambda y: y.log_softmax(1),
        lambda y: y.softmax(1),
    ],
)
def test_logits_are_found_and_probabilities_are_not_softmaxed_again(after: Callable) -> None:
    network, expected = wrap(Changed(after)), wrap(Changed())
    np.testing.assert_allclose(shares(network), shares(expected), atol=1e-5)
    image = explorer.sample("coffee")
    ours, theirs = (explorer.attack(one, image, steps=2, epsilon=8 / 255) for one in (network, expected))
    # where a slope is almost zero, rounding decides its sign
    assert np.mean(ours.adversarial.pixels != theirs.adversarial.pixels) < 0.01
    assert network.layers[-1].shape == (10,)
    assert grad_cam(network, image, 3, "net.0").shape == network.layer("net.0").places


@pytest.mark.parametrize("after", [lambda y: y, lambda y: y.sigmoid(), lambda y: y[:, 0], lambda y: y[:, 0].sigmoid()])
def test_one_output_is_two_classes_by_its_sigmoid(after: Callable) -> None:
    network = wrap(Changed(after, classes=1), labels=["cat", "dog"])
    image = network.prepare(explorer.sample("coffee"))
    with torch.no_grad():
        chance = float(body(classes=1)(torch.tensor(image.pixels.transpose(2, 0, 1)[None])).sigmoid())
    assert shares(network) == pytest.approx([1 - chance, chance], abs=1e-5)
    assert network.layers[-1].shape == (2,)
    assert grad_cam(network, image, "dog", "net.0").shape == network.layer("net.0").places
    assert explorer.attack(network, image, steps=2).linf > 0
    assert list(explorer.maximize(network, Unit(network.layers[-1].name, 1), steps=1, size=32))


def test_several_sigmoids_are_read_by_their_logits() -> None:
    np.testing.assert_allclose(shares(wrap(Changed(torch.sigmoid))), shares(wrap(Changed())), atol=1e-4)
