"""The activation atlas: what is sampled, where it lies, what a cell stands for, its control, and how it is painted."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
import torch

import explorer
from explorer.activation_atlas import (
    LAYOUTS,
    ActivationAtlasError,
    direction,
    lay_out,
    painting,
    sampling,
    zoom_into,
)
from explorer.activation_atlas.cells import LEAST, mean_confidence, mean_cosine
from explorer.activation_atlas.layouts import around, cells_of, plane
from explorer.cache import Memo
from explorer.dataset_examples.gallery import Patches
from explorer.networks.loading import NetworkError
from explorer.pictures.images import Image, ImageError
from explorer.responses.interventions import predictions_from_vectors
from tests.support.small import noisy_picture, small_network

LAYER, AT_ONCE = "2", 4


@dataclass(frozen=True)
class Noise:
    """A gallery of pictures of noise, some of them broken."""

    count: int = 20
    broken: tuple[int, ...] = ()
    digest: str = "noise"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"noise {number}" for number in range(self.count))

    def source(self, number: int) -> int:
        return number

    def open(self, number: int) -> Image:
        if number in self.broken:
            raise ImageError("It is broken.")
        return noisy_picture(number)


def last(steps):
    *_, found = steps
    return found


@pytest.fixture(scope="module")
def samples(small):
    return last(sampling(small, LAYER, Noise(), places=6))


@pytest.fixture
def fresh_memo(monkeypatch):
    monkeypatch.setattr("explorer.activation_atlas.cell_pictures.memo", Memo(2**24))


# --- samples ---


def test_a_sample_is_what_the_layer_puts_out_at_its_place(small, samples):
    assert samples.vectors.shape == (120, 8)
    assert samples.done == samples.total == 20
    for vector, (number, row, column) in list(zip(samples.vectors, samples.where, strict=True))[::17]:
        maps = explorer.feature_maps(small, noisy_picture(int(number)), LAYER)
        np.testing.assert_allclose(vector, maps[:, row, column], atol=1e-5)


def test_no_place_is_taken_twice_and_other_seeds_take_others(small, samples):
    assert len({tuple(where) for where in samples.where.tolist()}) == len(samples)
    again = last(sampling(small, LAYER, Noise(), places=6))
    np.testing.assert_array_equal(again.vectors, samples.vectors)
    other = last(sampling(small, LAYER, Noise(), places=6, seed=1))
    assert (other.where != samples.where).any()


def test_a_pass_that_was_stopped_goes_on_and_ends_with_the_same(small, samples):
    begun = list(itertools.islice(sampling(small, LAYER, Noise(), places=6), 2))[-1]
    assert 0 < begun.done < begun.total
    resumed = list(sampling(small, LAYER, Noise(), places=6, begun=begun))
    assert resumed[0] is begun
    np.testing.assert_array_equal(resumed[-1].vectors, samples.vectors)


def test_of_a_large_gallery_some_are_drawn_and_broken_pictures_are_counted(small):
    found = last(sampling(small, LAYER, Noise(40, broken=tuple(range(20))), places=2, most=30))
    assert found.total == 30
    assert found.skipped == 30 - len(set(found.where[:, 0].tolist())) > 0
    assert found.where[:, 0].min() >= 20


def test_a_layer_without_places_or_none_is_refused_at_once(small):
    with pytest.raises(NetworkError, match="no places"):
        sampling(small, small.layers[-1].name, Noise())
    with pytest.raises(NetworkError, match="no layer"):
        sampling(small, "nowhere", Noise())


# --- the plane ---


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_clusters_lie_apart_and_the_same_seed_lays_them_alike(layout):
    source = np.random.default_rng(0)
    centres = np.repeat(source.normal(size=(2, 12)), 40, 0)
    vectors = (centres + 0.1 * source.normal(size=(80, 12))).astype(np.float32)
    points = plane(vectors, layout, seed=3)
    np.testing.assert_array_equal(points, plane(vectors, layout, seed=3))
    assert points.min() >= 0
    assert points.max() < 1
    first, second = points[:40], points[40:]
    between = np.linalg.norm(first.mean(0) - second.mean(0))
    assert between > 2 * max(np.linalg.norm(part - part.mean(0), axis=1).mean() for part in (first, second))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_how_strong_an_activation_is_does_not_move_it(layout):
    vectors = np.random.default_rng(1).normal(size=(30, 5)).astype(np.float32)
    stronger = vectors * np.float32(2) ** np.arange(-15, 15, dtype=np.float32)[:, None]
    np.testing.assert_allclose(plane(vectors, layout), plane(stronger, layout), atol=1e-5)


def test_one_channel_has_a_layout_too():
    vectors = np.r_[np.ones(10), -np.ones(10)].astype(np.float32)[:, None]
    assert np.unique(plane(vectors, "PCA")[:, 0]).size == 2


def test_cells_are_numbered_from_the_top_left_and_their_neighbours_touch_them():
    corners = np.array([[0, 0.99], [0.99, 0.99], [0, 0], [0.99, 0], [0.5, 0.5]])
    assert cells_of(corners, 4).tolist() == [0, 3, 12, 15, 6]
    assert around(0, 4) == [0, 1, 4, 5]
    assert around(6, 4) == [1, 2, 3, 5, 6, 7, 9, 10, 11]


def test_what_cannot_be_laid_out_is_said():
    vectors = np.ones((9, 2), np.float32)
    with pytest.raises(ActivationAtlasError, match="t-SNE, PCA, not 'UMAP'"):
        plane(vectors, "UMAP")
    with pytest.raises(ActivationAtlasError, match="3 activations are too few"):
        plane(vectors[:3], "PCA")
    with pytest.raises(ActivationAtlasError, match="2 to 20 cells a side, not 1"):
        cells_of(np.zeros((1, 2)), 1)


# --- cells ---


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_sample_lies_in_one_cell_and_a_cells_mean_is_the_mean(small, samples, layout):
    atlas = lay_out(small, samples, layout=layout, grid=4)
    inside = [number for cell in atlas.cells for number in cell.samples.tolist()]
    few = [number for number in range(len(samples)) if atlas.count(int(atlas.cell_of[number])) < LEAST]
    assert sorted(inside + few) == list(range(len(samples)))
    for cell in atlas.cells:
        assert len(cell.samples) == atlas.count(cell.number) >= LEAST
        np.testing.assert_allclose(cell.mean, samples.vectors[cell.samples].mean(0), atol=1e-6)
        assert atlas.cell(cell.number) is cell


def test_the_sample_most_like_the_mean_comes_first(small, samples):
    for cell in lay_out(small, samples, layout="PCA", grid=3).cells:
        vectors = samples.vectors[cell.samples]
        cosines = vectors @ cell.mean / np.linalg.norm(vectors, axis=1) / np.linalg.norm(cell.mean)
        assert (np.diff(cosines) <= 1e-6).all()
        assert cell.cosine == pytest.approx(cosines.mean(), abs=1e-6)


def test_filled_by_chance_the_cells_have_as_many_samples_and_less_in_common(small, samples):
    atlas = lay_out(small, samples, layout="PCA", grid=4)
    assert [(c.number, len(c.samples)) for c in atlas.control] == [(c.number, len(c.samples)) for c in atlas.cells]
    assert all(atlas.control_of(cell).number == cell.number for cell in atlas.cells)
    assert mean_cosine(atlas.cells) > mean_cosine(atlas.control)


def test_numbers_of_all_cells_are_means_over_samples_and_cells(small, samples):
    atlas = lay_out(small, samples, layout="PCA", grid=3)
    cosines = [
        np.dot(samples.vectors[n], cell.mean) / np.linalg.norm(samples.vectors[n]) / np.linalg.norm(cell.mean)
        for cell in atlas.cells
        for n in cell.samples
    ]
    assert mean_cosine(atlas.cells) == pytest.approx(np.mean(cosines), abs=1e-5)
    assert mean_confidence(atlas.cells) == pytest.approx(
        np.mean([max(p for _, p in cell.classes) for cell in atlas.cells])
    )
    full = sorted(atlas.cells, key=lambda cell: -len(cell.samples))[: (len(atlas.cells) + 1) // 2]
    assert atlas.most_confident().classes[0][1] >= max(cell.classes[0][1] for cell in full)
    assert len(atlas.most_confident().samples) >= np.median([len(cell.samples) for cell in atlas.cells])


def test_zooming_in_takes_the_samples_of_a_cell_and_of_those_that_touch_it(small, samples):
    atlas = lay_out(small, samples, layout="PCA", grid=4)
    near = atlas.near(5)
    assert len(near) == sum(atlas.count(number) for number in around(5, 4))
    assert {tuple(where) for where in near.where.tolist()} < {tuple(where) for where in samples.where.tolist()}
    closer = zoom_into(small, atlas, 5, layout="PCA")
    np.testing.assert_array_equal(closer.samples.where, near.where)
    assert 2 <= closer.grid <= 4
    assert len(near) / closer.grid**2 > 4


# --- the classes ---


def test_the_rest_of_the_network_answers_to_the_vector_at_every_place(small):
    vectors = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    body = small.module.get_submodule("body")
    maps = torch.from_numpy(vectors)[:, :, None, None].expand(-1, -1, 16, 16)
    with torch.inference_mode():
        expected = body[3:](maps.contiguous()).softmax(1).numpy()
    np.testing.assert_allclose(predictions_from_vectors(small, LAYER, vectors), expected, atol=1e-5)


def test_the_second_call_of_a_module_is_told_from_the_first(small):
    names = [layer.name for layer in small.layers]
    assert {"2.relu", "2.relu:2"} <= set(names)
    vectors = np.random.default_rng(0).uniform(0, 1, (3, 8)).astype(np.float32)
    last_call = predictions_from_vectors(small, "2.relu:2", vectors)
    np.testing.assert_allclose(last_call, predictions_from_vectors(small, LAYER, vectors), atol=1e-6)
    assert np.abs(predictions_from_vectors(small, "2.relu", vectors) - last_call).max() > 1e-4


def test_the_network_itself_answers_as_before(small):
    before = small.predict(noisy_picture(0))
    predictions_from_vectors(small, LAYER, np.ones((1, 8), np.float32))
    assert small.predict(noisy_picture(0)) == before
    assert not any(module._forward_hooks for module in small.module.modules())


def test_the_same_seed_makes_the_same_atlas(small, samples):
    first, again, other = (lay_out(small, samples, layout="PCA", grid=3, seed=seed) for seed in (1, 1, 2))
    assert first.cells
    assert _parts(first.cells) == _parts(again.cells)
    assert _parts(first.control) == _parts(again.control) != _parts(other.control)


def test_real_samples_are_laid_out_by_t_sne_as_before_by_the_same_seed(lite0):
    samples = last(sampling(lite0, "blocks.3", Patches(), most=16))
    first, again = (lay_out(lite0, samples, grid=4, seed=1) for _ in range(2))
    np.testing.assert_array_equal(first.points, again.points)
    assert _parts(first.cells) == _parts(again.cells)
    assert _parts(first.control) == _parts(again.control)


def _parts(cells):
    return [(cell.number, cell.samples.tolist(), cell.mean.tolist(), cell.classes) for cell in cells]


# --- the pictures ---


@pytest.mark.usefixtures("fresh_memo")
def test_each_direction_is_painted_and_a_step_is_told_when_it_is_done(small, samples):
    atlas = lay_out(small, samples, layout="PCA", grid=3)
    directions = [direction(LAYER, cell) for cell in atlas.cells][: AT_ONCE + 1]
    told = list(painting(small, directions, size=32, steps=2))
    assert told[0] == ()
    assert [number for ready in told for number, _ in ready] == list(range(len(directions)))
    assert len(told) == 1 + 2 * 3  # three steps, the start too, for each of two batches
    alone = last(explorer.maximize(small, directions[1], size=32, steps=2, method="robust"))
    assert np.abs(dict(told[3])[1].uint8.astype(int) - alone.image.uint8).max() <= 1


@pytest.mark.usefixtures("fresh_memo")
def test_a_painting_that_was_stopped_leaves_the_network_as_it_was(samples):
    network = small_network(3)
    atlas = lay_out(network, samples, layout="PCA", grid=3)
    steps = painting(network, [direction(LAYER, cell) for cell in atlas.cells], size=32, steps=4)
    for _ in range(3):
        next(steps)
    steps.close()
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.module.modules())
    assert all(parameter.grad is None for parameter in network.module.parameters())


@pytest.mark.usefixtures("fresh_memo")
def test_what_was_painted_before_a_stop_is_there_at_once(small, samples):
    atlas = lay_out(small, samples, layout="PCA", grid=3)
    directions = [direction(LAYER, cell) for cell in atlas.cells][: AT_ONCE + 1]
    stopped = painting(small, directions, size=32, steps=1)
    for _ in range(4):  # the start, a batch, and a step of the next
        next(stopped)
    stopped.close()
    resumed = list(painting(small, directions, size=32, steps=1))
    assert [number for number, _ in resumed[0]] == list(range(AT_ONCE))
    assert [number for ready in resumed[1:] for number, _ in ready] == [AT_ONCE]


def test_a_sampling_that_was_stopped_leaves_the_network_as_it_was():
    network = small_network(3)
    steps = sampling(network, LAYER, Noise())
    next(steps)
    next(steps)
    steps.close()
    assert not any(module._forward_hooks for module in network.module.modules())
    assert all(parameter.grad is None for parameter in network.module.parameters())
