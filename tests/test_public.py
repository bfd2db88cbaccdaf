"""What `explorer` offers by its own name: all that its design promises, and the errors that it raises."""

from __future__ import annotations

import builtins
import re

import pytest

import explorer

#: names on which notebooks and the design rely
PROMISED = {
    "Attack", "Example", "Image", "Network", "Step", "Unit", "attack", "backpropagate", "convolve", "double_descent",
    "feature_maps", "first_layer_filters", "load_network", "maximize", "minimum_norm_fit", "open_image",
    "random_perturbation", "sample", "sample_names", "top_examples", "train_plane", "wrap_network",
}  # fmt: skip


def test_all_that_is_promised_is_there():
    assert PROMISED - set(explorer.__all__) == set()


@pytest.mark.parametrize("name", explorer.__all__)
def test_a_public_name_says_what_it_is_and_its_errors_are_public(name):
    value = getattr(explorer, name)
    assert name in dir(explorer)
    if not callable(value):
        return
    assert value.__doc__
    raised = set(re.findall(r"\b[A-Z]\w*Error\b", value.__doc__))
    assert {error for error in raised if not hasattr(builtins, error)} <= {*explorer.__all__}


def test_everything_public_can_be_imported_at_once():
    space: dict[str, object] = {}
    exec("from explorer import *", space)
    assert set(explorer.__all__) <= space.keys()
