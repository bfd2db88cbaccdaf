"""What the mean activation of a cell looks like: its direction maximized, cell after cell."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import partial

from explorer.activation_atlas.cells import Cell
from explorer.cache import memo
from explorer.maximization.gradient_ascent import ascend
from explorer.maximization.objectives import Direction
from explorer.maximization.settings import MaximizationSettings
from explorer.maximization.steps import to_image
from explorer.maximization.workers import batch_size
from explorer.networks.loading import Network
from explorer.pictures.images import Image

SIDE = 96  #: pixels of a cell's picture
STEPS = 32
METHOD = "robust"  #: the clearest of the quick ones for a direction at every place, by eye

Ready = tuple[tuple[int, Image], ...]  #: numbers of directions with their pictures


def direction(layer: str, cell: Cell) -> Direction:
    """What a cell's picture is to excite at every place: the direction of the cell's mean."""
    return Direction(layer, tuple(cell.mean.tolist()))


def painting(
    network: Network,
    directions: Sequence[Direction],
    *,
    size: int = SIDE,
    steps: int = STEPS,
    method: str = METHOD,
    seed: int = 0,
    together: int | None = None,
) -> Iterator[Ready]:
    """Paint each direction: after each step what got ready by it, mostly nothing, so that it can be stopped there.

    So many `together`, by what computes if not given; all begin at the same noise. What was painted before and is still
    kept comes at once, whoever stopped then. Raises NetworkError for a direction that the network lacks.
    """
    settings = MaximizationSettings(size, steps, method)

    def key(one: Direction) -> Hashable:
        return ("direction painted", network, one, size, steps, method, seed)

    known = {number: memo.peek(key(one)) for number, one in enumerate(directions)}
    yield tuple((number, picture) for number, picture in known.items() if picture is not None)
    missing = [number for number, picture in known.items() if picture is None]
    together = together or batch_size(network.device.type)
    for first in range(0, len(missing), together):
        numbers = missing[first : first + together]
        batch = [directions[number] for number in numbers]
        for ascent in ascend(network, batch, [seed] * len(batch), settings):
            if ascent.number < steps:
                yield ()
        pictures = [to_image(pixels, one.name) for pixels, one in zip(ascent.pictures, batch, strict=True)]
        for one, picture in zip(batch, pictures, strict=True):
            memo(key(one), partial(_itself, picture))
        yield tuple(zip(numbers, pictures, strict=True))


def _itself(picture: Image) -> Image:
    return picture
