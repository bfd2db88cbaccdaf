"""What the story of circuits says of its units, measured with drawn edges, lines and arcs, and with the samples."""

from __future__ import annotations

import numpy as np
import torch

import explorer
from explorer.pictures.samples import sample_names
from explorer.responses.activations import outputs
from pages.parts.neurons.circuits.starting_points import FIRST, STARTING_POINTS

DIRECTIONS = 16
RADII = (15, 25, 45)
AROUND = 128  # pixels: all that the curve's unit in the middle sees, and beyond
CAT_EYES = ((50, 88, 35, 105), (75, 125, 168, 212))  #: top, bottom, left, right in the prepared picture


def soft(distance):
    return 1 / (1 + np.exp(-distance))


def drawn(side, *, curved: bool) -> list[np.ndarray]:
    """Through the middle, in all directions: straight edges and lines, or the edges of discs and rings."""
    rows, columns = np.mgrid[:side, :side] - side / 2
    shapes = []
    for angle in 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
        across = columns * np.cos(angle) + rows * np.sin(angle)
        far = [
            radius - np.hypot(columns - radius * np.cos(angle), rows - radius * np.sin(angle)) for radius in RADII
        ] if curved else [across]  # fmt: skip
        shapes += [soft(one) for one in far]
        shapes += [soft(width / 2 - np.abs(one)) for one in far for width in (4, 8)]
    return [0.5 + 0.35 * sign * (2 * shape - 1) for shape in shapes for sign in (1, -1)]


def answers(network, point, pictures) -> np.ndarray:
    """The unit's mean value around the middle of each picture."""
    found = []
    with torch.no_grad():
        for first in range(0, len(pictures), 16):
            grey = np.repeat(np.stack(pictures[first : first + 16])[:, None], 3, 1)
            x = torch.from_numpy(grey.astype(np.float32))
            maps = outputs(network, x, [point.layer])[point.layer][:, point.channel]
            middle = maps.shape[-1] // 2
            found.append(maps[:, middle - 1 : middle + 1, middle - 1 : middle + 1].mean((1, 2)))
    return torch.cat(found).numpy()


def test_the_edge_is_seen_best_one_way_round(lite0):
    side = lite0.input_size
    rows, columns = np.mgrid[:side, :side] - side / 2
    light_below, light_right = 0.5 + 0.35 * np.tanh(rows), 0.5 + 0.35 * np.tanh(columns)
    below, above, right, left = answers(
        lite0, STARTING_POINTS["an edge"], [light_below, 1 - light_below, light_right, 1 - light_right]
    )
    assert below > 10
    assert max(above, right, left) < below / 3


def test_the_curve_sees_nothing_of_what_is_farther_out(lite0):
    whole, part = (drawn(side, curved=True)[:4] for side in (lite0.input_size, AROUND))
    np.testing.assert_allclose(answers(lite0, FIRST, part), answers(lite0, FIRST, whole), rtol=1e-4, atol=1e-4)


def test_the_curve_is_seen_twice_as_strongly_as_anything_straight(lite0):
    straight, curved = (drawn(AROUND, curved=curved) for curved in (False, True))
    by_arcs = answers(lite0, FIRST, curved)
    assert by_arcs.max() > 2 * answers(lite0, FIRST, straight).max() > 0
    each = len(curved) // DIRECTIONS
    angle = 2 * np.pi * (int(by_arcs.argmax()) // each) / DIRECTIONS
    assert np.cos(angle) < -0.7  # towards the disc's middle: it lies to the left, so the arc bulges to the right


def test_of_all_samples_the_cats_eye_excites_the_part_most(lite0):
    part = STARTING_POINTS["a part"]
    maps = {name: explorer.feature_maps(lite0, explorer.sample(name), part.layer)[part.channel]
            for name in sample_names()}  # fmt: skip
    first, second, *_ = sorted(maps, key=lambda name: -float(maps[name].max()))
    assert (first, second) == ("cat", "coins")
    row, column = np.unravel_index(int(maps["cat"].argmax()), maps["cat"].shape)
    y, x = ((place + 0.5) * lite0.input_size / maps["cat"].shape[0] for place in (row, column))
    assert any(top <= y <= bottom and left <= x <= right for top, bottom, left, right in CAT_EYES)
