"""Pictures of arrays: zero where it should be, nothing cut off, nothing invented."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer import render
from explorer.pictures.samples import sample


def test_zero_is_mid_grey_and_the_sign_shows():
    picture = render.signed(np.array([[-2.0, 0.0, 1.0]]))
    assert picture[0, 1].tolist() == [128, 128, 128]
    assert picture[0, 0, 2] > picture[0, 0, 0]  # blue below
    assert picture[0, 2, 0] > picture[0, 2, 2]  # amber above
    colours = render.signed(np.zeros((2, 2, 3)))
    assert (colours == 128).all()


def test_brightness_rises_along_both_maps():
    for colours in (render.diverging_colours(), render.sequential_colours()):
        brightness = colours @ [0.2126, 0.7152, 0.0722]
        assert (np.diff(brightness) > -1.5).all()
        assert brightness[-1] - brightness[0] > 150


def test_rounds_and_clips():
    assert render.to_uint8(np.array([-1, 0.0, 0.4999 / 255, 0.5001 / 255, 1, 9])).tolist() == [0, 0, 0, 1, 255, 255]


@pytest.mark.parametrize("value", [0.0, 3.0, np.nan])
def test_flat_maps_do_not_divide_by_zero(value):
    with np.errstate(all="raise"):
        assert render.signed(np.full((2, 2), value)).shape == (2, 2, 3)
    assert render.sequential(np.full((2, 2), 3.0)).shape == (2, 2, 3)


def test_mosaic_holds_every_tile_once():
    tiles = np.arange(7, dtype=np.uint8)[:, None, None, None] + np.zeros((7, 4, 5, 3), np.uint8)
    sheet = render.mosaic(tiles, columns=3, gap=2)
    assert sheet.shape == (3 * 4 + 2 * 2, 3 * 5 + 2 * 2, 4)
    for number in range(7):
        row, column = divmod(number, 3)
        inside = sheet[row * 6 : row * 6 + 4, column * 7 : column * 7 + 5]
        assert (inside[..., :3] == number).all()
        assert (inside[..., 3] == 255).all()
    assert (sheet[..., 3] == 255).sum() == 7 * 20


def test_shared_scale_keeps_relations_and_own_scale_does_not():
    maps = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 4.0)])
    shared, own = render.map_tiles(maps, shared=True), render.map_tiles(maps)
    assert not np.array_equal(shared[0], shared[1])
    assert np.array_equal(own[0], own[1])


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("below", [0.0, 1.0])
def test_tiles_are_what_each_map_is_alone(shared, below):
    maps = np.random.default_rng(0).random((4, 5, 6), np.float32) - np.float32(below)
    maps[1] = 0  # nothing to scale it by
    tiles = render.map_tiles(maps, shared=shared)
    limit = render.largest(maps) if shared else None
    for tile, one in zip(tiles, maps, strict=True):
        most = limit or render.largest(one)
        alone = render.signed(one, most) if below else render.sequential(one, 0.0, most)
        assert np.array_equal(tile, alone)


def test_enlarging_invents_no_pixel():
    picture = np.random.default_rng(0).integers(0, 256, (3, 5, 3), np.uint8)
    large = render.enlarge(picture, 17)
    assert large.shape == (12, 20, 3)
    assert np.array_equal(large[::4, ::4], picture)


def test_overlay_lights_what_the_map_marks():
    picture = np.full((8, 8, 3), 200, np.uint8)
    lit = render.overlay(picture, np.array([[0.0, 1.0], [0.0, 1.0]]))
    assert lit[4, 7, 0] == 200
    assert lit[4, 0, 0] == 30


def test_box_leaves_the_picture_itself_alone():
    picture = np.zeros((20, 20, 3), np.uint8)
    framed = render.box(picture, (5, 6, 15, 16))
    assert (picture == 0).all()
    assert framed[5, 10].tolist() == [255, 190, 40]


@pytest.mark.parametrize("corner", [(5, 6), (-3, -3), (38, 98)])
def test_a_label_stands_inside_the_picture_and_leaves_the_picture_itself_alone(corner):
    picture = np.zeros((40, 100, 3), np.uint8)
    labelled = render.label(picture, "0.75", corner)
    assert (picture == 0).all()
    amber = np.argwhere((labelled == (255, 190, 40)).all(-1))
    (top, left), (bottom, right) = amber.min(0), amber.max(0)
    assert (top, left) == (5, 6) if corner == (5, 6) else (0, 0) if corner == (-3, -3) else (bottom, right) == (39, 99)
    assert (labelled[top : bottom + 1, left : right + 1].sum(-1) < 60).sum() > 20  # the figures, black
    assert not labelled[:top].any()


@pytest.mark.parametrize("channels", [3, 4])
def test_png_keeps_every_pixel(channels):
    picture = np.random.default_rng(1).integers(0, 256, (6, 7, channels), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(render.png(picture)))), picture)


def test_webp_takes_a_fraction_of_png_and_hardly_differs():
    photograph = sample("astronaut").uint8
    clear = np.dstack([photograph, np.full(photograph.shape[:2], 255, np.uint8)])
    clear[:, 100:110, 3] = 0
    data = render.webp(clear)
    seen = np.asarray(Image.open(io.BytesIO(data))).astype(int)
    assert len(data) < len(render.png(clear)) / 5
    assert np.array_equal(seen[..., 3], clear[..., 3])
    assert np.abs(seen - clear)[clear[..., 3] > 0].mean() < 3
