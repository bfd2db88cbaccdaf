"""The tokens of a transformer, laid out as maps: against reshaping by hand, with random weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import VisionTransformer

import explorer
from explorer.architecture.neighbours import activations_and_poolings, convolution_near
from explorer.architecture.plan import plan
from explorer.dataset_examples.index import indexing
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.maximization.ensemble import scores_of_views
from explorer.networks.loading import NetworkError
from explorer.networks.registry.catalogue import build
from explorer.networks.tracing.layer_tracing import prefix_tokens
from explorer.responses.activations import input_maps, outputs
from explorer.responses.contributions import contributions, effective_field
from explorer.responses.gradcam import grad_cam, last_with_places, layers_with_places
from explorer.responses.invariance import sweep
from explorer.responses.layer_summaries import layer_summaries
from explorer.responses.units import Unit
from pages.parts.network.plan import output_words
from tests.support.cloned_hooks import cloned_hooks

SIDE = 10  # patches along a side, of both
PREFIX = {"timm": 1, "torchvision": 1, "registers": 5}


def module_of(kind: str) -> nn.Module:
    torch.manual_seed(0)
    if kind == "torchvision":
        vit = VisionTransformer(40, 4, num_layers=2, num_heads=2, hidden_dim=12, mlp_dim=24, num_classes=10)
        nn.init.normal_(vit.heads.head.weight)  # torchvision begins with zeros there
        return vit
    if kind == "timm":
        return build("timm/test_vit", 10)[0]
    from timm.models.vision_transformer import VisionTransformer as TimmVisionTransformer

    return TimmVisionTransformer(40, 4, embed_dim=12, depth=2, num_heads=2, num_classes=10, reg_tokens=4)


@pytest.fixture(scope="module", params=PREFIX)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def vit(kind: str) -> explorer.Network:
    size = 160 if kind == "timm" else 40
    return explorer.wrap_network(module_of(kind), input_size=size, name=f"{kind} vit", device="cpu")


def deep(network: explorer.Network) -> explorer.networks.layers.Layer:
    """The output of the first block."""
    return next(layer for layer in network.layers if layer.name in ("blocks.0", "encoder.layers.encoder_layer_0"))


def test_maps_are_the_tokens_reshaped_without_those_before(vit: explorer.Network, kind: str) -> None:
    image = explorer.sample("coffee")
    truth = cloned_hooks(vit, image)
    seen = 0
    for layer in [layer for layer in vit.layers if len(layer.shape) == 2][::3]:
        tokens = truth[layer.name][0].numpy()
        patches = tokens[-SIDE * SIDE :]
        by_hand = np.stack([patches[:, channel].reshape(SIDE, SIDE) for channel in range(patches.shape[1])])
        assert layer.prefix == len(tokens) - SIDE * SIDE
        assert (layer.has_maps, layer.places, layer.channels) == (True, (SIDE, SIDE), tokens.shape[1])
        assert np.array_equal(explorer.feature_maps(vit, image, layer.name), by_hand), layer.name
        seen += layer.prefix == PREFIX[kind]
    assert seen > 4


def test_a_patchs_place_is_where_it_is_in_the_picture() -> None:
    """Before tokens are mixed, a token changes only with the pixels of its own patch."""
    vit = explorer.wrap_network(module_of("registers"), input_size=40, device="cpu")
    first = next(layer for layer in vit.layers if len(layer.shape) == 2)
    assert first.prefix == 0
    assert first.field.box(3, 7) == (12, 28, 16, 32)
    field = effective_field(vit, explorer.sample("coffee"), Unit(first.name, 2, (3, 7)))
    assert field[12:16, 28:32].all()
    assert field.sum() == pytest.approx(field[12:16, 28:32].sum())


def test_after_attention_a_token_sees_all_of_the_picture(vit: explorer.Network) -> None:
    layer, side = deep(vit), vit.input_size
    assert layer.field.clipped(0, 9, side) == (0, 0, side, side)
    assert effective_field(vit, explorer.sample("coffee"), Unit(layer.name, 1, (0, 9))).all()


def test_what_goes_into_a_layer_is_laid_out_too(vit: explorer.Network) -> None:
    image = explorer.sample("coffee")
    steps = activations_and_poolings(vit)
    assert {step.kind for step in steps} == {"GELU"}
    given, result = input_maps(vit, image, steps[0].name), explorer.feature_maps(vit, image, steps[0].name)
    np.testing.assert_allclose(nn.functional.gelu(torch.from_numpy(given.copy())).numpy(), result, atol=1e-6)


def test_a_fully_connected_layer_at_each_place_is_a_sum_over_the_maps_before(vit: explorer.Network) -> None:
    image, block = explorer.sample("coffee"), deep(vit)
    near = convolution_near(vit, block.name)
    assert near.kind == "Linear"
    assert near.name.startswith(block.name)
    made = contributions(vit, image, near.name, 3, (2, 7))
    linear = vit.module.get_submodule("body").get_submodule(near.name)
    by_hand = linear.weight[3].numpy() * input_maps(vit, image, near.name)[:, 2, 7]
    np.testing.assert_allclose(made.amounts, by_hand, rtol=1e-5, atol=1e-7)
    assert made.bias == float(linear.bias[3])
    assert made.value == pytest.approx(float(explorer.feature_maps(vit, image, near.name)[3, 2, 7]), rel=1e-4, abs=1e-6)


def test_a_unit_is_a_place_of_the_grid_and_its_examples_are_found_there(vit: explorer.Network) -> None:
    layer, image = deep(vit), explorer.sample("coffee")
    with pytest.raises(NetworkError, match="rows 0 to 9 and columns 0 to 9"):
        effective_field(vit, image, Unit(layer.name, 0, (SIDE, 0)))
    with torch.no_grad():
        tokens = outputs(vit, vit.tensor(image), [layer.name])[layer.name]
    picture = vit.tensor(image)
    assert scores_of_views(vit, picture, [Unit(layer.name, 3, (4, 5))]).tolist() == [float(tokens[0, -100 + 45, 3])]
    assert scores_of_views(vit, picture, [Unit(layer.name, 3)]).tolist() == pytest.approx(
        [float(tokens[0, -100:, 3].mean())]
    )
    (best,) = explorer.top_examples(vit, Unit(layer.name, 3), [image], count=1)
    assert best.score == pytest.approx(float(tokens[0, -100:, 3].max()), rel=1e-4)
    gallery = unpack_uploads([(image.name, image.png())])
    *_, looked = indexing(vit, layer.name, gallery)
    seen = explorer.feature_maps(vit, gallery.open(0), layer.name)[3]
    assert looked.index.peaks[0, 3] == pytest.approx(seen.max(), rel=1e-4)
    assert tuple(looked.index.top.where[3][0, 1:]) == np.unravel_index(seen.argmax(), seen.shape)


def test_grad_cam_leaves_the_class_token_out_and_looks_where_it_still_reads(vit: explorer.Network, kind: str) -> None:
    image, body = explorer.sample("coffee"), vit.module.get_submodule("body")
    last = last_with_places(vit)
    assert last.name.endswith({"torchvision": "encoder_layer_1.ln_1", "timm": "5.norm1", "registers": "1.norm1"}[kind])
    kept: list[torch.Tensor] = []
    handle = body.get_submodule(last.name).register_forward_hook(lambda _m, _x, y: kept.append(y))
    with torch.enable_grad():
        logits = vit.module(vit.tensor(image).requires_grad_())
        handle.remove()
        (gradient,) = torch.autograd.grad(logits[0, 4], kept[0])
    values, slopes = (t.detach()[0, -SIDE * SIDE :] for t in (kept[0], gradient))
    expected = (values * slopes.mean(0)).sum(1).relu().reshape(SIDE, SIDE).numpy()
    assert slopes.any()
    np.testing.assert_allclose(grad_cam(vit, image, 4, last.name), expected, atol=1e-6)


def test_one_picture_through_all_depths_reaches_the_last_block(vit: explorer.Network) -> None:
    shown = [depth.layer.name for depth in layer_summaries(vit, explorer.sample("coffee"), "all")]
    assert shown[-1] in ("norm", "encoder")


def test_tokens_that_are_not_those_of_patches_stay_a_list() -> None:
    class Mixing(nn.Module):
        """Mixes 36 places by way of 25 numbers for each of 49 channels: both are squares, neither is a grid."""

        def __init__(self) -> None:
            super().__init__()
            self.patches, self.mix, self.head = nn.Conv2d(3, 49, 4, 4), nn.Linear(36, 25), nn.Linear(49, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.mix(self.patches(x).flatten(2)).mean(2))

    network = explorer.wrap_network(Mixing(), input_size=24, device="cpu")
    mixed = network.layer("mix")
    assert (mixed.prefix, mixed.places, mixed.channels, mixed.has_maps) == (None, (49,), 25, False)
    assert explorer.feature_maps(network, explorer.sample("coffee"), "mix").shape == (25, 49, 1)


def test_how_many_tokens_stand_before_is_what_timm_says_or_as_many_as_the_class_token_has() -> None:
    class Mine(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cls_token = nn.Parameter(torch.zeros(1, 2, 8))

    assert [prefix_tokens(module_of(kind)) for kind in PREFIX] == list(PREFIX.values())
    assert (prefix_tokens(Mine()), prefix_tokens(nn.Linear(2, 2))) == (2, 0)


class Numbered(nn.Module):
    """Adds to its maps what a layer makes of nothing but their number."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.places, self.head = nn.Conv2d(3, 4, 4, 4), nn.Conv2d(1, 4, 1), nn.Linear(4, 5)
        self.register_buffer("numbers", torch.arange(36.0).reshape(1, 1, 6, 6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head((self.first(x) + self.places(self.numbers)).mean((2, 3)))


def test_what_the_picture_does_not_reach_has_no_field_and_is_not_asked_where() -> None:
    network, image = explorer.wrap_network(Numbered(), input_size=24, device="cpu"), explorer.sample("coffee")
    assert not effective_field(network, image, Unit("places", 0, (1, 1))).any()
    assert [layer.name for layer in layers_with_places(network)] == ["first"]
    with pytest.raises(NetworkError, match="doesn't depend on the picture"):
        grad_cam(network, image, 0, "places")


def test_the_plan_says_that_its_maps_are_tokens_and_how_many_more_there_are(vit: explorer.Network, kind: str) -> None:
    blocks = {block.layer: output_words(block) for block in plan(vit).walk()}
    layer = deep(vit)
    assert blocks[layer.name] == f"{layer.channels} maps of 10 × 10: tokens of the patches, and {PREFIX[kind]} more"
    convolution = vit.layers[0]
    assert blocks[convolution.name] == f"{convolution.channels} maps of 10 × 10"


def test_without_positions_the_tokens_move_with_the_picture(kind):
    """Attention knows no places: slid by one patch, the tokens of the last block are the same, one place on."""
    module = module_of(kind)
    positions = next(p for name, p in module.named_parameters() if name.endswith(("pos_embed", "pos_embedding")))
    nn.init.zeros_(positions)
    side = 160 if kind == "timm" else 40
    network = explorer.wrap_network(module, input_size=side, name=f"{kind} without positions", device="cpu")
    pixels = np.zeros((side, side, 3), np.uint8)  # its rim is empty
    third = side // 3
    pixels[third:-third, third:-third] = np.random.default_rng(0).integers(0, 256, (side - 2 * third,) * 2 + (3,))
    (change,) = sweep(network, explorer.open_image(pixels), "slide", [side // SIDE])
    tokens = {layer.name for layer in network.layers if layer.prefix == PREFIX[kind]}
    at = max(number for number, name in enumerate(change.layers) if name in tokens)
    assert change.in_place[at] > 0.05
    assert change.along[at] < 1e-3 * change.in_place[at]
