"""Natural patches: what the unit sees and no more, sorted, diverse, beside controls."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer
from explorer.dataset_examples.examples import scores, top_examples
from explorer.maximization import Unit
from explorer.networks.loading import NetworkError
from explorer.pictures.images import from_array
from explorer.responses.activations import outputs
from tests.support.small import small_network


@pytest.fixture(scope="module")
def gallery():
    source = np.random.default_rng(0)
    shapes = [(32, 32), (48, 40), (20, 9), (64, 64)]  # some smaller than the network's input
    return [from_array(source.random((*shape, 3)), f"picture {i}") for i, shape in enumerate(shapes)]


LAYERS = ["0", "2.first", "2.relu", "3", "6"]


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_outside_the_box_changes_the_score(small, gallery, layer):
    pictures = {image.name: small.tensor(image) for image in gallery}
    found = top_examples(small, Unit(layer, 1), gallery)
    assert found
    for example in found:
        top, left, bottom, right = example.box
        changed = torch.rand(1, 3, 32, 32)
        changed[..., top:bottom, left:right] = pictures[example.source][..., top:bottom, left:right]
        output = outputs(small, changed, [layer])[layer][0, 1]
        assert float(output[example.position] if output.ndim else output) == pytest.approx(example.score, abs=1e-5)


@pytest.mark.parametrize("layer", ["0", "2.first"])
def test_every_pixel_in_the_box_can_change_the_score(small, gallery, layer):
    example = top_examples(small, Unit(layer, 1), gallery, count=1)[0]
    source = next(image for image in gallery if image.name == example.source)
    x = small.tensor(source).requires_grad_()
    value = outputs(small, x, [layer])[layer][0, 1][example.position]
    (gradient,) = torch.autograd.grad(value, x)
    rows, columns = np.nonzero(gradient[0].abs().sum(0).numpy())
    assert (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1) == example.box


@pytest.mark.parametrize("layer", LAYERS)
def test_the_patch_is_the_box_of_the_prepared_picture(small, gallery, layer):
    prepared = {image.name: small.prepare(image).pixels for image in gallery}
    found = top_examples(small, Unit(layer, 0), gallery)
    assert found
    for example in found:
        top, left, bottom, right = example.box
        assert 0 <= top < bottom <= 32
        assert 0 <= left < right <= 32
        assert np.array_equal(example.image.pixels, prepared[example.source][top:bottom, left:right])
        assert example.image.name == example.source


@pytest.mark.parametrize("unit", [Unit("0", 3), Unit("0", 3, (4, 15))])
def test_the_first_has_the_highest_score_of_all(small, gallery, unit):
    maps = [explorer.feature_maps(small, image, "0")[3] for image in gallery]
    values = [m if unit.position is None else m[unit.position] for m in maps]
    found = top_examples(small, unit, gallery)
    assert found[0].score == max(float(v.max()) for v in values)
    assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)
    np.testing.assert_array_equal(scores(small, unit, gallery), [v.max() for v in values])


@pytest.mark.parametrize("per_image", [1, 3])
def test_patches_are_many_and_do_not_overlap(small, gallery, per_image):
    found = top_examples(small, Unit("2.first", 2), gallery, per_image=per_image)
    assert len(found) == min(9, per_image * len(gallery))
    for image in gallery:
        boxes = [e.box for e in found if e.source == image.name]
        assert len(boxes) <= per_image
        seen = np.zeros((32, 32), int)
        for top, left, bottom, right in boxes:
            seen[top:bottom, left:right] += 1
        assert seen.max(initial=0) <= 1


def test_a_neuron_is_looked_at_in_its_own_place_only(small, gallery):
    found = top_examples(small, Unit("0", 3, (4, 15)), gallery)
    assert {e.position for e in found} == {(4, 15)}
    assert {e.box for e in found} == {small.layer("0").field.clipped(4, 15, 32)}
    assert len(found) == len(gallery)


def test_the_best_patches_of_a_picture_are_taken_in_turn(small, gallery):
    best = explorer.feature_maps(small, gallery[0], "0")[5].copy()
    found = top_examples(small, Unit("0", 5), gallery[:1], per_image=4)
    assert len(found) == 4
    for example in found:
        assert example.score == best.max() == best[example.position]
        row, column = example.position
        best[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = -np.inf  # 3 × 3 patches, 2 apart


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_as_many_as_asked_for(small, gallery, count):
    assert len(top_examples(small, Unit("0", 0), gallery, count=count)) == count


def test_a_layer_that_sees_everything_gives_one_patch_a_picture(small, gallery):
    found = top_examples(small, Unit(small.layers[-1].name, 0), gallery)
    assert sorted(e.source for e in found) == [image.name for image in gallery]
    assert {e.box for e in found} == {(0, 0, 32, 32)}
    assert {e.position for e in found} == {(0, 0)}


def test_a_picture_given_twice_counts_once_and_none_give_none(small, gallery):
    assert len(top_examples(small, Unit("6", 0), [gallery[0], gallery[0]])) == 1
    assert top_examples(small, Unit("6", 0), []) == []
    assert len(scores(small, Unit("6", 0), [gallery[0], gallery[0]])) == 2


def test_places_that_see_padding_alone_are_passed_over(gallery):
    body = torch.nn.Sequential(
        torch.nn.Conv2d(3, 2, 1, padding=2), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(2, 2)
    )
    body[0].load_state_dict({"weight": -torch.ones(2, 3, 1, 1), "bias": torch.zeros(2)})  # highest in the padding
    network = explorer.wrap_network(body, input_size=8)
    found = top_examples(network, Unit("0", 0), gallery)
    assert len(found) == 9
    assert all(e.image.pixels.shape == (1, 1, 3) and e.score < 0 for e in found)


def test_a_second_unit_of_the_layer_runs_the_network_no_more(gallery):
    network = small_network(5)
    passes = []
    network.module.register_forward_pre_hook(lambda *_: passes.append(1))
    top_examples(network, Unit("2.first", 0), gallery)
    top_examples(network, Unit("2.first", 6), gallery)
    assert len(passes) == len(gallery)


@pytest.mark.parametrize("find", [top_examples, scores])
def test_unknown_units_are_refused(small, gallery, find):
    with pytest.raises(NetworkError, match="channels 0 to 7, not 8"):
        find(small, Unit("0", 8), gallery)


def test_real_patches(lite0):
    images = [explorer.sample(name) for name in ("flower", "cat", "coffee")]
    found = top_examples(lite0, Unit("blocks.1", 4), images)
    assert len(found) == 9
    assert {e.source for e in found} == {"flower", "cat", "coffee"}
    assert max(max(e.image.pixels.shape[:2]) for e in found) == lite0.layer("blocks.1").receptive_field
    daisy = top_examples(lite0, Unit(lite0.layers[-1].name, lite0.class_index("daisy")), images)
    assert daisy[0].source == "flower"
