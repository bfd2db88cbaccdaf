"""The screen of circuits: sums that stand there, clicks back to the pixels, a decision and what an attack bought."""

from __future__ import annotations

import re

import pytest

import explorer
from explorer.dataset_examples.examples import scores
from explorer.dataset_examples.gallery import Patches
from explorer.responses.circuits import by_weights, circuit, expanded_kernels, strongest_place
from explorer.responses.decisions import decision
from pages.parts.neurons.circuits import attacked_decision, random_control, unit_circuit
from pages.parts.neurons.circuits.starting_points import STARTING_POINTS
from pages.parts.neurons.circuits.unit_tiles import signed
from pages.parts.shell.words import percent, rounded
from tests.support.short_work import small_steps
from tests.support.whole_app import app, shown

BOUGHT = "bought_unit_pictures"  # of the units that the attack bought


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    small_steps(monkeypatch)


def done(test, *slots):
    for slot in slots:
        assert test.session_state[slot].finished.wait(300)
    test.run()
    assert not test.exception
    return test


def test_clicks_lead_back_to_the_pixels(lite0):
    test = done(app("circuits", query={"circuit_layer": "blocks.0.0", "circuit_channel": "3", "picture": "cat"}),
                "unit_pictures")  # fmt: skip
    image = explorer.sample("cat")
    place = strongest_place(lite0, image, "blocks.0.0", 3)
    found = circuit(lite0, image, explorer.Unit("blocks.0.0", 3, place))
    words = shown(test)
    assert f"**{rounded(found.value, 3)}** = " in words
    assert "of all that excites or inhibits" in words
    assert "with random weights" in words
    strongest = found.excitatory(1)[0]
    test.button(f"circuit_to_{strongest}").click().run()
    assert not test.exception
    assert test.selectbox("circuit_layer").value == "bn1"
    assert test.number_input("circuit_channel").value == strongest
    assert "reads the **pixels**" in shown(test)
    test.button("circuit_trail_0").click().run()
    assert test.selectbox("circuit_layer").value == "blocks.0.0"


def test_weights_alone_order_the_units_otherwise(lite0):
    unit = explorer.Unit("blocks.1.0", 9, (20, 30))
    query = {"circuit_layer": unit.layer, "circuit_channel": "9", "circuit_place": "20-30", "picture": "coffee"}
    orders = {}
    for order in unit_circuit.ORDERS:
        test = done(app("circuits", query=query | {"circuit_order": order}), "unit_pictures")
        orders[order] = [button.key for button in test.button if str(button.key).startswith("circuit_to_")]
    assert len(orders[unit_circuit.ORDERS[0]]) > 5
    assert orders[unit_circuit.ORDERS[0]] != orders[unit_circuit.ORDERS[1]]
    kernels = expanded_kernels(lite0, explorer.sample("coffee"), unit)
    assert orders[unit_circuit.ORDERS[1]][0] == f"circuit_to_{by_weights(kernels).argmax()}"
    control = [button.key for button in test.button if str(button.key).startswith("circuit_control_")]
    assert len(control) == unit_circuit.COUNT  # those that stand in another row, too
    assert f"Control: {unit_circuit.COUNT} units drawn at random" in shown(test)


def test_the_control_goes_by_the_order_of_the_units(lite0):
    query = {"circuit_layer": "blocks.1.0", "circuit_channel": "9", "picture": "coffee"}
    for order in unit_circuit.ORDERS:
        test = done(app("circuits", query=query | {"circuit_order": order}), "unit_pictures")
        unit = explorer.Unit("blocks.1.0", 9, strongest_place(lite0, explorer.sample("coffee"), "blocks.1.0", 9))
        found = unit_circuit.ordered_circuit(lite0, explorer.sample("coffee"), unit, order)
        assert f"units account for **{percent(found.share(5))}** of all" in shown(test)


@pytest.mark.parametrize(
    ("layer", "channel", "follows"),
    [("blocks.5.0", 20, "so that few units decide was learned"),
     ("blocks.1.0", 9, "a few units decide in an untrained network too, so this proves little")],
)  # fmt: skip
def test_the_share_with_random_weights_is_that_networks_own_and_says_what_follows(lite0, layer, channel, follows):
    query = {"circuit_layer": layer, "circuit_channel": str(channel), "picture": "coffee"}
    words = shown(done(app("circuits", query=query), "unit_pictures"))
    image = explorer.sample("coffee")
    untrained = explorer.load_network("efficientnet_lite0", device="cpu", pretrained=False)
    here, there = (
        circuit(net, image, explorer.Unit(layer, channel, strongest_place(net, image, layer, channel))).share(5)
        for net in (lite0, untrained)
    )
    assert abs(here - there) > 0.01
    assert f"with random weights the strongest account for {percent(there)}: {follows}." in words


def test_what_follows_from_the_control_begins_at_a_quarter_more():
    assert random_control.conclusion(0.51, 0.4) == "so that few units decide was learned"
    for share in (0.5, 0.4, 0.1):
        assert "so this proves little" in random_control.conclusion(share, 0.4)


@pytest.mark.parametrize("old", ["on your picture", "by weights alone"])
def test_older_links_order_the_units_as_they_did(old):
    query = {"circuit_layer": "bn1", "circuit_channel": "3", "circuit_order": old}
    test = app("circuits", query=query)
    meant = dict(zip(("on your picture", "by weights alone"), unit_circuit.ORDERS, strict=True))
    assert test.segmented_control("circuit_order").value == meant[old]


def test_a_network_that_bends_is_not_said_to_have_exact_sums():
    query = {"weights": "random", "circuit_layer": "blocks.3.1", "circuit_order": "weights alone"}
    words = shown(done(app("circuits", query=query), "unit_pictures"))
    assert "this sum is exact" in words
    assert "depend on the picture" not in words
    words = shown(done(app("circuits", query=query | {"network": "timm/mobilenetv3_small_100"}), "unit_pictures"))
    assert "this sum is exact" not in words
    assert "**first-order**" in words
    assert "Even by weights alone these depend on the picture" in words


def test_the_story_begins_with_a_curve_and_goes_to_an_edge_and_a_part():
    test = done(app("circuits"), "unit_pictures")
    for title in ("a curve", "a part", "an edge"):
        point = STARTING_POINTS[title]
        if title != "a curve":
            test.button(f"circuit_chapter_{title}").click().run()
        assert not test.exception
        assert test.selectbox("circuit_layer").value == point.layer
        assert test.number_input("circuit_channel").value == point.channel
        assert point.says in shown(test)
        assert test.button(f"circuit_chapter_{title}").disabled
        assert "circuit_trail_0" not in {button.key for button in test.button}
    other = app("circuits", query={"weights": "random"})
    assert other.selectbox("circuit_layer").value == STARTING_POINTS["a curve"].layer  # the control is of the same unit
    assert not [button for button in other.button if str(button.key).startswith("circuit_chapter")]


def test_a_decision_adds_up_and_the_attack_is_taken_apart(lite0):
    test = done(app("circuits", query={"circuit_view": "One decision", "picture": "cat"}), "unit_pictures")
    test = done(test, "circuit_attack", "unit_photographs")
    test = done(test, BOUGHT)
    image = explorer.sample("cat")
    found = decision(lite0, image, lite0.class_index(lite0.predict(image, 1)[0][0]))
    words = shown(test)
    assert f"logit **{rounded(found.logit)}** = {rounded(float(found.amounts.max()))}" in words
    assert "These units were bought" in words
    first = found.most(1)[0]
    assert f"**{first}** {signed(float(found.amounts[first]))} :small[{percent(found.share(first))}]" in words
    assert f"of all that speaks for the class, {signed(found.speaks_for)} by all such units" in words
    assert re.search(r"trailed \*\*.+\*\* by \d+\.\d\d, and now leads by \d", words)
    assert test.session_state[BOUGHT].error is None
    assert not {unit for unit, _ in test.session_state[BOUGHT].kept} & {
        unit for unit, _ in test.session_state["unit_pictures"].kept
    }
    photographs = [
        re.fullmatch(r"(\w+): up to ([\d.]+); your picture: [\d.]+(?:; others reach as high)?", caption.value)
        for caption in test.caption
    ]
    (source, value), *others = [photograph.groups() for photograph in photographs if photograph]
    assert len(others) == 9  # of five units that spoke for the class, and of five that were bought
    assert "cat" not in {source, *(other for other, _ in others)}
    assert sum(button.label == "Open its card" for button in test.button) == 10
    gallery, unit = Patches(), found.most(1)[0]
    parts = [gallery.open(number) for number, name in enumerate(gallery.names) if name == source]
    assert value == rounded(float(scores(lite0, explorer.Unit(found.stage.name, unit), parts).max()))


def test_an_attack_that_changes_no_answer_bought_nothing(monkeypatch):
    monkeypatch.setattr(attacked_decision, "EPSILON", 1e-6)
    test = app("circuits", query={"circuit_view": "One decision", "picture": "cat"})
    words = shown(done(test, "circuit_attack"))
    assert "didn't change the answer, so there is nothing to compare" in words
    assert "These units were bought" not in words


def test_each_unit_of_a_decision_leads_to_its_card(lite0):
    test = done(app("circuits", query={"circuit_view": "One decision", "picture": "cat"}), "unit_pictures")
    image = explorer.sample("cat")
    found = decision(lite0, image, lite0.class_index(lite0.predict(image, 1)[0][0]))
    unit = found.most(2)[1]
    test.button(f"decided_card_{unit}").click().run()
    assert not test.exception
    assert test.selectbox("unit_layer").value == found.stage.name
    assert test.number_input("unit_channel").value == unit


def test_a_class_with_a_negative_logit_has_shares_between_0_and_100_percent(lite0):
    label = int(explorer.feature_maps(lite0, explorer.sample("cat"), "classifier").argmin())
    query = {"circuit_view": "One decision", "picture": "cat", "circuit_class": lite0.labels[label]}
    words = shown(app("circuits", query=query))
    shares = [float(share) for share in re.findall(r":small\[([−\d.,]+) %\]", words)]
    assert len(shares) == 5
    assert all(0 < share <= 100 for share in shares)


def test_networks_without_circuits_or_sums_are_told_so():
    test = app("circuits", query={"network": "timm/vit_tiny_patch16_224", "weights": "random"})
    assert "no convolutions with maps" in test.info[0].value
    test = app("circuits", query={"network": "SqueezeNet 1.1", "weights": "random", "circuit_view": "One decision"})
    assert "doesn't end with one fully connected layer" in shown(test).replace("\\", "")
