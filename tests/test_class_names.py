"""Names of classes: every one finds its class, one that means two is refused, and screens go by numbers."""

from __future__ import annotations

import dataclasses
import random

import pytest
from timm.data.imagenet_info import ImageNetInfo

import explorer
from explorer.networks.class_names import told_apart
from explorer.networks.registry.published import imagenet_labels
from explorer.networks.registry.specs import EMBEDDED
from tests.support.small import small_network
from tests.support.whole_app import app, shown


def synthetic() -> list[str]:
    """A list as large data sets have it: 525 names stand twice or more, some in another case, some with a number."""
    draw = random.Random(0)
    names = [f"thing {i}" for i in range(20_000)]
    names += [name.title() if draw.random() < 0.3 else name for name in draw.choices(names, k=525)]
    names += ["thing 3 (3)", "cat", "CAT (20526)", "cat (20525)", "cat", "straße", "STRASSE"]
    return names


LISTS = {
    "ImageNet-1k": imagenet_labels,
    "ImageNet-22k": lambda: ImageNetInfo("imagenet22k").label_descriptions(as_dict=False),
    "ImageNet-21k": lambda: ImageNetInfo("imagenet21k_goog").label_descriptions(as_dict=False),
    "synthetic": synthetic,
    "all the same": lambda: ["x"] * 40,
    "named by their numbers": lambda: [str(9 - i) for i in range(10)],
    "met by numbering": lambda: ["a", "a", "a (0)", "a (0) (0)", "A (1)"],
}


def knowing(labels: list[str]) -> explorer.Network:
    return dataclasses.replace(small_network(), labels=tuple(labels))


@pytest.mark.parametrize("kind", LISTS)
def test_every_label_of_every_list_finds_itself(kind):
    given = list(LISTS[kind]())
    network = knowing(given)
    assert len({label.casefold() for label in network.labels}) == len(given)
    for number, (label, name) in enumerate(zip(network.labels, given, strict=True)):
        assert network.class_index(label) == network.class_index(number) == number
        assert label == name or label.startswith(f"{name} (")


@pytest.mark.parametrize("name", EMBEDDED)
def test_every_label_of_the_apps_networks_finds_itself(name):
    network = explorer.load_network(name, pretrained=False, device="cpu")
    assert [network.class_index(label) for label in network.labels] == list(range(1000))
    assert (network.labels[264], network.labels[474]) == ("Cardigan (264)", "cardigan (474)")


@pytest.mark.parametrize(
    ("wish", "number"),
    [
        ("Cardigan", 264), ("cardigan", 474), ("cardigan (474)", 474), ("Cardigan (264)", 264),
        ("CARDIGAN (264)", 264), ("broccoli", 937), ("Broccoli", 937), ("broccoli (937)", 937),
    ],
)  # fmt: skip
def test_the_exact_name_comes_before_one_in_another_case(wish, number):
    assert knowing(imagenet_labels()).class_index(wish) == number


@pytest.mark.parametrize(
    ("labels", "wish", "says"),
    [
        (["dog", "cat", "Cat"], "CAT", "has 2 classes called “CAT”, 1 and 2: give the number"),
        (["cat", "dog", "cat", "cat"], "cat", "has 3 classes called “cat”, 0, 2 and 3.*such as “cat \\(0\\)”"),
        (["cat", "dog"], "cat (1)", "no class 'cat \\(1\\)'; did you mean cat"),
        (["cat", "dog"], "", "no class ''"),
    ],
)
def test_a_name_that_means_two_classes_or_none_is_refused(labels, wish, says):
    with pytest.raises(explorer.NetworkError, match=says):
        knowing(labels).class_index(wish)


def test_names_without_a_double_stay_as_they_are():
    assert told_apart(["a", "b", "a b"]) == ("a", "b", "a b")
    assert told_apart(told_apart(["a", "A"])) == ("a (0)", "A (1)")


LINKS = {"where": "where_class", "neurons": "unit_class", "adversarial": "attack_target"}


@pytest.mark.parametrize(("page", "key"), LINKS.items())
@pytest.mark.parametrize(
    ("wish", "option"),
    [
        ("Cardigan", "Cardigan (264)"), ("cardigan", "cardigan (474)"), ("474", "cardigan (474)"),
        ("cardigan (474)", "cardigan (474)"), ("BROCCOLI", "broccoli"), ("goldfish", "goldfish"),
    ],
)  # fmt: skip
def test_a_link_with_a_name_or_a_number_opens_that_class(page, key, wish, option):
    test = app(page, query={key: wish, "unit_kind": "class", "attack_steps": "1"})
    assert not test.exception
    assert test.selectbox(key).value == option
    test.run()
    assert test.selectbox(key).value == option


@pytest.mark.parametrize(("page", "key"), LINKS.items())
def test_a_link_that_no_class_or_two_answer_is_said_and_the_usual_one_shown(page, key):
    test = app(page, query={key: "CARDIGAN", "unit_kind": "class", "attack_steps": "1"})
    assert not test.exception
    assert "264 and 474" in shown(test)
    assert "264 and 474" in shown(test.run())  # until another is chosen
    assert "264 and 474" not in shown(test.selectbox(key).set_value("goldfish").run())
    test = app(page, query={key: "99999", "unit_kind": "class", "attack_steps": "1"})
    assert not test.exception
    assert "knows classes 0 to 999" in shown(test)


def test_where_lights_up_the_class_that_was_chosen_and_not_its_namesake(monkeypatch):
    from explorer.responses import gradcam

    asked = []
    whole = gradcam.grad_cam

    def noting(network, image, target, layer):
        asked.append(target)
        return whole(network, image, target, layer)

    monkeypatch.setattr(gradcam, "grad_cam", noting)
    app("where", query={"where_class": "Cardigan", "where_other": "cardigan"})
    assert {264, 474} == set(asked)


def test_an_attack_aims_at_the_class_that_was_chosen_and_not_at_its_namesake():
    test = app("adversarial", query={"attack_target": "cardigan (474)", "attack_steps": "1"})
    assert test.session_state["attack"].key[3].target == 474
    assert "target='cardigan (474)'" in test.code[0].value


def test_a_class_called_like_one_of_the_boxs_own_words_can_be_chosen():
    labels = ["anything else", *(f"class {i}" for i in range(1, 10))]
    network = explorer.wrap_network(small_network().module.body, input_size=32, labels=labels, name="mine")
    own = {"own_network": network, "network": "own_network"}
    test = app("adversarial", query={"attack_steps": "1", "attack_target": "anything else (0)"}, **own)
    assert not test.exception
    assert test.selectbox("attack_target").options[:3] == ["anything else", "anything else (0)", "class 1"]
    assert "target='anything else'" in test.code[0].value
