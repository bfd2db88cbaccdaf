"""Units from which to follow circuits: detectors of an edge, a curve and a part, found by what excites them."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maximization import Unit
from explorer.networks.loading import Network

NETWORK = "efficientnet_lite0"


@dataclass(frozen=True)
class StartingPoint:
    """A channel of the network that the app opens with, and what measurement says that it detects.

    `tests/test_starting_points.py` measures it again.
    """

    layer: str
    channel: int
    says: str

    def is_of(self, unit: Unit) -> bool:
        """Whether a unit is of this channel, wherever it looks."""
        return (self.layer, self.channel) == (unit.layer, unit.channel)


STARTING_POINTS = {
    "an edge": StartingPoint(
        "blocks.1.1", 9, "An edge detector. It responds most to a straight edge, dark above and light below."
    ),
    "a curve": StartingPoint(
        "blocks.3.0",
        44,
        "A curve detector: an arc that bulges to the right excites it over twice as much as any straight edge or line.",
    ),
    "a part": StartingPoint(
        "blocks.4.2", 51, "A detector of parts: of all places in the samples the cat’s eye excites it most, then coins."
    ),
}
FIRST = STARTING_POINTS["a curve"]  # from which edges lie before, and parts behind


def opening(net: Network) -> tuple[str, int] | None:
    """The layer and channel to open with: the same with random weights, which are the control; None for others."""
    return (FIRST.layer, FIRST.channel) if net.name == NETWORK and not net.own else None


def starting_points(net: Network) -> dict[str, StartingPoint]:
    """The starting points by name, for the network that they are measured in; {} for others."""
    return STARTING_POINTS if net.name == NETWORK and net.trained and not net.own else {}
