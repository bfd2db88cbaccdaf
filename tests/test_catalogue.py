"""Names, architectures and published weights, against what torchvision and timm do themselves."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
import timm
import torch
from torch import nn
from torchvision import models, transforms
from torchvision.models._api import WeightsEnum

from explorer.networks.building import built
from explorer.networks.registry.catalogue import available, build, resolve, weights_file
from explorer.networks.registry.published import Preprocessing, WeightsError, imagenet_labels
from explorer.networks.registry.specs import EMBEDDED
from explorer.pictures.crops import resize_crop
from explorer.pictures.samples import sample


def test_available_holds_each_classifier_once_and_nothing_else() -> None:
    names = available()
    assert len(set(names)) == len(names) > 1000
    assert names[0] == "torchvision/alexnet"
    assert {"torchvision/resnet18", "timm/convnext_tiny", "timm/test_vit"} <= set(names)
    assert not [name for name in names if "quantized" in name or "fasterrcnn" in name or "raft" in name]
    assert "timm/vit_base_patch14_dinov2" not in names  # gives features, not classes
    assert "timm/resnet50_clip" not in names  # an embedding of 1,024 numbers


def test_every_available_name_is_its_own_full_name() -> None:
    assert [name for name in available() if resolve(name) != name] == []


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("resnet18", "torchvision/resnet18"),
        ("ResNet-18", "torchvision/resnet18"),
        ("timm/ResNet18", "timm/resnet18"),
        (" MobileNet v3 Large ", "torchvision/mobilenet_v3_large"),
        ("levit_128", "timm/levit_128"),
        ("convnext_tiny.fb_in22k", "timm/convnext_tiny.fb_in22k"),
    ],
)
def test_resolve_finds_torchvision_before_timm(name: str, full: str) -> None:
    assert resolve(name) == full


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("resnett18", "did you mean torchvision/resnet18, timm/resnet18,"),
        ("torchvision/levit_128", "did you mean timm/levit_128,"),
        ("hub/resnet18", "did you mean torchvision/resnet18,"),
        ("convnext_tiny.no_such_tag", "timm/convnext_tiny"),
        ("dinosaur", "choose one from the list"),
        ("", "choose one from the list"),
        ("timm/vit_base_patch14_dinov2", "There is no image classifier"),
    ],
)
def test_an_unknown_name_gets_advice(name: str, advice: str) -> None:
    with pytest.raises(WeightsError) as error:
        resolve(name)
    assert advice in str(error.value)
    assert f"“{name}”" in str(error.value)


def test_torchvision_publishes_hash_and_size() -> None:
    published = weights_file("resnet18")
    assert published.url == "https://download.pytorch.org/models/resnet18-f37072fd.pth"
    assert (published.sha256, published.file) == ("f37072fd", "resnet18-f37072fd.pth")
    assert published.size == pytest.approx(46_830_571, rel=1e-4)


def test_timm_weights_come_from_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "https://mirror.example")
    tagged = "timm/convnext_tiny.in12k_ft_in1k"
    published = weights_file("timm/convnext_tiny")
    assert published == weights_file(tagged)
    assert published.url == f"https://mirror.example/{tagged}/resolve/main/model.safetensors"
    assert published.sha256 == ""


def test_timm_weights_that_are_on_no_hub_have_a_hash() -> None:
    published = weights_file("timm/gcvit_tiny")
    assert (published.sha256, published.file) == ("ac783954", "gcvit_tiny_224_nvidia-ac783954.pth")


def test_every_checkpoint_can_be_verified_and_has_a_file_of_its_own() -> None:
    published = [weights_file(name) for name in available()]
    assert len({one.file for one in published}) == len({one.url for one in published}) == len(published)
    assert not [one for one in published if "/" in one.file]
    assert not [one for one in published if not one.sha256 and "huggingface.co" not in one.url]


@pytest.mark.parametrize("name", ["squeezenet1_1", "googlenet", "inception_v3", "timm/test_resnet", "timm/test_vit"])
def test_build_gives_plain_logits_at_its_input_size(name: str) -> None:
    with torch.device("meta"):  # shapes alone
        module, given = build(name)
        logits = module(torch.empty(1, 3, given.input_size, given.input_size))
    assert not module.training
    assert isinstance(logits, torch.Tensor)
    assert logits.shape == (1, len(given.labels)) == (1, 1000)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3", "densenet121", "vit_h_14"])
def test_build_makes_what_torchvision_makes_for_its_weights(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, torch.device("meta"):
        patched.setattr(WeightsEnum, "get_state_dict", lambda *_, **__: {})
        patched.setattr(nn.Module, "load_state_dict", lambda *_, **__: None)
        theirs = models.get_model(name, weights="DEFAULT")
    with torch.device("meta"):
        ours = build(name)[0]
    shapes = {key: tensor.shape for key, tensor in theirs.state_dict().items() if "AuxLogits" not in key}
    assert {key: tensor.shape for key, tensor in ours.state_dict().items()} == shapes
    assert getattr(ours, "transform_input", None) == getattr(theirs, "transform_input", None)


@pytest.mark.parametrize("name", ["resnet18", "inception_v3", "efficientnet_b1", "efficientnet_b0"])
def test_torchvision_preprocessing(name: str) -> None:
    with torch.device("meta"):
        given = build(name)[1]
    theirs = models.get_model_weights(name).DEFAULT.transforms()
    assert (given.input_size, given.resize) == (theirs.crop_size[0], theirs.resize_size[0])
    assert (list(given.mean), list(given.std)) == (theirs.mean, theirs.std)
    assert (given.interpolation, given.squash) == (theirs.interpolation.value, False)


@pytest.mark.parametrize("name", ["test_resnet", "levit_128s", "mobilenetv4_conv_small", "tf_efficientnet_b0"])
def test_timm_preprocessing(name: str) -> None:
    with torch.device("meta"):
        module, given = build(f"timm/{name}")
    data = timm.data.resolve_model_data_config(module)
    resize, crop, *_, normalize = timm.data.create_transform(**data).transforms
    assert (given.input_size, given.resize) == (crop.size[0], resize.size)
    assert given.mean == pytest.approx(normalize.mean.tolist())
    assert given.std == pytest.approx(normalize.std.tolist())


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "swin_t"])  # bilinear and bicubic
def test_a_picture_is_prepared_as_torchvisions_transform_does(name: str) -> None:
    with torch.device("meta"):
        given = build(f"torchvision/{name}")[1]
    theirs = models.get_model_weights(name).DEFAULT.transforms()
    resize = transforms.Resize(theirs.resize_size, theirs.interpolation, antialias=True)
    assert_prepared_alike(given, transforms.Compose([resize, transforms.CenterCrop(theirs.crop_size)]))


# cropped, squeezed to a square, bilinear; the last two come with the app
@pytest.mark.parametrize(
    "name",
    ["resnet18", "convnext_base.fb_in22k_ft_in1k_384", "darknetaa53", "efficientnet_lite1", "efficientnet_lite2"],
)
def test_a_picture_is_prepared_as_timms_transform_does(name: str) -> None:
    with torch.device("meta"):
        given = built(name if name in EMBEDDED else f"timm/{name}")[1]
    config = timm.models.get_pretrained_cfg(f"tf_{name}" if name in EMBEDDED else name)
    data = timm.data.resolve_data_config(pretrained_cfg=config.to_dict())
    assert_prepared_alike(given, transforms.Compose(timm.data.create_transform(**data).transforms[:2]))


def assert_prepared_alike(given: Preprocessing, theirs: transforms.Compose) -> None:
    flower = sample("flower")
    way = {"interpolation": given.interpolation, "squash": given.squash}
    ours = resize_crop(flower, given.input_size, given.resize, **way).uint8.astype(int)
    np.testing.assert_allclose(ours, np.asarray(theirs(PIL.Image.fromarray(flower.uint8))).astype(int), atol=1)


def test_labels_of_imagenet_and_of_its_larger_relatives() -> None:
    assert (len(imagenet_labels()), imagenet_labels()[937]) == (1000, "broccoli")
    with torch.device("meta"):
        module, given = build("timm/resnetv2_50x1_bit.goog_in21k")
    assert len(given.labels) == module.num_classes == 21843
    assert given.labels[0] == "organism, being"


def test_labels_nobody_names_are_numbered() -> None:
    with torch.device("meta"):
        assert build("timm/vit_base_patch16_224.bamboo")[1].labels[:2] == ("class 0", "class 1")
