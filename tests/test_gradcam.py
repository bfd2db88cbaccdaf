"""Grad-CAM against captum's, and against the class activation map it equals where pooling comes last."""

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from torch import nn

import explorer
from explorer.responses.gradcam import grad_cam, last_with_places


def captums(network, image, target, layer):
    module = network.module.body.get_submodule(layer)
    method = LayerGradCam(network.module, module)
    return method.attribute(network.tensor(image), target=target, relu_attributions=True)[0, 0].detach().numpy()


@pytest.mark.parametrize("layer", ["conv_head", "blocks.5", "blocks.3"])
def test_equals_captums(lite0, layer):
    image = explorer.sample("flower")
    for label in ("daisy", "broccoli"):
        ours, target = grad_cam(lite0, image, label, layer), lite0.class_index(label)
        theirs = captums(lite0, image, target, layer)
        assert theirs.max() > 0
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-4 * float(theirs.max()))


def pooled_network():
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 4)
    )
    return explorer.wrap_network(body, input_size=20)


def test_equals_the_class_activation_map_where_only_pooling_follows():
    """Selvaraju et al., section 3.1: then α_k is the class's weight of map k over the number of places."""
    network, image = pooled_network(), explorer.sample("coffee")
    maps = explorer.feature_maps(network, image, "1")
    weights = network.module.body[4].weight[2].numpy()
    truth = np.maximum(np.einsum("k,khw->hw", weights, maps), 0) / maps[0].size
    assert grad_cam(network, image, 2, "1") == pytest.approx(truth, rel=1e-4, abs=1e-7)


def test_a_layer_before_an_in_place_relu_is_asked_for_its_own_values():
    network, image = pooled_network(), explorer.sample("coffee")
    maps = explorer.feature_maps(network, image, "0")
    weights = (network.module.body[4].weight[1].numpy()[:, None, None] * (maps > 0)).mean((1, 2)) / maps[0].size
    truth = np.maximum(np.einsum("k,khw->hw", weights, maps), 0)
    assert grad_cam(network, image, 1, "0") == pytest.approx(truth, rel=1e-4, abs=1e-7)


def test_says_what_can_not_be_asked(small):
    image = explorer.sample("cat")
    with pytest.raises(explorer.NetworkError, match="no places"):
        grad_cam(small, image, 0, "6")
    with pytest.raises(explorer.NetworkError, match="classes 0 to 9"):
        grad_cam(small, image, 10, "0")


def test_the_usual_layer_is_the_last_one_with_places(lite0, small):
    assert last_with_places(lite0).name == "bn2"
    assert last_with_places(small).name == "4"
    flat = explorer.wrap_network(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 4)), input_size=8)
    with pytest.raises(explorer.NetworkError, match="no layer with places"):
        last_with_places(flat)
