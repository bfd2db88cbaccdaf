"""The experiments that the screens on overfitting, depth and tricks open with: which networks learn, and how.

Nothing here needs torch; what came of them is read by `runs.py`.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.learning.ensembles.settings import EnsembleSettings, parameters
from explorer.learning.optimization.optimizers import OPTIMIZERS

SEEDS = (0, 1, 2, 3, 4)

# What each experiment's networks have in common …
RANDOM_LABELS = EnsembleSettings(layers=(256, 256), rate=0.003, epochs=60, learned=600)
DIGITS_NETWORK = EnsembleSettings(layers=(128,), rate=0.001, epochs=40)
BATCH_NORM = EnsembleSettings(layers=(64,) * 5, optimizer="SGD", rate=0.1, epochs=10)
DROPOUT = EnsembleSettings(layers=(256, 256), rate=0.001, epochs=60, learned=200)
AUGMENTATION = EnsembleSettings(layers=(128,), rate=0.003, epochs=40)
OPTIMIZATION = EnsembleSettings(epochs=8)
DEEP = EnsembleSettings(batch_norm=True, epochs=10)
WIDE_OR_DEEP = {"spirals": EnsembleSettings(rate=0.01, epochs=150), "digits": EnsembleSettings(rate=0.003, epochs=20)}

# … and in what they differ.
BATCH_NORM_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
DROPOUT_RATES = (0.0, 0.2, 0.5, 0.8)
OPTIMIZER_RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
RESIDUAL_DEPTHS = (4, 8, 16, 32, 64)  #: hidden layers, plain and residual
DEPTHS = (1, 2, 3, 4, 6, 8, 12)  #: hidden layers of networks with equally many parameters
BUDGETS = {"spirals": 700, "digits": 5000}  #: how many parameters, by data
INPUTS_AND_CLASSES = {"spirals": (2, 2), "digits": (64, 10)}


def deep_network(depth: int, *, residual: bool) -> EnsembleSettings:
    """Settings of a network of `depth` hidden layers of 32 units, with residual connections or plain."""
    return replace(DEEP, layers=(32,) * depth, residual=residual)


def network_of_budget(data: str, depth: int, budget: int | None = None) -> EnsembleSettings:
    """Settings of a network for "spirals" or "digits" with `depth` hidden layers of equal width.

    The width, up to 2,048 units, is the one whose number of parameters is nearest to `budget`, of BUDGETS unless given.
    """
    inputs, classes = INPUTS_AND_CLASSES[data]
    budget = budget or BUDGETS[data]
    widths = ((width,) * depth for width in range(1, 2049))
    layers = min(widths, key=lambda layers: abs(parameters(inputs, layers, classes) - budget))
    return replace(WIDE_OR_DEEP[data], layers=layers)


#: What comes with the app, of networks from SEEDS: (data, settings)
SHIPPED = (
    ("digits", DIGITS_NETWORK),
    *(("digits", replace(RANDOM_LABELS, shuffled=shuffled)) for shuffled in (False, True)),
    *(
        ("digits", replace(BATCH_NORM, rate=rate, batch_norm=norm))
        for norm in (False, True)
        for rate in BATCH_NORM_RATES
    ),
    *(("digits", replace(DROPOUT, dropout=share)) for share in DROPOUT_RATES),
    *(("digits", deep_network(depth, residual=one)) for one in (False, True) for depth in RESIDUAL_DEPTHS),
    *(("digits", replace(AUGMENTATION, augmented=strength)) for strength in (0.0, 0.5)),
    *(("digits", replace(OPTIMIZATION, optimizer=one, rate=rate)) for one in OPTIMIZERS for rate in OPTIMIZER_RATES),
    *((data, network_of_budget(data, depth)) for data in BUDGETS for depth in DEPTHS),
)
