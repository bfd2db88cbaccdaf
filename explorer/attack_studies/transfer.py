"""Made for one network, shown to another: does the change still fool?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.attacks.goals import AttackError
from explorer.attacks.measured import Attack
from explorer.attacks.methods import attack, random_perturbation
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image, resize_crop


@dataclass(frozen=True)
class Verdict:
    """What network `on` says of a picture made for network `made_for`; `clean` is what it says of the original.

    `made_for` is None for the control: random noise of the same size. `fooled`: the two words differ.
    """

    made_for: str | None
    on: str
    said: tuple[str, float]
    clean: tuple[str, float]

    @property
    def fooled(self) -> bool:
        return self.said[0] != self.clean[0]


def transfer(
    networks: Sequence[tuple[str, Network]],
    image: Image,
    *,
    norm: str,
    epsilon: float,
    target: str | None = None,
    steps: int = 20,
) -> Iterator[Verdict]:
    """The rows of a square: an attack on each of the networks (name, network), shown to all; at the end the control.

    The whole adversarial picture is resized to each network's input, not cropped, and so are the original that it is
    compared to and the noise, which is made for the first network. A network that doesn't know the target, or sees it
    already, is attacked without one. Raises AttackError without a network.
    """
    if not networks:
        raise AttackError("A transfer needs at least one network.")
    for name, network in networks:
        yield from _row(name, _attack(network, image, norm, epsilon, target, steps), networks)
    control = random_perturbation(networks[0][1], image, norm=norm, epsilon=epsilon, seed=0)
    yield from _row(None, control, networks)


def _attack(network: Network, image: Image, norm: str, epsilon: float, target: str | None, steps: int) -> Attack:
    try:
        return attack(network, image, norm=norm, epsilon=epsilon, target=target, steps=steps)
    except (AttackError, NetworkError):  # of the target; any other is raised once more
        return attack(network, image, norm=norm, epsilon=epsilon, steps=steps)


def _row(made_for: str | None, found: Attack, networks: Sequence[tuple[str, Network]]) -> Iterator[Verdict]:
    for name, network in networks:
        original, changed = (
            resize_crop(picture, network.input_size, network.input_size)
            for picture in (found.original, found.adversarial)
        )
        yield Verdict(made_for, name, network.predict(changed, 1)[0], network.predict(original, 1)[0])
