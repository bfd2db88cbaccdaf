"""The index of a gallery: what looking at one unit at a time finds, for all channels at once, in one bounded pass."""

from __future__ import annotations

import errno
import os
from functools import partial

import numpy as np
import pytest
import torch

import explorer
from explorer.cache import size_of
from explorer.dataset_examples import index as module
from explorer.dataset_examples import places
from explorer.dataset_examples.examples import top_examples
from explorer.dataset_examples.index import examples, indexing
from explorer.dataset_examples.uploads import UploadedPictures, unpack_uploads
from explorer.maximization import Unit
from explorer.networks.loading import NetworkError
from explorer.pictures.images import from_array
from tests.support.small import small_network


@pytest.fixture(scope="module")
def pictures():
    source = np.random.default_rng(0)
    sides = [(32, 32), (48, 40), (20, 9), (64, 64)] * 5
    return [from_array((255 * source.random((*side, 3))).astype(np.uint8), f"{i}.png") for i, side in enumerate(sides)]


@pytest.fixture(scope="module")
def gallery(pictures):
    return unpack_uploads([(image.name, image.png()) for image in pictures])


def last(steps):
    *_, step = steps
    return step


def signed_maps(sign, network, image, layer):
    return sign * explorer.feature_maps(network, image, layer)


@pytest.mark.parametrize(
    ("layer", "position"), [("0", None), ("2.first", None), ("3", None), ("6", None), ("0", (4, 15))]
)
def test_it_finds_what_looking_for_each_unit_finds(small, pictures, gallery, layer, position, monkeypatch):
    found = last(indexing(small, layer, gallery, position=position)).index
    for channel in (0, 7):
        unit = Unit(layer, channel, position)
        for best, sign in [(found.top, 1), (found.bottom, -1)]:
            mine = examples(small, layer, gallery, best, channel)
            with monkeypatch.context() as patch:  # the lowest are the highest of the maps turned over
                patch.setattr("explorer.dataset_examples.examples.feature_maps", partial(signed_maps, sign))
                expected = top_examples(small, unit, pictures, count=places.COUNT)
            assert [e.score for e in mine] == pytest.approx([sign * e.score for e in expected], abs=1e-5)
            assert [(e.source, e.position, e.box) for e in mine] == [(e.source, e.position, e.box) for e in expected]
            assert mine[0].image == expected[0].image


def test_peaks_and_percentiles_are_those_of_the_pictures(small, pictures, gallery):
    found = last(indexing(small, "2", gallery)).index
    maps = np.stack([explorer.feature_maps(small, image, "2").max((1, 2)) for image in pictures])
    np.testing.assert_allclose(found.peaks, maps, atol=1e-5)
    value = float(np.median(maps[:, 3])) + 1e-3
    assert found.percentile(3, value) == 100 * np.mean(maps[:, 3] < value)
    assert (found.percentile(3, -9), found.percentile(3, 99)) == (0, 100)
    odd = maps.mean(0).copy()
    odd[5] += 3 * maps.std(0)[5]
    assert found.most_excited(odd) == 5


def test_random_places_are_the_same_for_all_channels_and_not_the_best(small, gallery):
    found = last(indexing(small, "0", gallery)).index
    assert (found.random.where == found.random.where[:1]).all()
    assert found.random.values[3].max() < found.top.values[3].min()
    assert len({tuple(place) for place in found.random.where[0]}) == places.COUNT


def test_its_size_does_not_grow_with_the_gallery(small, gallery, monkeypatch):
    monkeypatch.setattr(places, "MOST_PEAKS", 6)
    sizes = [size_of(step.index.top) + size_of(step.index.peaks) for step in indexing(small, "0", gallery)]
    assert sizes[1] == sizes[-1]
    found = last(indexing(small, "0", gallery)).index
    assert len(set(found.numbers)) == 6
    assert max(found.numbers) > 7  # later pictures have their chance


def opened_from_now_on(monkeypatch):
    """A list that grows by the number of every picture that is opened."""
    opened, real = [], UploadedPictures.open
    monkeypatch.setattr(UploadedPictures, "open", lambda self, number: opened.append(number) or real(self, number))
    return opened


def test_it_goes_on_where_it_was_left(small, gallery, tmp_path, monkeypatch):
    expected = last(indexing(small, "2", gallery)).index
    monkeypatch.setattr(module, "_SAVE_EVERY", 0.0)
    passing = indexing(small, "2", gallery, folder=tmp_path)
    next(passing), next(passing)
    passing.close()
    opened = opened_from_now_on(monkeypatch)
    steps = list(indexing(small, "2", gallery, folder=tmp_path))
    assert steps[0].index.done == 8
    assert opened == list(range(8, 20))
    for kind in ("top", "bottom", "random"):
        np.testing.assert_array_equal(getattr(steps[-1].index, kind).where, getattr(expected, kind).where)
    np.testing.assert_array_equal(steps[-1].index.peaks, expected.peaks)
    again = list(indexing(small, "2", gallery, folder=tmp_path))
    assert len(again) == 1
    assert again[0].index.done == 20


def test_a_stopped_pass_goes_on_without_a_folder_too(small, gallery, monkeypatch):
    expected = last(indexing(small, "2", gallery)).index
    passing = indexing(small, "2", gallery)
    next(passing)
    stopped = next(passing)
    passing.close()
    opened = opened_from_now_on(monkeypatch)
    ended = last(indexing(small, "2", gallery, begun=stopped.index)).index
    assert opened == list(range(8, 20))
    np.testing.assert_array_equal(ended.top.where, expected.top.where)
    np.testing.assert_array_equal(ended.peaks, expected.peaks)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS])
def test_where_nothing_can_be_written_it_is_found_all_the_same(small, gallery, tmp_path, monkeypatch, error):
    expected = last(indexing(small, "2", gallery)).index

    def full(file, **_):
        file.write(b"half")
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(np, "savez", full)
    found = last(indexing(small, "2", gallery, folder=tmp_path)).index
    np.testing.assert_array_equal(found.top.where, expected.top.where)
    assert list(tmp_path.iterdir()) == []


def test_another_network_layer_or_gallery_has_another_index_and_damage_is_made_anew(small, gallery, tmp_path):
    for network, layer, given in [(small, "2", gallery), (small, "3", gallery), (small_network(9), "2", gallery),
                                  (small, "2", unpack_uploads([("a.png", gallery.files[0][1])]))]:  # fmt: skip
        assert next(indexing(network, layer, given, folder=tmp_path)).index.done == 0
        list(indexing(network, layer, given, folder=tmp_path))
    files = sorted(tmp_path.iterdir())
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:100])
    files[1].write_bytes(b"")
    for network, layer, given in [(small, "2", gallery), (small, "3", gallery), (small_network(9), "2", gallery)]:
        assert last(indexing(network, layer, given, folder=tmp_path)).index.done == 20


def test_the_same_weights_have_the_same_index_in_another_process(gallery):
    networks = [
        explorer.wrap_network(torch.nn.Sequential(torch.nn.Conv2d(3, 2, 32), torch.nn.Flatten()), input_size=32)
        for _ in range(2)
    ]
    networks[1].module.load_state_dict(networks[0].module.state_dict())
    assert networks[0] != networks[1]
    first, second = (module._key(network, "0", None, gallery) for network in networks)
    assert first == second


def test_broken_files_are_counted_and_passed_over(small, gallery):
    files = (("broken", b"no picture"), *gallery.files[:3])
    steps = list(indexing(small, "0", UploadedPictures(files)))
    assert [step.skipped for step in steps] == [0, 1]
    assert steps[-1].index.done == 4
    assert len(steps[-1].index.peaks) == 3


def test_unknown_layers_and_places_are_refused_at_once(small, gallery):
    with pytest.raises(NetworkError, match=r"2\.first"):
        indexing(small, "2.frist", gallery)
    with pytest.raises(NetworkError, match="rows 0 to 15"):
        indexing(small, "0", gallery, position=(16, 0))
