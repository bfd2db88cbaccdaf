"""The adversarial screens: each view draws, nothing is started twice, and what noise does is always beside."""

import pytest

from explorer.networks.specs import EMBEDDED
from tests.support.whole_app import app, shown


def finished(page: str, slot: str, **query: str):
    """The page once the job in `slot` has ended, drawn once more."""
    test = app(page, query=query)
    assert test.session_state[slot].finished.wait(120)
    test.run()
    assert not test.exception
    assert not test.error
    return test


@pytest.fixture(scope="module")
def quick() -> dict[str, str]:
    return {"attack_steps": "3", "attack_target": "anything else"}


def test_the_same_settings_keep_the_same_attack(quick):
    test = app("adversarial", query=quick)
    job = test.session_state["attack"]
    test.run()
    assert test.session_state["attack"] is job


def test_the_result_is_read_back_from_its_file(quick):
    test = finished("adversarial", "attack", **quick)
    assert "Saved as PNG and opened again" in shown(test)
    assert "SSIM" in shown(test)
    assert "leaves it unchanged" in test.success[0].value


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"attack_view": "Does it survive?"}, "The goal holds after"),
        ({"attack_view": "Why it works"}, "Many tiny steps add up"),
        ({"attack_view": "Curves", "attack_curve": "Over the steps"}, "before rounding"),
        ({"attack_method": "Few pixels"}, "how little of the picture"),
        ({"attack_method": "FGSM", "attack_linf": "0"}, "nothing can change"),
    ],
)
def test_each_view_draws(quick, query, says):
    assert says in shown(finished("adversarial", "attack", **quick, **query))


def test_the_loss_around_it_is_told_at_the_three_pictures(quick):
    test = finished("adversarial", "attack", **quick, attack_view="Curves", attack_curve="The loss around it")
    assert test.session_state["attack_surface_job"].finished.wait(120)
    test.run()
    assert not test.exception
    table = test.dataframe[0].value
    losses = [float(loss) for loss in table["loss"]]
    assert losses[1] > losses[0] + 1
    assert abs(losses[2] - losses[0]) < 1
    assert "Compare how it rises" in shown(test)


def test_other_networks_begin_with_the_embedded_ones(quick):
    test = finished("adversarial", "attack", **quick, attack_view="Does it survive?", attack_survival="Other networks")
    assert test.multiselect("attack_networks").value == list(EMBEDDED)
    test.session_state["attack_transfer_job"].stop()
    table = test.dataframe[0].value
    assert list(table["made for"]) == [*(one.removeprefix("shown to ") for one in table.columns[1:]), "control: noise"]
    assert len(table) == len(EMBEDDED) + 2  # one with random weights, and the control


def test_many_pictures_shows_its_first_results_and_can_be_left():
    test = app("many", query={"many_steps": "1"})
    assert test.session_state["many"].begun.wait(60)
    test.run()
    assert not test.exception
    assert "random changes" in shown(test)
    test.session_state["many"].stop()
