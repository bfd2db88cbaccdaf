"""The neuron's card with short ascents."""

from __future__ import annotations

FEW = {"unit_advanced": "true", "unit_maco_steps": "8", "unit_maco_side_in_pixels": "32",
       "unit_recognisable_steps": "8", "unit_recognisable_side_in_pixels": "32"}  # fmt: skip
EARLY = {"unit_layer": "blocks.0", "unit_channel": "3"}


def run_to_end(test):
    for slot in ("maximization", "index"):
        assert test.session_state[slot].finished.wait(60)
    test.run()
    assert not test.exception
    return test


def kept(test):
    return test.session_state["maximization"].kept
