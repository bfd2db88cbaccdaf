"""Every screen with long work, in every state of it: stopped, left, returned to, run again, looked at early."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.alone import ROOT
from tests.support.messages import bad_paths, recorded, ticking_fragments
from tests.support.short_work import shortened, small_gallery, small_steps
from tests.support.whole_app import app

pytestmark = pytest.mark.usefixtures("small_pictures")
LIMIT = 120  # seconds


@dataclass(frozen=True)
class Work:
    """A screen, the link at which it does this work, the job's slot, and a setting that asks for other work."""

    page: str
    slot: str
    change: tuple[str, str, Any]
    query: dict[str, str] = field(default_factory=dict)
    begin: str = ""  # the button that begins it
    after: str = ""  # the slot of the work that must be done before


ATTACK = {"attack_steps": "3"}
MANY = {"many_steps": "1"}
PLANE = {"atlas_view": "activation atlas", "activations_layout": "PCA"}
LEVEL = ("select_slider", "attack_linf", 4.0)
# By the first part of the job's key.
WORK = {
    "attack": Work("adversarial", "attack", LEVEL, ATTACK),
    "smallest": Work("adversarial", "attack_smallest_job", ("number_input", "attack_steps", 2),
                     ATTACK | {"attack_smallest": "true"}, after="attack"),
    "epsilon curve": Work("adversarial", "attack_curve_job", ("selectbox", "attack_norm", "L2"),
                          ATTACK | {"attack_view": "Curves"}, after="attack"),
    "surface": Work("adversarial", "attack_surface_job", LEVEL,
                    ATTACK | {"attack_view": "Curves", "attack_curve": "The loss around it"}, after="attack"),
    "transfer": Work("adversarial", "attack_transfer_job", LEVEL,
                     ATTACK | {"attack_view": "Does it survive?", "attack_survival": "Other networks"}, after="attack"),
    "made to survive": Work("adversarial", "attack_made_job", ("selectbox", "attack_norm", "L2"),
                            ATTACK | {"attack_view": "Does it survive?", "attack_survival": "Make it survive"},
                            after="attack"),
    "defence": Work("defence", "defence", ("number_input", "defence_seed", 1),
                    {"defence_epochs": "5", "defence_steps": "1", "defence_model": "linear"}),
    "sweep": Work("invariance", "sweep", ("segmented_control", "change_kind", "Rotate")),
    "many": Work("many", "many", ("number_input", "many_steps", 2), MANY),
    "universal": Work("many", "many_universal", ("number_input", "many_steps", 2), MANY | {"many_view": "Universal"}),
    "printable patch": Work("many", "many_patch", ("number_input", "many_patch_steps", 20),
                            {"many_view": "A patch to print", "many_patch_steps": "10"}),
    "checks": Work("many", "many_checks_job", ("number_input", "many_steps", 2),
                   MANY | {"many_view": "Sanity checks", "many_checks": "true"}),
    "climbs": Work("neurons", "maximization", ("number_input", "unit_channel", 5),
                   {"unit_layer": "conv_stem"}, after="index"),
    "index": Work("neurons", "index", ("selectbox", "unit_layer", "blocks.0"), {"unit_layer": "conv_stem"},
                  after="maximization"),
    "unit pictures": Work("circuits", "unit_pictures", ("number_input", "circuit_channel", 4),
                          {"circuit_layer": "blocks.0.0", "circuit_channel": "3"}),
    "every channel": Work("atlas", "every_channel", ("selectbox", "channels_layer", "blocks.4"),
                          {"atlas_view": "every channel", "channels_layer": "blocks.2", "channels_paint": "true"}),
    "activation samples": Work("atlas", "activation_samples", ("selectbox", "activations_layer", "blocks.4.2"), PLANE),
    "activation atlas": Work("atlas", "activation_atlas", ("selectbox", "activations_grid", 4), PLANE,
                             after="activation_samples"),
    "circuit attack": Work("circuits", "circuit_attack", ("selectbox", "picture", "coffee"),
                           {"circuit_view": "One decision"}),
    "plane": Work("hidden_units", "plane_check", ("button", "plane_try_1", True), {"plane_server": "true"}),
    "compared": Work("tricks", "tricks", ("number_input", "tricks_drop_seed", 2),
                     {"tricks_view": "Dropout", "tricks_drop_count": "100"}),
    "learning": Work("learning", "learning", ("button", "learning_back", True), {"learning_filters": "8"},
                     begin="learning_go"),
}  # fmt: skip
AT_ONCE = ("attack", "defence", "index")  # stopped before their first step, too
kinds = pytest.mark.parametrize("kind", WORK)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    small_steps(monkeypatch)
    if "kind" in request.fixturenames and WORK[request.getfixturevalue("kind")].page == "many":
        small_gallery(monkeypatch)


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int], threading.Event]]:
    """Jobs of a kind that begin from now on wait after so many steps, until the event is set; none is there already."""
    gates: list[threading.Event] = []

    def held_back(kind: str, steps: int) -> threading.Event:
        gate = threading.Event()
        gates.append(gate)

        def paused(given: Iterator[Any]) -> Iterator[Any]:
            yield from itertools.islice(given, steps)
            assert gate.wait(LIMIT)
            yield from given

        shortened(monkeypatch, lambda began, given: paused(given) if began == kind else given)
        return gate

    yield held_back
    for gate in gates:
        gate.set()


def opened(work: Work) -> AppTest:
    """The screen with its work begun."""
    test = app(work.page, query=work.query)
    if work.after:
        assert test.session_state[work.after].finished.wait(LIMIT)
        test.run()
    if work.begin:
        test.button(work.begin).click().run()
    assert not test.exception
    return test


def ended(test: AppTest, slot: str) -> AppTest:
    assert test.session_state[slot].finished.wait(LIMIT)
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def away_and_back(test: AppTest, page: str) -> AppTest:
    fine(test.switch_page("pages/match.py").run())
    return fine(test.switch_page(f"pages/{page}.py").run())


def keys(test: AppTest) -> set[str]:
    return {button.key for button in test.button}


def test_no_long_work_is_left_out():
    sources = [path.read_text("utf-8") for path in (ROOT / "pages").rglob("*.py")]
    count = sum(len(re.findall(r"\b(?:job|resumable)\.run\(", source)) for source in sources)
    assert count == len(WORK) + 2  # and the downloads, and within `resumable`


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "steps"), [*((kind, 1) for kind in WORK), *((kind, 0) for kind in AT_ONCE)])
def test_stopped_left_returned_to_run_again_and_changed(kind, steps, hold):
    work = WORK[kind]
    gate = hold(kind, steps)
    test = opened(work)
    job = test.session_state[work.slot]
    if steps:
        assert job.begun.wait(LIMIT)
    fine(test.run())
    fine(test.button(f"stop_{work.slot}").click().run())
    assert test.button(f"stop_{work.slot}").disabled
    gate.set()
    test = ended(test, work.slot)
    assert job.stopped
    assert f"stop_{work.slot}" not in keys(test)
    test = away_and_back(test, work.page)
    (more,) = keys(test) & {f"again_{work.slot}", f"resume_{work.slot}"}
    test = fine(test.button(more).click().run())
    assert test.session_state[work.slot] is not job
    test = ended(test, work.slot)
    assert not test.session_state[work.slot].stopped
    assert not keys(test) & {f"again_{work.slot}", f"resume_{work.slot}", f"stop_{work.slot}"}


@pytest.mark.timeout(600)
@kinds
def test_looked_at_early_left_and_changed_while_it_runs(kind, hold, monkeypatch):
    work = WORK[kind]
    gate = hold(kind, 1)
    test = opened(work)
    job = test.session_state[work.slot]
    assert job.begun.wait(LIMIT)
    with recorded(monkeypatch) as messages:
        test = away_and_back(test, work.page)
    clocks = ticking_fragments(messages)
    assert clocks
    assert bad_paths(messages) == []
    assert {clock: bad_paths(messages, without=clock) for clock in clocks} == {clock: [] for clock in clocks}
    assert test.session_state[work.slot] is job
    way, key, value = work.change
    widget = getattr(test, way)(key=key)
    fine((widget.click() if way == "button" else widget.set_value(value)).run())
    gate.set()
    assert job.finished.wait(LIMIT)
    fine(test.run())
