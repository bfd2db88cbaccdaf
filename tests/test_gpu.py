"""Where tensors lie, without a GPU: on a pretend one every study, batch and training goes through, and works there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.activation_atlas import lay_out, sampling
from explorer.attack_studies.checks import sanity_checks
from explorer.attack_studies.epsilon_curves import epsilon_curve
from explorer.attack_studies.explanations import layer_distances, linearization
from explorer.attack_studies.many_pictures import success_rates
from explorer.attack_studies.printable_patch import printable_patch
from explorer.attack_studies.robust_examples import robust_examples
from explorer.attack_studies.smallest import smallest_epsilon
from explorer.attack_studies.surfaces import loss_surface
from explorer.attack_studies.survival import survival
from explorer.attack_studies.transfer import transfer
from explorer.attack_studies.universal import universal_perturbation
from explorer.attacks.controls import draw_controls, shuffled_control
from explorer.attacks.goals import find_goal
from explorer.attacks.methods import METHODS, AttackSettings
from explorer.cache import forget_all
from explorer.dataset_examples.index import indexing
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.learning.datasets.digits import split_digits
from explorer.learning.exemplar_cnn.training import TrainingSettings, as_network, train
from explorer.learning.robustness.adversarial_training import WAYS as LEARNERS
from explorer.learning.robustness.adversarial_training import AdversarialTraining, train_adversarially
from explorer.maximization import METHODS as WAYS
from explorer.maximization import Between, Caricature, Direction, MaximizationSettings, Unit, diverse_pictures, maximize
from explorer.maximization.gradient_ascent import ascend
from explorer.maximization.peak_and_mean import peak_and_mean
from explorer.networks.gradients.folded import for_gradients
from explorer.pictures.images import from_array
from explorer.responses.circuits import circuit, expanded_kernels
from explorer.responses.contributions import contributions, effective_field
from explorer.responses.decisions import decision, lead_change
from explorer.responses.downstream import downstream_values
from explorer.responses.gradcam import grad_cam, last_with_places
from explorer.responses.invariance import sweep
from explorer.responses.layer_summaries import layer_summaries
from explorer.responses.occlusion import occlusion
from tests.support.pretend_gpu import GPU, PretendGpu, pretended
from tests.support.small import noisy_picture, small_module

PICTURE, OTHERS = noisy_picture(1), [noisy_picture(seed) for seed in (2, 3, 4)]
UNIT, EPSILON = Unit("2.first", 3), 8 / 255
BRICK = from_array(np.random.default_rng(5).integers(0, 256, (96, 96, 3), np.uint8), "a brick")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendGpu]:
    forget_all()
    monkeypatch.setattr("explorer.attack_studies.checks._QUERIES", 4)
    with pretended() as pretend:
        yield pretend
    forget_all()  # what was kept lies on the GPU


def small(seed: int = 0) -> explorer.Network:
    return explorer.wrap_network(small_module(seed), input_size=32, mean=(0.5,) * 3, std=(0.25,) * 3)


def goal(network: explorer.Network) -> Any:
    return find_goal(network, PICTURE)


def attacked(network: explorer.Network) -> explorer.Attack:
    return explorer.attack(network, PICTURE, epsilon=EPSILON, steps=2)


def control(network: explorer.Network) -> explorer.Attack:
    return explorer.random_perturbation(network, PICTURE, norm="linf", epsilon=EPSILON)


STUDIES: dict[str, Callable[[explorer.Network], Any]] = {
    "diverse_pictures": lambda n: n.predict(PICTURE),
    "maps": lambda n: [explorer.feature_maps(n, PICTURE, layer.name) for layer in n.layers],
    "filters": explorer.first_layer_filters,
    "places": lambda n: layer_summaries(n, PICTURE, "strongest"),
    "Grad-CAM": lambda n: grad_cam(n, PICTURE, 0, last_with_places(n).name),
    "occlusion": lambda n: occlusion(n, PICTURE, 0, side=8, count=3),
    "invariance": lambda n: [list(sweep(n, PICTURE, kind, [0.5, 1.0])) for kind in ("slide", "rotate", "scale")],
    "contributions": lambda n: contributions(n, PICTURE, UNIT.layer, UNIT.channel, (2, 2)),
    "effective field": lambda n: effective_field(n, PICTURE, UNIT),
    "circuit": lambda n: circuit(n, PICTURE, Unit("2.first", 3, (2, 2))),
    "expanded kernels": lambda n: expanded_kernels(n, PICTURE, Unit("2.first", 3, (2, 2))),
    "downstream": lambda n: downstream_values(n, PICTURE, Unit("0", 1, (4, 4)), "2.second"),
    "decision": lambda n: decision(n, PICTURE, 0),
    "lead change": lambda n: lead_change(n, PICTURE, attacked(n).adversarial, 0, 1),
    **{f"attack, {name}": partial(explorer.attack, image=PICTURE, method=name, steps=2, pixels=3) for name in METHODS},
    "attack, l2 from random starts": lambda n: explorer.attack(
        n, PICTURE, norm="l2", epsilon=0.3, target=3, steps=2, random_start=True, restarts=2
    ),
    "controls": lambda n: [draw_controls(n, attacked(n), goal(n)), shuffled_control(n, PICTURE, attacked(n), goal(n))],
    "ε curve": lambda n: list(epsilon_curve(n, PICTURE, goal(n), AttackSettings(steps=2), sizes=[EPSILON], draws=2)),
    "smallest ε": lambda n: list(smallest_epsilon(n, PICTURE, goal(n), steps=2)),
    "made to survive": lambda n: list(
        robust_examples(n, PICTURE, goal(n), norm="linf", epsilons=[EPSILON], steps=2, samples=2)
    ),
    "survival": lambda n: survival(n, attacked(n), control(n), goal(n)),
    "loss around": lambda n: list(loss_surface(n, PICTURE, attacked(n), goal(n), points=3)),
    "as a linear model": lambda n: linearization(n, PICTURE, goal(n), norm="linf", epsilon=EPSILON),
    "distances": lambda n: layer_distances(n, attacked(n), control(n)),
    "transfer": lambda n: list(
        transfer([("one", n), ("other", small(1))], PICTURE, AttackSettings(epsilon=EPSILON, steps=2), draws=2)
    ),
    "peak and mean": lambda n: peak_and_mean(n, PICTURE, UNIT),
}
BATCHES: dict[str, Callable[[explorer.Network], Any]] = {
    "many pictures": lambda n: list(
        success_rates(n, OTHERS, norm="linf", epsilons=[EPSILON], steps=2, momentum=1.0, draws=2)
    ),
    "one change for all": lambda n: list(universal_perturbation(n, OTHERS, epsilon=EPSILON, steps=2)),
    "a patch to print": lambda n: list(printable_patch(n, OTHERS, target=1, side=8, steps=2)),
    "sanity": lambda n: list(sanity_checks(n, OTHERS, epsilon=EPSILON, steps=2)),
    "examples": lambda n: explorer.top_examples(n, UNIT, OTHERS),
    "index": lambda n: list(indexing(n, UNIT.layer, unpack_uploads([(one.name, one.png()) for one in OTHERS]))),
    "activation atlas": lambda n: lay_out(
        n,
        [*sampling(n, "2.first", unpack_uploads([(one.name, one.png()) for one in OTHERS]))][-1],
        layout="PCA",
        grid=2,
    ),
    "several units": lambda n: list(
        ascend(n, [Unit("0", channel) for channel in range(3)], [0, 1, 2], MaximizationSettings(size=32, steps=2))
    ),
    "four answers": lambda n: list(diverse_pictures(n, UNIT, MaximizationSettings(size=32, steps=2))),
    **{f"climb, {name}": lambda n, m=name: list(maximize(n, UNIT, size=32, steps=2, method=m)) for name in WAYS},
    "climb between": lambda n: list(maximize(n, Between(UNIT, Unit("2.first", 4), 0.5), size=32, steps=2)),
    "caricature": lambda n: list(maximize(n, Caricature("2.first", PICTURE, 1.0), size=32, steps=2)),
    "climb in a direction": lambda n: list(maximize(n, Direction("2.first", tuple(range(8))), size=32, steps=2)),
}


@pytest.mark.parametrize("study", [*STUDIES, *BATCHES])
def test_all_passes_are_on_the_gpu_and_nothing_meets_the_cpus(study: str, gpu: PretendGpu) -> None:
    network = small()
    assert network.device == GPU
    (STUDIES | BATCHES)[study](network)
    assert gpu.heavy["gpu"] or study == "filters"
    assert not gpu.heavy["cpu"]


def test_filters_are_learned_there_and_become_a_network(gpu: PretendGpu) -> None:
    settings = TrainingSettings(filters=4, patches=8, views=2, epochs=1)
    *_, last = train([BRICK], settings)
    assert "convolution_backward" in gpu.heavy["gpu"]
    assert not gpu.heavy["cpu"]
    assert last.filters.shape[0] == 4
    assert as_network(last).predict(PICTURE)


def test_networks_are_defended_there(gpu: PretendGpu, monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(digits.first(64) for digits in split_digits())
    monkeypatch.setattr("explorer.learning.robustness.adversarial_training.split_digits", lambda: few)
    epochs = train_adversarially(AdversarialTraining(epochs=1, steps=1))
    (first,) = islice(epochs, 1)
    assert "convolution_backward" in gpu.heavy["gpu"]
    assert not gpu.heavy["cpu"]
    assert {0 <= first.quick[way].value <= 1 for way in LEARNERS} == {True}


def test_the_pretend_gpu_refuses_what_a_gpu_refuses_and_computes_the_same(gpu: PretendGpu) -> None:
    here = torch.arange(6.0).view(2, 3)
    there = here.to(GPU)
    with pytest.raises(RuntimeError, match="on the same device"):
        there + here
    with pytest.raises(RuntimeError, match="on the same device"):
        torch.nn.functional.linear(there, here)
    with pytest.raises(RuntimeError, match="for generator"):
        torch.randn(3, generator=torch.Generator(), device=GPU)
    with pytest.raises((TypeError, RuntimeError), match="numpy"):
        there.numpy()
    assert torch.equal((there * 2 + torch.tensor(1.0)).cpu(), here * 2 + 1)
    assert torch.equal(there[torch.tensor([1])].cpu(), here[1:])
    there[0] = here[1]
    assert there.tolist() == [[3, 4, 5], [3, 4, 5]]


def test_the_folded_twin_is_there_too(gpu: PretendGpu) -> None:
    network = small()
    twin = for_gradients(network)
    assert twin is not network.module
    assert {parameter.device for parameter in twin.parameters()} == {GPU}
