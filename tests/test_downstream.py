"""From the sum a convolution makes to the number a block gives: every step's value, and what is added on the way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.networks.loading import NetworkError
from explorer.responses.downstream import LayerValue, downstream_values
from explorer.responses.units import Unit
from tests.support.small import small_network


def value(network: explorer.Network, layer: str, channel: int, place: tuple[int, int]) -> float:
    return float(explorer.feature_maps(network, explorer.sample("coffee"), layer)[channel][place])


@pytest.mark.parametrize("cut_off", [False, True])
def test_a_residual_block_adds_what_went_around_and_cuts_it_off(cut_off: bool) -> None:
    network, image = small_network(), explorer.sample("coffee")
    channel, row, column = np.argwhere((explorer.feature_maps(network, image, "2") == 0) == cut_off)[7].tolist()
    place = row, column
    steps = downstream_values(network, image, Unit("2.second", channel, place), "2")
    assert [(step.layer, step.added) for step in steps] == [("2.second", False), ("1", True), ("2", False)]
    assert [step.value for step in steps] == [value(network, name, channel, place) for name in ("2.second", "1", "2")]
    made, around, result = (step.value for step in steps)
    assert (made + around < 0) == cut_off
    assert result == pytest.approx(max(made + around, 0), abs=1e-5)


def test_a_step_that_only_passes_the_value_on_is_told_once() -> None:
    network = small_network()
    values = explorer.feature_maps(network, explorer.sample("coffee"), "0")
    channel, row, column = (int(n[0]) for n in (values > 0).nonzero())
    steps = downstream_values(network, explorer.sample("coffee"), Unit("0", channel, (row, column)), "1")
    assert steps == (LayerValue("1", float(values[channel, row, column])),)


class Scaled(nn.Module):
    """What goes around is added to half of what the convolution gives, which no layer halves."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.head = nn.Conv2d(3, 4, 3, 2), nn.Conv2d(4, 4, 3, 1, 1), nn.Linear(4, 5)
        self.bend = nn.Tanh()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        return self.head(self.bend(x + 0.5 * self.second(x)).mean((2, 3)))


def test_what_is_scaled_on_the_way_is_not_told_as_a_sum() -> None:
    torch.manual_seed(0)
    network = explorer.wrap_network(Scaled(), input_size=24, device="cpu")
    steps = downstream_values(network, explorer.sample("coffee"), Unit("second", 1, (4, 4)), "bend")
    assert [(step.layer, step.added) for step in steps] == [("second", False), ("bend", False)]


def test_nothing_follows_into_maps_of_another_shape_or_backwards() -> None:
    network, image = small_network(), explorer.sample("coffee")
    assert downstream_values(network, image, Unit("2.second", 0, (0, 0)), "3") == ()
    assert downstream_values(network, image, Unit("2.second", 0, (0, 0)), "1") == ()
    with pytest.raises(NetworkError, match="no layer"):
        downstream_values(network, image, Unit("2.second", 0, (0, 0)), "nowhere")
    with pytest.raises(NetworkError, match="channels 0 to 7"):
        downstream_values(network, image, Unit("2.second", 8, (0, 0)), "2")
