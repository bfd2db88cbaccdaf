"""The atlas: its units, its files, its manifest, what happens when it is stopped, and who makes it."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import explorer
from explorer.dataset_examples.examples import top_examples
from explorer.dataset_examples.gallery import Folder
from explorer.maximization import MaximizeError, Unit, maximize
from explorer.maximization import atlas as module
from explorer.maximization.__main__ import main
from explorer.maximization.atlas import (
    MANIFEST,
    AtlasError,
    AtlasPlan,
    Entry,
    read_atlas,
)
from explorer.maximization.atlas_making import Writer, batches, chosen_units, make
from explorer.maximization.known_classes import KNOWN
from explorer.maximization.workers import in_this_process, on_ray_cluster
from explorer.networks.loading import NetworkError

PLAN = AtlasPlan("efficientnet_lite0", size=32, steps=2, format="png")
LAYER = "blocks.0"


def by_channel(made):
    return made[0].channel


def test_channels_are_all_some_or_drawn(small):
    assert [unit.channel for unit in chosen_units(small, "0", "all")] == list(range(8))
    assert [unit.channel for unit in chosen_units(small, "0", "0-2,5")] == [0, 1, 2, 5]
    drawn = chosen_units(small, "6", "random:4", seed=1)
    assert drawn == chosen_units(small, "6", "random:4", seed=1) != chosen_units(small, "6", "random:4", seed=2)
    assert len(set(drawn)) == 4
    assert len(chosen_units(small, "0", "random:99")) == 8
    with pytest.raises(NetworkError, match="channels 0 to 7, not 8"):
        chosen_units(small, "0", "3-8")
    with pytest.raises(AtlasError, match="not 'some'"):
        chosen_units(small, "0", "some")


def test_usually_late_units_are_made_by_what_can_be_named(lite0):
    plan = AtlasPlan("efficientnet_lite0", size=32, steps=2)
    made_by = {layer: plan.settings_of(lite0, layer).method for layer in ("blocks.0", "blocks.5", "classifier")}
    assert made_by == {"blocks.0": "maco", "blocks.5": "two networks", "classifier": "two networks"}
    helpers = {layer: made[0].helper for layer in ("blocks.6", "classifier") for made in make(plan, [Unit(layer, 7)])}
    assert helpers == {"blocks.6": "", "classifier": "efficientnet_lite1"}
    assert replace(plan, method="blur").settings_of(lite0, "classifier").method == "blur"
    with pytest.raises(MaximizeError, match="not 'best'"):
        replace(plan, method="best")


def test_beside_each_picture_stands_the_photograph_that_excites_it_most(lite0, tmp_path, monkeypatch):
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for name in ("cat", "coffee"):
        PIL.Image.fromarray(explorer.sample(name).uint8).save(photographs / f"{name}.png")
    monkeypatch.setenv("EXPLORER_PICTURES", str(photographs))
    arguments = ["efficientnet_lite0", str(tmp_path / "atlas"), "--layers", LAYER, "--channels", "3,5", "--size", "32"]
    arguments += ["--steps", "1", "--workers", "1", "--format", "png"]
    assert main(arguments) == 0
    atlas = read_atlas(tmp_path / "atlas")
    pictures = [Folder(photographs).open(number) for number in range(2)]
    for entry in atlas.entries:
        best, *_ = top_examples(lite0, entry.unit, pictures, count=1)
        assert (entry.photograph_of, entry.photograph_score) == (best.source, pytest.approx(best.score, abs=1e-3))
        np.testing.assert_array_equal(atlas.photograph(entry).uint8, best.image.uint8)
    lost = tmp_path / "atlas" / atlas.entries[0].photograph
    lost.unlink()
    assert main(arguments) == 0
    assert lost.is_file()


def test_batches_hold_one_layer_each():
    units = [Unit("a", 0), Unit("b", 0), Unit("a", 1), Unit("a", 2)]
    assert list(batches(units, 2)) == [[Unit("a", 0), Unit("a", 1)], [Unit("a", 2)], [Unit("b", 0)]]
    with pytest.raises(AtlasError, match="at least one unit"):
        list(batches(units, 0))


def test_what_is_made_is_what_maximize_makes(lite0, tmp_path):
    writer = Writer(tmp_path, PLAN)
    for made in in_this_process(PLAN, [[Unit(LAYER, 3), Unit(LAYER, 5)]]):
        writer.add(made)
    atlas = read_atlas(tmp_path)
    assert [entry.unit for entry in atlas.layers[LAYER]] == [Unit(LAYER, 3), Unit(LAYER, 5)]
    for entry in atlas.entries:
        *_, last = maximize(lite0, entry.unit, size=32, steps=2)
        assert np.abs(atlas.image(entry).uint8.astype(int) - last.image.uint8).max() <= 1
        assert entry.score == pytest.approx(last.score, abs=0.01)


def test_it_goes_on_where_it_stopped_and_writes_nothing_twice(tmp_path, monkeypatch, capsys):
    arguments = ["efficientnet_lite0", str(tmp_path), "--layers", LAYER, "--channels", "0-3", "--size", "32"]
    arguments += ["--steps", "1", "--batch", "1", "--workers", "1"]
    made = []

    def stopped(plan, units, device=None):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(units[0].channel)
        return make(plan, units, device)

    monkeypatch.setattr("explorer.maximization.workers.make", stopped)
    assert main(arguments) == 130
    assert [entry.channel for entry in read_atlas(tmp_path).entries] == [0, 1]
    (tmp_path / LAYER / "0001.webp").unlink()  # lost since: made again
    made.clear()
    monkeypatch.setattr(
        "explorer.maximization.workers.make", lambda p, u, d=None: made.append(u[0].channel) or make(p, u, d)
    )
    assert main(arguments) == 0
    assert made == [1, 2, 3]
    assert [entry.channel for entry in read_atlas(tmp_path).layers[LAYER]] == [0, 1, 2, 3]
    assert "1 of 4 pictures are there" in capsys.readouterr().out


WRITE = """
import sys
from itertools import count
from pathlib import Path
from explorer.maximization.atlas import AtlasPlan, Entry
from explorer.maximization.atlas_making import Writer
writer = Writer(Path(sys.argv[1]), AtlasPlan("efficientnet_lite0", size=32, steps=2, format="png"))
for n in count():
    writer.add([(Entry("blocks.0", n, "", f"blocks.0/{n:04}.png", 1.0, 0.0, False), bytes(300_000))])
    print(n, flush=True)
"""


def test_killed_in_an_atlas_what_it_lists_is_whole(tmp_path):
    with subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writing:
        while writing.stdout.readline() != "20\n":
            pass
        writing.kill()
    atlas = read_atlas(tmp_path)
    assert len(atlas.entries) > 20
    assert {(tmp_path / entry.file).stat().st_size for entry in atlas.entries} == {300_000}
    missing = Writer(tmp_path, PLAN).missing([Unit(LAYER, channel) for channel in range(1000)])
    assert len(missing) == 1000 - len(atlas.entries)


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path, monkeypatch):
    made = [(Entry(LAYER, 0, "", f"{LAYER}/0000.png", 1.0, 0.0, False), b"picture")]
    Writer(tmp_path, PLAN).add(made)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(AtlasError, match=r"No space left on device.*goes on from"):
        Writer(tmp_path, PLAN).add([(replace(made[0][0], channel=1), b"picture")])
    assert [entry.channel for entry in read_atlas(tmp_path).entries] == [0]


def test_other_settings_do_not_mix_and_errors_are_sentences(tmp_path, capsys):
    Writer(tmp_path, PLAN).add([])
    with pytest.raises(AtlasError, match="'size': 32"):
        Writer(tmp_path, AtlasPlan("efficientnet_lite0", size=64, steps=2, format="png"))
    with pytest.raises(AtlasError, match="webp, png, jpeg, not 'bmp'"):
        Writer(tmp_path, AtlasPlan("efficientnet_lite0", format="bmp"))
    assert main(["efficientnet_lite0", str(tmp_path / "x"), "--layers", "blocks.9"]) == 2
    assert "no layer 'blocks.9'" in capsys.readouterr().err
    (tmp_path / MANIFEST).write_text(json.dumps({"plan": {}}))
    with pytest.raises(AtlasError, match="is broken"):
        read_atlas(tmp_path)
    with pytest.raises(AtlasError, match="There is no"):
        read_atlas(tmp_path / "nowhere")


def test_processes_make_the_same_files(tmp_path):
    # as a user starts it: processes that spawn others run the main module anew, and here that would be pytest's
    arguments = ["efficientnet_lite0", str(tmp_path), "--layers", LAYER, "--channels", "1-2", "--size", "32"]
    arguments += ["--steps", "2", "--batch", "1", "--format", "png", "--workers", "2"]
    subprocess.run(
        [sys.executable, "-m", "explorer.maximization", *arguments], check=True, cwd=Path(module.__file__).parents[2]
    )
    together = read_atlas(tmp_path).layers[LAYER]
    alone = [entry for ((entry, _),) in in_this_process(PLAN, [[Unit(LAYER, 1)], [Unit(LAYER, 2)]])]
    assert [entry.unit for entry in together] == [entry.unit for entry in alone]
    assert [entry.score for entry in together] == pytest.approx([entry.score for entry in alone], abs=0.01)


def test_a_cluster_of_two_makes_them(monkeypatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    ray.init(num_cpus=2, num_gpus=0, object_store_memory=100 << 20, include_dashboard=False, log_to_driver=False)
    try:
        work = [[Unit(LAYER, 1)], [Unit(LAYER, 2)]]
        made = sorted((one for (one,) in on_ray_cluster(PLAN, work, "auto")), key=by_channel)
        expected = sorted((one for (one,) in in_this_process(PLAN, work)), key=by_channel)
        assert [entry.file for entry, _ in made] == [entry.file for entry, _ in expected]
        assert [entry.score for entry, _ in made] == pytest.approx([e.score for e, _ in expected], abs=0.01)
    finally:
        ray.shutdown()


def test_without_ray_it_says_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(AtlasError, match="Ray isn't installed"):
        next(on_ray_cluster(PLAN, [], "auto"))


def test_every_tile_of_the_shipped_tour_is_there():
    from pages.parts.shell.frame import ASSETS

    atlas = read_atlas(ASSETS / "atlas" / "efficientnet_lite0")
    assert list(atlas.layers) == [*(f"blocks.{number}" for number in range(7)), "classifier"]
    assert all((atlas.folder / entry.file).is_file() for entry in atlas.entries)
    assert sum(file.stat().st_size for file in atlas.folder.rglob("*") if file.is_file()) < 12e6
    assert not any(entry.dead for entry in atlas.entries)
    stds = [atlas.image(entry).pixels.std() for entry in atlas.entries[:: max(1, len(atlas.entries) // 20)]]
    assert min(stds) > 0.1  # none is grey
    assert (atlas.plan.method, atlas.plan.size) == ("usual", 224)
    assert {entry.label for entry in atlas.layers["classifier"]} == {*KNOWN}
    assert all((atlas.folder / entry.photograph).is_file() for entry in atlas.entries)
    assert module.MANIFEST in {file.name for file in atlas.folder.iterdir()}


def test_known_classes_are_classes_by_name_in_their_order(lite0):
    known = [lite0.labels[unit.channel] for unit in chosen_units(lite0, "classifier", "known")]
    assert known[:3] == ["castle", "daisy", "broccoli"]
    assert sorted(known) == sorted(KNOWN)
    with pytest.raises(AtlasError, match="of classes, 'known', not 'known'"):
        chosen_units(lite0, "blocks.0", "known")
