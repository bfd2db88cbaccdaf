"""The adversarial screens: each view draws, nothing is started twice, and what noise does is always beside."""

import time

import pytest

from tests.test_pages import _stop_long_work, app, shown  # noqa: F401 - the fixture ends long work here too


def finished(page: str, slot: str, **query: str):
    """The page once the job in `slot` has ended, drawn once more."""
    test = app(page, query=query)
    deadline = time.monotonic() + 120
    while not test.session_state[slot].finished.is_set() and time.monotonic() < deadline:
        time.sleep(0.3)
        test.run()
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


def test_many_pictures_shows_its_first_results_and_can_be_left():
    test = app("many", query={"many_steps": "1"})
    deadline = time.monotonic() + 60
    while not test.session_state["many"].kept and time.monotonic() < deadline:
        time.sleep(0.3)
        test.run()
    test.run()
    assert not test.exception
    assert "random changes" in shown(test)
    test.session_state["many"].stop()
