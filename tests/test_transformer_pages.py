"""The screens inside a network on a transformer, on one without maps, and where memory ends: never a traceback."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

import explorer
from explorer.networks.registry.catalogue import build
from explorer.responses import activations
from tests.support.whole_app import app, shown

PAGES = ("plan", "filters", "feature_maps", "where", "invariance", "neurons")


@pytest.fixture(scope="module")
def transformer() -> explorer.Network:
    torch.manual_seed(0)
    return explorer.wrap_network(build("timm/test_vit", 10)[0], input_size=160, name="vit", device="cpu")


@pytest.fixture(scope="module")
def flat() -> explorer.Network:
    torch.manual_seed(0)
    layers = (nn.Flatten(), nn.Linear(3 * 64, 8), nn.ReLU(), nn.Linear(8, 4))
    return explorer.wrap_network(nn.Sequential(*layers), input_size=8, name="flat", device="cpu")


@pytest.mark.parametrize("page", PAGES)
def test_a_transformer_on_every_screen(page: str, transformer: explorer.Network) -> None:
    test = app(page, own_network=transformer, network_wish="own_network")
    assert not test.exception
    assert not test.error
    assert ("give tokens" in shown(test)) == (page in ("feature_maps", "where", "invariance"))


@pytest.mark.parametrize("view", ["One place", "Before and after", "All depths"])
@pytest.mark.parametrize("layer", ["patch_embed", "blocks.2", "blocks.3.mlp.fc1"])
def test_a_transformers_maps_in_every_view(view: str, layer: str, transformer: explorer.Network) -> None:
    query = {"maps_view": view, "maps_layer": layer, "map": "63"}
    test = app("feature_maps", query=query, own_network=transformer, network_wish="own_network")
    assert not test.exception
    assert len(test.selectbox("maps_layer").options) == len([x for x in transformer.layers if x.has_maps]) > 60
    if (view, layer) == ("One place", "blocks.2"):
        assert "the sum in **blocks\\.2\\.mlp\\.fc2**" in shown(test)
    if view == "Before and after":
        assert "blocks.0.mlp.act, GELU" in test.selectbox(f"maps_step_{layer}").options


def test_maps_whose_channels_come_last_are_those_of_the_convolution(transformer: explorer.Network) -> None:
    image = explorer.sample("coffee")
    last, first = (explorer.feature_maps(transformer, image, name) for name in ("patch_embed", "patch_embed.proj"))
    assert last.shape == first.shape == (64, 10, 10)
    assert (last == first).all()


@pytest.mark.parametrize("page", PAGES)
def test_a_network_without_any_map_on_every_screen(page: str, flat: explorer.Network) -> None:
    test = app(page, query={"unit_kind": "neuron"}, own_network=flat, network_wish="own_network")
    assert not test.exception
    if page not in ("plan", "invariance"):
        assert any(words in shown(test) for words in ("no convolution", "no layer with places", "only its classes"))


@pytest.mark.parametrize("page", ["filters", "feature_maps", "where", "invariance"])
def test_memory_that_ends_is_a_sentence_and_can_be_asked_again(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    picture = explorer.sample("rocket").named(f"for {page}")
    with monkeypatch.context() as patch:
        patch.setattr(activations, "record", full)
        test = app(page, own_picture=explorer.open_image(picture.pixels[::-1, : 300 - len(page)]))
        for _ in range(3 if page == "invariance" else 0):
            test.session_state["sweep"].finished.wait(10)
            test.run()
        assert not test.exception
        assert "more memory than the computer has free" in shown(test)
    again = [button for button in test.button if button.label == "Try again"]
    if again:
        again[0].click().run()
        assert not test.exception
        assert "more memory" not in shown(test)


def test_device_precision_and_memory_are_shown_and_a_full_gpu_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    test = app("where")
    assert "4.7 million parameters (18 MB, 32-bit)" in shown(test)
    assert re.search(r"on the CPU(, [1-9][\d,]* MB in use)?\n", shown(test) + "\n")
    assert "memory was full" not in shown(test)
    monkeypatch.setattr("pages.parts.pickers.network_words.gpu_was_full", lambda: True)
    assert "memory was full and has been freed: the CPU computes now" in shown(test.run())
