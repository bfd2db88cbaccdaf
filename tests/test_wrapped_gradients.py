"""Modules as people bring them: gradients that don't exist, hooks and wrappers of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

import explorer
from explorer.responses.contributions import effective_field
from explorer.responses.gradcam import grad_cam
from explorer.responses.units import Unit
from tests.support.brought import SIDE, Changed, body, wrap


def no_grad(x: Tensor) -> Tensor:
    with torch.no_grad():
        return x + 0


class Ignoring(nn.Module):
    """Its gradient-carrying branch is not used for the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.net = body()

    def forward(self, x: Tensor) -> Tensor:
        self.net(x)
        return self.net(x.detach())


@pytest.mark.parametrize(
    "module",
    [lambda: Changed(before=no_grad), lambda: Changed(after=lambda y: y.detach()), Ignoring,
     lambda: Changed(after=lambda y: torch.from_numpy(y.numpy())),
     lambda: Changed(before=lambda x: (x * 127).to(torch.int8).float())],
)  # fmt: skip
@pytest.mark.parametrize("ask", ["attack", "deepfool", "another norm", "field", "maximize", "linear"])
def test_a_gradient_that_does_not_exist_is_said(module: Callable, ask: str) -> None:
    from explorer.attack_studies.explanations import linearization
    from explorer.attacks.goals import Goal

    network, image = wrap(module()), explorer.sample("coffee")
    last = network.layers[-1].name
    questions = {
        "attack": lambda: explorer.attack(network, image, steps=2),
        "deepfool": lambda: explorer.attack(network, image, method="deepfool", norm="l2"),
        "another norm": lambda: explorer.attack(network, image, norm="l2"),
        "field": lambda: effective_field(network, image, Unit(last, 3)),
        "maximize": lambda: list(explorer.maximize(network, Unit(last, 3), steps=2, size=32)),
        "linear": lambda: linearization(network, image, Goal(0, None), norm="linf", epsilon=0.01),
    }
    assert network.predict(image)
    with pytest.raises(explorer.NetworkError, match="no gradient from here back to the picture"):
        questions[ask]()


def test_grad_cam_says_it_where_the_answer_is_cut_off() -> None:
    network = wrap(Changed(after=lambda y: y.detach()))
    with pytest.raises(explorer.NetworkError, match="no gradient from here back to the picture"):
        grad_cam(network, explorer.sample("coffee"), 3, "net.0")


def test_the_visitors_hooks_do_not_fire_in_our_copy() -> None:
    module, heard = body(), []
    for part in module.modules():
        part.register_forward_hook(lambda *_: heard.append(1))
        part.register_forward_pre_hook(lambda *_: heard.append(2))
        part.register_forward_hook(lambda *_, **__: heard.append(3), with_kwargs=True)
        part.register_full_backward_hook(lambda *_: heard.append(4))
    network = wrap(module)
    network.predict(explorer.sample("coffee"))
    explorer.attack(network, explorer.sample("coffee"), steps=1)
    assert heard == []
    assert all(part._forward_hooks for part in module.modules())


@pytest.mark.parametrize(
    "change",
    [
        lambda m: weight_norm(m[0]) and m,
        lambda m: spectral_norm(m[0]) and m,
        lambda m: parametrizations.weight_norm(m[0]) and m,
        lambda m: parametrizations.spectral_norm(m[4]) and m,
        lambda m: prune.l1_unstructured(m[0], "weight", 0.5) and m,
        nn.DataParallel,
        torch.compile,
        lambda m: m.train(),
        lambda m: (m(torch.rand(1, 3, SIDE, SIDE)).sum().backward(), m)[1],
    ],
)
def test_wrappers_and_reparametrizations_are_taken_as_they_are(change: Callable) -> None:
    module = change(body())
    if isinstance(module, nn.Sequential):
        module(torch.rand(2, 3, SIDE, SIDE))  # computes weight_norm's weight, which has a history
    network = wrap(module)
    plain = body() if not isinstance(module, nn.Sequential) else module.eval()
    x = network.tensor(explorer.sample("coffee"))
    with torch.no_grad():
        torch.testing.assert_close(network.module(x), plain(x), rtol=1e-4, atol=1e-5)
    assert [layer.name for layer in network.layers][-1] == "4"
