"""On a GPU as on the CPU? `python -m benchmarks.gpu` computes the same on both, compares, and tells how much sooner.

It takes less than four minutes, fetches nothing, and needs an NVIDIA GPU; without one it says so. `make bench` leaves
it out: its figures depend on the GPU, not on us.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

import explorer
from benchmarks.measure import Figure, interleave, timed
from explorer.attack_studies.many_pictures import success_rates
from explorer.cache import memo
from explorer.learning.exemplar_cnn.training import TrainingSettings, train
from explorer.learning.robustness.adversarial_training import AdversarialTraining, train_adversarially
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network, load_network
from explorer.pictures.samples import sample
from explorer.responses.gradcam import grad_cam, last_with_places
from explorer.responses.occlusion import occlusion

Values = NDArray[np.floating]
NONE = "There is no NVIDIA GPU that this torch can use here, so there is nothing to check: the CPU computes all."
NETWORK, STEPS, EPSILON = "efficientnet_lite0", 10, 2 / 255
ROUNDS = 5


@dataclass(frozen=True)
class Check:
    """What is computed on both, and by how much the two may differ, as a share of the largest value."""

    name: str
    compute: Callable[[Network], Values]
    apart: float  # convolutions on a GPU round to ten bits (TF32) unless they are told not to
    timed: bool = True


def _logits(network: Network) -> Values:
    with torch.inference_mode():
        return network.module(network.tensor(sample("coffee"))).cpu().numpy()


def _gradient(network: Network) -> Values:
    x = network.tensor(sample("coffee")).requires_grad_()
    (found,) = torch.autograd.grad(for_gradients(network)(x).max(), x)
    return found.cpu().numpy()


def _maps(network: Network) -> Values:
    return explorer.feature_maps(network, sample("coffee"), "blocks.2")


def _cam(network: Network) -> Values:
    return grad_cam(network, sample("coffee"), 0, last_with_places(network).name)


def _covered(network: Network) -> Values:
    return occlusion(network, sample("coffee"), 967, side=56, count=4)


def _fooled(network: Network) -> Values:
    found = explorer.attack(network, sample("flower"), epsilon=EPSILON, steps=STEPS)
    return np.array([float(found.success), float(found.linf <= EPSILON + 1e-6)])


def _many(network: Network) -> Values:
    images = [sample(name) for name in ("flower", "cat")]
    results = success_rates(network, images, norm="linf", epsilons=[8 / 255], steps=STEPS)
    return np.array([float(one.fooled[0]) for one in results])


def _climbed(network: Network) -> Values:
    *_, last = explorer.maximize(network, explorer.Unit("blocks.2", 3), size=96, steps=24)
    return np.array([last.score])


def _defended(network: Network) -> Values:
    settings = AdversarialTraining(epochs=1, steps=1)
    first = next(train_adversarially(settings, device=str(network.device)))
    return np.array([one.value for one in first.clean.values()])


def _learned(network: Network) -> Values:
    settings = TrainingSettings(filters=4, patches=8, views=2, epochs=2)
    *_, last = islice(train([sample("brick")], settings, seed=0, device=str(network.device)), 3)
    return np.array([last.loss])


CHECKS = (
    Check("logits", _logits, 0.02),
    Check("gradient through the folded twin", _gradient, 0.05),
    Check("feature maps of blocks.2", _maps, 0.02),
    Check("Grad-CAM", _cam, 0.05),
    Check("occlusion, 16 places", _covered, 0.05),
    Check(f"PGD, {STEPS} steps: fools, within ε", _fooled, 0.0),
    Check("many pictures: fooled", _many, 0.0),
    Check("maximization, 24 steps: score", _climbed, 0.1),
    Check("adversarial training, an epoch: accuracy", _defended, 0.15, timed=False),
    Check("learning filters, two epochs: loss", _learned, 0.15, timed=False),
)


def figures(device: str = "cuda", rounds: int = ROUNDS) -> Iterator[Figure]:
    """Each check on the device (ours) and on the CPU (theirs): milliseconds, and whether both come to the same."""
    there, here = load_network(NETWORK, device=device), load_network(NETWORK, device="cpu")
    for check in CHECKS:
        yield _checked(check, there, here, rounds)


def _checked(check: Check, there: Network, here: Network, rounds: int) -> Figure:
    one, other = check.compute(there), check.compute(here)
    largest = float(np.abs(other).max()) or 1.0
    apart = float(np.abs(one - other).max()) / largest
    medians = (1.0, 1.0)  # of a training nobody waits for the first epoch
    if check.timed:
        medians = interleave(timed(_waited(check, there)), timed(_waited(check, here)), rounds=rounds, warm_up=1)
    holds = bool(np.isfinite(one).all()) and apart <= check.apart
    return Figure(
        f"gpu: {check.name}", *medians, None, holds=holds, note=f"apart by {apart:.1e}, {check.apart:g} may be"
    )


def _waited(check: Check, network: Network) -> Callable[[], None]:
    def once() -> None:
        memo.forget()  # what is timed is computed
        check.compute(network)
        if network.device.type == "cuda":
            torch.cuda.synchronize()

    return once


def main(device: str = "cuda") -> int:
    """Returns the exit status: 1 where the two differ."""
    if not torch.cuda.is_available():
        print(NONE)
        return 0
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}; ours: the GPU, theirs: the CPU; milliseconds")
    ok = True
    for figure in figures(device):
        print(figure.line(), flush=True)
        ok &= figure.ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
