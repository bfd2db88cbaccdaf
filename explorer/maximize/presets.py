"""Ways to climb that tell the story side by side: from plain pixels, which fail, to what the screens use."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maximize.optimizers import Adam, Gradient, NAdam, Optimizer
from explorer.maximize.parameterizations import Fourier, Parameterization, Phases, Pixels
from explorer.maximize.transforms import Transform


@dataclass(frozen=True)
class Preset:
    """What is changed, in which views it must excite the unit (None: as it is), and how far each step goes."""

    summary: str  #: one sentence for the screen
    parameterization: Parameterization
    transform: Transform | None
    optimizer: Optimizer


METHODS: dict[str, Preset] = {
    "pixels": Preset(
        "Every pixel follows its gradient, nothing else: the score soars, the picture is noise.",
        Pixels(),
        None,
        Gradient(0.01),
    ),
    "robust": Preset(
        "Waves of all sizes in natural colours, which must work however the picture is turned, scaled and shifted.",
        Fourier(),
        Transform(),
        Adam(0.05),
    ),
    "magnitude": Preset(
        "As robust, but each size of wave keeps the strength it has in natural pictures: only its place changes.",
        Phases(),
        Transform(),
        NAdam(0.2),
    ),
}
DEFAULT = "magnitude"
