"""What is shown of an atlas: the largest pictures, of classes those known best, and how they were chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import PIL.Image

from explorer import render
from explorer.maximization.atlas import Atlas, AtlasPlan, Entry
from explorer.maximization.atlas_making import chosen_units
from explorer.maximization.known_classes import KNOWN
from pages.parts.neurons.atlas.layers import how_chosen
from pages.parts.neurons.atlas.picture import ascent_words
from pages.parts.neurons.atlas.sheets import photograph_words, squares_with_photographs
from pages.parts.neurons.atlas.tour import evenly_spread, largest_atlas
from pages.parts.neurons.maximization import made_by
from pages.parts.shell.words import plain


def entries(layer, labels):
    return tuple(Entry(layer, n, label, f"{n}.webp", 1.0, 0.0, False) for n, label in enumerate(labels))


def atlas(size, layer, labels, network="efficientnet_lite0"):
    return Atlas(Path(f"{network} {size}"), AtlasPlan(network, size=size), entries(layer, labels))


def test_the_largest_pictures_of_the_same_network_are_shown():
    small, large = atlas(128, "classifier", ["a"]), atlas(224, "classifier", ["a"])
    other, early = atlas(256, "classifier", ["a"], "resnet18"), atlas(224, "blocks.0", [""])
    found = {str(n): one for n, one in enumerate((small, large, other, early))}
    assert largest_atlas(found, small, "classifier") is large
    assert largest_atlas(found, small, "blocks.0") is early
    assert largest_atlas(found, small, "blocks.5") is small


def test_classes_known_best_come_first_and_others_from_first_to_last():
    known = entries("classifier", ["axolotl", *reversed(KNOWN[:9])])
    assert [entry.label for entry in evenly_spread(known, 7)] == list(KNOWN[:7])
    channels = entries("blocks.0", [""] * 13)
    assert [entry.channel for entry in evenly_spread(channels, 7)] == [0, 2, 4, 6, 8, 10, 12]
    few = entries("classifier", ["axolotl", "newt", "castle"])
    assert [entry.label for entry in evenly_spread(few, 7)] == ["axolotl", "newt", "castle"]


def test_how_units_were_chosen_is_told_from_which_they_are(lite0):
    def told(labels_or_channels, layer):
        units = [
            Entry(layer, lite0.labels.index(one) if isinstance(one, str) else one, "", "", 1.0, 0.0, False)
            for one in labels_or_channels
        ]
        return how_chosen(lite0, Atlas(Path("a"), AtlasPlan("efficientnet_lite0", seed=3), tuple(units)), layer)

    drawn = [unit.channel for unit in chosen_units(lite0, "blocks.3", "random:5", 3)]
    assert "drawn by the seed" in told(drawn, "blocks.3")
    assert told([*drawn[:-1], drawn[-1] + 1], "blocks.3") == ""
    assert "known at sight" in told(KNOWN[:7], "classifier")
    assert told(["castle", "axolotl"], "classifier") == ""


def test_which_networks_took_part_is_said_of_those_that_did():
    one = atlas(224, "classifier", ["castle"])
    assert made_by.methods_of(one) == "by *maco*, late layers by *recognisable*"
    helped = replace(one, entries=(replace(one.entries[0], helper="efficientnet_lite1"),))
    both = f"{plain('EfficientNet-Lite0')} and {plain('EfficientNet-Lite1')} together"
    assert made_by.methods_of(helped) == f"by *maco*, late layers by *recognisable*; classes by {both}"
    some = replace(helped, entries=helped.entries + one.entries)
    assert made_by.methods_of(some).endswith(f"; 1 of 2 classes by {both}")
    thorough = replace(helped, plan=replace(one.plan, method="two networks"))
    assert made_by.methods_of(thorough) == f"by *recognisable*; classes by {both}"
    assert made_by.methods_of(replace(one, plan=replace(one.plan, method="blur"))) == "by *blur*"


def test_of_each_picture_it_is_said_by_which_networks_and_how_it_was_made(lite0):
    plan, (alone,) = AtlasPlan("efficientnet_lite0"), entries("blocks.5", [""])
    (one, two) = (plain(f"EfficientNet-Lite{n}") for n in range(2))
    assert made_by.clause_for_entry(plan, alone, lite0) == f"{one} alone, 224 pixels, 160 steps of *recognisable*"
    assert made_by.clause_for_entry(plan, alone, None) == f"{one} alone, 224 pixels, 160 steps"
    helped = replace(alone, helper="efficientnet_lite1")
    both = f"{one} and {two} together"
    assert made_by.clause_for_entry(plan, helped, None) == f"{both}, 224 pixels, 160 steps of *two networks*"
    early = replace(alone, layer="blocks.0")
    assert made_by.clause_for_entry(plan, early, lite0).endswith(" of *maco*")
    assert made_by.clause_for_entry(replace(plan, method="two networks"), early, None).endswith(" of *recognisable*")
    random = made_by.clause_for_entry(replace(plan, pretrained=False), early, None)
    assert random.startswith(f"{one} alone, with random weights, 224 pixels")


def test_photographs_of_a_collection_are_not_said_to_be_the_apps_samples():
    (bare,) = entries("classifier", ["castle"])
    shipped, others = (replace(bare, photograph="a.png", photograph_of=name) for name in ("cat", "holiday.jpg"))
    assert photograph_words([bare]) == ""
    assert photograph_words([bare, shipped]).endswith("most, of the app's own samples, few of which show these things.")
    assert photograph_words([shipped, others]).endswith("excites its unit most.")


def test_the_peak_is_another_measure_where_no_network_can_tell_the_paintings_own():
    (bare,) = entries("blocks.1", [""])
    paired = replace(bare, photograph="a.png", photograph_score=3.0)
    assert "another measure" in ascent_words(paired, None)
    assert "photograph" not in ascent_words(paired, 4.0)
    assert "photograph" not in ascent_words(bare, None)
    assert ascent_words(replace(bare, dead=True), None).endswith("This unit is dead: no gradient reached it.")


def test_beneath_each_picture_stands_its_photograph_as_far_as_there_is_one(tmp_path):
    colours = {"made": (200, 0, 0), "found": (0, 200, 0)}
    for name, colour in colours.items():
        PIL.Image.new("RGB", (32, 32), colour).save(tmp_path / f"{name}.png")
    bare = Entry("blocks.0", 1, "", "made.png", 1.0, 0.0, False)
    paired, gone = replace(bare, photograph="found.png"), replace(bare, photograph="gone.png")
    one = Atlas(tmp_path, AtlasPlan("efficientnet_lite0"), (bare, paired, gone))
    assert squares_with_photographs(one, (bare,), 16).shape == (1, 16, 16, 3)
    first, second, third = squares_with_photographs(one, (bare, paired, gone), 16)
    for tile, under in ((first, render.MID_GREY), (second, colours["found"]), (third, render.MID_GREY)):
        assert (tile[:16] == colours["made"]).all()
        assert (tile[16:] == under).all()
