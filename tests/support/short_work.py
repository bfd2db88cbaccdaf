"""Long work that ends after a few of its steps: where it is held what a screen does with it, and not what it finds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from explorer.activation_atlas import sampling
from explorer.attack_studies import printable_patch
from explorer.cache import Memo
from explorer.jobs import Job
from explorer.learning.ensembles import experiments
from explorer.learning.exemplar_cnn.training import TrainingSettings
from explorer.maximization import METHODS, MaximizationSettings
from explorer.pictures import samples
from pages.parts.adversarial import many_pictures_words, per_image
from pages.parts.learning import digits_network, dropout, random_labels, training_settings
from pages.parts.neurons.activation_atlas import controls, view
from pages.parts.neurons.maximization import method_settings, unit_pictures

#: Steps after which a long study ends, by the first part of its job's key.
FEW = {"robust examples": 2, "many": 3, "checks": 3, "epsilon curve": 3, "surface": 3, "transfer": 3, "universal": 2,
       "compared": 4, "printable patch": 2, "unit pictures": 2,
       "every channel": 2, "activation atlas": 4}  # fmt: skip
Steps = Iterator[Any]


def _as_they_are(_: str, steps: Steps) -> Steps:
    return steps


def shortened(
    patch: pytest.MonkeyPatch, held: Callable[[str, Steps], Steps] = _as_they_are, few: Mapping[str, int] = FEW
) -> None:
    """Jobs from now on take so few steps, each through `held` by its kind; none is there already, and none stays."""
    begin = Job.__init__

    def wrapped(self: Job[Any, Any], key: Any, steps: Steps, keep: Callable[[Any], Any]) -> None:
        kind = key[0] if isinstance(key, tuple) else key
        begin(self, key, held(kind, itertools.islice(steps, few.get(kind))), keep)

    patch.setattr("pages.parts.widgets.job.memo", Memo(2**28))
    patch.setattr(Job, "__init__", wrapped)


def small_steps(patch: pytest.MonkeyPatch) -> None:
    """What one step costs is little, too."""
    few_sizes(patch)
    patch.setattr("pages.parts.adversarial.robust_examples._STEPS", 2)
    patch.setattr(method_settings, "usual", lambda method: MaximizationSettings(48, 8, METHODS[method]))
    patch.setattr(training_settings, "TrainingSettings", partial(TrainingSettings, patches=8, views=4, epochs=3))
    patch.setattr(printable_patch, "PLACES", 1)
    patch.setattr(unit_pictures, "STEPS", 2)
    patch.setattr(controls, "STEPS", 1)
    patch.setattr(view, "sampling", partial(sampling, most=16))


def small_gallery(patch: pytest.MonkeyPatch) -> None:
    """There are three samples, for Many pictures; other screens open with some that are then missing."""
    few = samples.sample_names()[:3]
    patch.setattr(samples, "sample_names", lambda: few)


def few_sizes(patch: pytest.MonkeyPatch) -> None:
    """Many pictures are attacked at three ε, the least, the middle and the largest, and the code lists those."""
    for module in (per_image, many_pictures_words):
        patch.setattr(module, "LEVELS", (0.5, 2.0, 8.0))
        patch.setattr(module, "SIZES", (0.1, 1.0, 4.0))


def few_epochs(patch: pytest.MonkeyPatch) -> None:
    """Networks that are compared learn for a short while, and the settings that they are shown with say so."""
    for module, name in ((digits_network, "DIGITS_NETWORK"), (random_labels, "RANDOM_LABELS"), (dropout, "DROPOUT")):
        patch.setattr(module, name, replace(getattr(module, name), epochs=3))
    patch.setitem(experiments.WIDE_OR_DEEP, "digits", replace(experiments.WIDE_OR_DEEP["digits"], epochs=3))
