"""The activation atlas as files: patches, sheet and table, and the command that goes on where it stopped."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest

from explorer.activation_atlas import cell_pictures, lay_out, sampling, written
from explorer.activation_atlas.__main__ import main
from explorer.activation_atlas.patches import LARGEST, patch, patches
from explorer.activation_atlas.sheets import GAP, sheet, table, tiles
from explorer.cache import Memo
from explorer.dataset_examples.gallery import Patches
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.pictures.images import from_array
from tests.support.small import noisy_picture
from tests.test_activation_atlas import LAYER, Noise, last

NAMES = Noise().names


@pytest.fixture(scope="module")
def atlas(small):
    return lay_out(small, last(sampling(small, LAYER, Noise(), places=6)), layout="PCA", grid=4)


@pytest.fixture
def folder(tmp_path):
    """Ten pictures, one of them in a folder of its class."""
    (tmp_path / "pictures" / "class").mkdir(parents=True)
    for number in range(10):
        place = tmp_path / "pictures" / ("class" if number == 3 else "")
        (place / f"{number}.png").write_bytes(noisy_picture(number).png())
    return tmp_path


def test_a_patch_is_what_the_place_sees(small):
    image = noisy_picture(1)
    field = small.layer("0").field
    top, left, bottom, right = field.clipped(4, 5, 32)
    assert patch(small, "0", image, (4, 5)).pixels.shape == (3, 3, 3)
    np.testing.assert_array_equal(patch(small, "0", image, (4, 5)).pixels, image.pixels[top:bottom, left:right])


def test_of_a_large_field_the_middle_is_shown_and_all_of_it_lies_in_the_picture(lite0):
    pixels = np.mgrid[0:224, 0:224, 0:1][:2, ..., 0].transpose(1, 2, 0) / 224
    image = from_array(np.dstack([pixels, pixels[..., :1]]).astype(np.float32))
    side = round(LARGEST * 224)
    seen = [patch(lite0, "blocks.5.2", image, place).pixels for place in ((0, 0), (3, 3), (6, 6))]
    assert {one.shape for one in seen} == {(side, side, 3)}
    middles = [float(one[..., 0].mean()) * 224 for one in seen]
    assert middles[0] == pytest.approx(side / 2, abs=2)
    assert middles[1] == pytest.approx(112, abs=17)
    assert middles[2] == pytest.approx(224 - side / 2, abs=2)


def test_patches_are_of_different_pictures_and_broken_ones_are_passed_over(small, atlas):
    cell = max(atlas.cells, key=lambda one: len(one.samples))
    shown = list(patches(small, Noise(), atlas.samples, cell, count=4))
    assert len({one.name for one in shown}) == len(shown) == 4  # of this gallery each has its own name
    first = int(atlas.samples.where[cell.samples[0], 0])
    assert shown[0].name == f"picture {first}"
    without = list(patches(small, Noise(broken=(first,)), atlas.samples, cell, count=4))
    assert [one.name for one in without[:3]] == [one.name for one in shown[1:]]


def test_parts_of_one_sample_are_one_picture(small, atlas):
    sources = [number // 6 for number in range(12)]  # each of two samples whole and in five parts
    some = replace(atlas.samples, where=np.array([[number, 8, 8] for number in range(12)], np.int32))
    cell = replace(atlas.cells[0], samples=np.arange(12))
    shown = [one.name for one in patches(small, Patches(), some, cell)]
    assert shown == [Patches().names[6 * source] for source in dict.fromkeys(sources)]


def test_other_pictures_of_the_same_name_are_other_pictures(small, atlas):
    brought = unpack_uploads([("photo.png", noisy_picture(number).png()) for number in range(3)])
    some = replace(atlas.samples, where=np.array([[number, 8, 8] for number in range(3)], np.int32))
    shown = list(patches(small, brought, some, replace(atlas.cells[0], samples=np.arange(3))))
    assert [one.name for one in shown] == ["photo.png"] * 3


def test_a_sheet_has_each_picture_in_its_cell_and_is_clear_elsewhere(atlas):
    pictures = {cell.number: np.full((8, 8, 3), cell.number, np.uint8) for cell in atlas.cells[1:]}
    laid = sheet(atlas, pictures, 8)
    assert laid.shape == (4 * 8 + 3 * GAP, 4 * 8 + 3 * GAP, 4)
    for number in range(16):
        row, column = (place * (8 + GAP) + 4 for place in divmod(number, 4))
        assert laid[row, column].tolist() == ([number] * 3 + [255] if number in pictures else [255, 255, 255, 0])


def test_tiles_tell_what_waits_from_what_is_empty(atlas):
    laid = tiles(atlas, {}, 4, empty=(1, 1, 1), waiting=(2, 2, 2))
    assert {number for number in range(16) if laid[number, 0, 0, 0] == 2} == {cell.number for cell in atlas.cells}


def test_the_table_has_a_line_for_each_sample(atlas):
    rows = list(csv.DictReader(io.StringIO(table(atlas, NAMES).decode())))
    assert len(rows) == len(atlas.samples)
    for number in (0, 50, 119):
        row, (picture, place, _) = rows[number], atlas.samples.where[number]
        assert row["picture"] == NAMES[picture]
        assert int(row["row"]) == place
        assert float(row["x"]) == pytest.approx(atlas.points[number, 0], abs=1e-5)
        cell = atlas.cell(int(row["cell"]))
        assert row["class"] == (cell.classes[0][0] if cell else "")


def test_a_visitors_file_name_is_no_formula_in_the_table(atlas):
    hostile = [f"=HYPERLINK({name})" for name in NAMES]
    rows = csv.DictReader(io.StringIO(table(atlas, hostile).decode()))
    assert {row["picture"] for row in rows} == {f"'{hostile[number]}" for number in atlas.samples.where[:, 0]}


def arguments(folder):
    quick = ["--layer", "blocks.0.0", "--layout", "PCA", "--grid", "2", "--places", "4", "--size", "32", "--steps", "1"]
    return ["efficientnet_lite0", str(folder / "atlas"), "--pictures", str(folder / "pictures"), *quick]


def test_the_command_goes_on_where_it_stopped_and_paints_nothing_twice(folder, monkeypatch, capsys):
    monkeypatch.setattr(cell_pictures, "memo", Memo(2**24))
    monkeypatch.setattr(written, "painting", partial(cell_pictures.painting, together=1))
    painted, paint = [], cell_pictures.ascend

    def stopped(network, batch, *rest):
        if len(painted) == 1:
            raise KeyboardInterrupt
        painted.append(batch[0])
        return paint(network, batch, *rest)

    monkeypatch.setattr(cell_pictures, "ascend", stopped)
    assert main(arguments(folder)) == 130
    there = sorted(path.name for path in (folder / "atlas" / "cells").iterdir())
    assert len(there) == 1
    assert not (folder / "atlas" / "sheet.png").exists()
    monkeypatch.setattr(cell_pictures, "memo", Memo(2**24))  # as in another process
    monkeypatch.setattr(cell_pictures, "ascend", lambda n, b, *rest: painted.append(b[0]) or paint(n, b, *rest))
    monkeypatch.setattr(written, "sampling", lambda *a, begun, **k: iter([begun]) if begun.done == 10 else None)
    assert main(arguments(folder)) == 0
    cells = sorted((folder / "atlas" / "cells").iterdir())
    assert len(cells) == len(painted) == len(set(painted)) > 1
    said = capsys.readouterr().out
    assert f"1 of {len(cells)} cells are there" in said
    assert f"{len(cells)} of {len(cells)} cells painted" in said
    laid = cv2.imread(str(folder / "atlas" / "sheet.png"), cv2.IMREAD_UNCHANGED)
    assert laid.shape[2] == 4
    assert (folder / "atlas" / "samples.csv").read_text().count("\n") == 41


def test_other_settings_do_not_mix_and_errors_are_sentences(folder, capsys):
    (folder / "atlas").mkdir()
    (folder / "atlas" / written.MANIFEST).write_text(json.dumps(
        {**written.asdict(written.Plan("efficientnet_lite0", "blocks.0.0", "others")), "layout": "PCA"}
    ))  # fmt: skip
    assert main(arguments(folder)) == 2
    assert "'pictures': 'others'" in capsys.readouterr().err
    (folder / "atlas" / written.MANIFEST).write_text("{}")
    assert main(arguments(folder)) == 2
    assert "is broken" in capsys.readouterr().err
    assert main(["efficientnet_lite0", str(folder / "x"), "--layer", "classifier"]) == 2
    assert "no places" in capsys.readouterr().err
    assert main(["efficientnet_lite0", str(folder / "x"), "--pictures", str(folder / "nowhere")]) == 2
    assert "There are no pictures in" in capsys.readouterr().err
    assert main(["efficientnet_lite0", str(folder / "pictures" / "0.png" / "x"), "--layer", "blocks.0.0"]) == 2
    assert "Couldn't write in" in capsys.readouterr().err
