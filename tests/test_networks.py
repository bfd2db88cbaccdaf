"""Networks: the right labels on known pictures, one face for all, and a sentence when something is wrong."""

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.networks.loading import choose_device, probabilities
from explorer.networks.registry.specs import EMBEDDED, NETWORKS
from explorer.pictures.images import open_image
from explorer.pictures.reduced import reduced
from tests.support.small import small_module, small_network


@pytest.mark.parametrize(("sample", "label"), [("coffee", "espresso"), ("camera", "tripod")])
def test_known_pictures_are_named_with_certainty(lite0, sample, label):
    said, share = lite0.predict(explorer.sample(sample))[0]
    assert said == label
    assert share > 0.9


def test_lectures_daisy(lite0):
    said = lite0.predict(explorer.sample("flower"), top=3)
    assert said[0][0] == "daisy"
    assert len(said) == 3
    assert said[0][1] > said[1][1] > said[2][1]


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_networks_know_an_espresso(name):
    network = explorer.load_network(name, device="cpu")
    assert network.input_size == EMBEDDED[name]
    assert network.predict(explorer.sample("coffee"))[0][0] == "espresso"
    assert network.parameters / 1e6 == pytest.approx(NETWORKS[name].parameters, abs=0.06)


def test_every_network_is_loaded_once(lite0):
    loaded = explorer.load_network(device="cpu")
    # lite0 itself may have been forgotten since: a full memory empties the memo
    assert explorer.load_network(device="cpu") is loaded
    assert loaded == lite0


def test_random_weights_are_seeded_and_know_nothing(lite0):
    control = explorer.load_network(pretrained=False, device="cpu")
    assert control != lite0
    assert control.predict(explorer.sample("coffee"))[0][1] < 0.1
    again = explorer.networks.loading._load.__wrapped__("efficientnet_lite0", torch.device("cpu"), False)
    for ours, theirs in zip(control.module.parameters(), again.module.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_loading_leaves_the_global_random_state_alone():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    explorer.networks.loading._load.__wrapped__("efficientnet_lite0", torch.device("cpu"), False)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_last_layer_is_the_class_scores(lite0):
    assert lite0.layers[-1].shape == (1000,)
    assert lite0.class_index("broccoli") == lite0.class_index(937) == 937


def test_prepare_gives_the_input_size_in_8_bit_values_and_keeps_what_fits(lite0):
    prepared = lite0.prepare(explorer.sample("coffee"))
    assert prepared.pixels.shape == (224, 224, 3)
    np.testing.assert_allclose(prepared.pixels * 255, np.rint(prepared.pixels * 255), atol=1e-4)
    assert lite0.prepare(prepared) == prepared


def test_a_prepared_tensor_is_the_askers_own(small):
    with torch.inference_mode():
        small.tensor(explorer.sample("moon"))
    x = small.tensor(explorer.sample("moon")).requires_grad_()
    x.data.zero_()
    assert small.tensor(explorer.sample("moon")).any()
    assert not small.tensor(explorer.sample("moon")).requires_grad


def test_wrapping_copies_and_changes_nothing():
    module = small_module().train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    network = explorer.wrap_network(module, input_size=32, labels=[f"thing {i}" for i in range(10)])
    assert module.training
    assert all(p.requires_grad for p in module.parameters())
    assert not any(m._forward_hooks for m in module.modules())
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    with torch.no_grad():
        module[0].weight.add_(1)
    assert not torch.equal(network.module.body[0].weight, module[0].weight)
    assert network.predict(explorer.sample("cat"))[0][0].startswith("thing")


def test_wrapping_normalizes_inside():
    network = explorer.wrap_network(small_module(), input_size=32, mean=(0.1, 0.2, 0.3), std=(0.5, 0.6, 0.7))
    x = torch.rand(2, 3, 32, 32)
    mean, std = torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1), torch.tensor([0.5, 0.6, 0.7]).view(3, 1, 1)
    torch.testing.assert_close(network.module(x), small_module().eval()((x - mean) / std))


def test_a_network_of_grey_pictures_takes_colour_ones():
    body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
    network = explorer.wrap_network(body, input_size=28)
    assert len(network.predict(explorer.sample("flower"))) == 5


def test_probabilities_sum_to_one_and_are_read_only(small):
    shares = probabilities(small, small.prepare(explorer.sample("cat")))
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        shares[0] = 1


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda n: explorer.load_network("resnet18x"), "resnet18"),
        (lambda n: explorer.load_network(device="warp"), "no device 'warp'"),
        (lambda n: n.layer("5x"), "among its"),
        (lambda n: n.class_index(10), "classes 0 to 9"),
        (lambda n: n.class_index("brocoli"), "did you mean"),
        (
            lambda n: explorer.wrap_network(small_module(), input_size=32, labels=["one"]),
            "10 outputs but 1 label was given",
        ),
        (lambda n: explorer.wrap_network(small_module()[:3], input_size=32), "one number per class"),
        (lambda n: explorer.wrap_network(nn.Linear(7, 3), input_size=32), "can't take a picture of 32 × 32"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(small, ask, says):
    with pytest.raises(explorer.NetworkError, match=says):
        ask(small)


def test_device_is_as_asked_or_by_environment(monkeypatch):
    assert choose_device("cpu").type == "cpu"
    monkeypatch.setenv("EXPLORER_DEVICE", "cpu")
    assert choose_device().type == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.delenv("EXPLORER_DEVICE")
    assert choose_device().type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device().type == "mps"


def test_an_untrained_twin_has_other_weights_and_leaves_the_network_alone():
    from explorer.networks.loading import untrained

    small = small_network(seed=1)
    before = {name: tensor.clone() for name, tensor in small.module.state_dict().items()}
    twin = untrained(small)
    assert not twin.trained
    assert small.trained
    assert untrained(small) is twin
    changed = [name for name, value in twin.module.state_dict().items() if not torch.equal(value, before[name])]
    assert any("weight" in name for name in changed)
    assert not any(parameter.requires_grad for parameter in twin.module.parameters())
    assert all(torch.equal(value, before[name]) for name, value in small.module.state_dict().items())


def test_no_visitor_sees_the_name_of_anothers_file(small):
    pixels = np.random.default_rng(9).random((70, 80, 3), np.float32)
    ours, theirs = (open_image(pixels, name=name) for name in ("ours.jpg", "theirs.jpg"))
    assert [small.prepare(image).name for image in (theirs, ours)] == ["theirs.jpg", "ours.jpg"]
    assert [reduced(image, 32).name for image in (theirs, ours)] == ["theirs.jpg", "ours.jpg"]
    assert small.prepare(ours)._kept is small.prepare(theirs)._kept  # the work is still shared
    noise = explorer.random_perturbation(small, theirs, norm="linf", epsilon=0.1, seed=0)
    assert "theirs" not in noise.original.name + noise.adversarial.name
