"""Methods of maximization that tell the story side by side: from plain pixels, which fail, to what the screens use."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.maximization.normalization_prior import NormalizationPrior
from explorer.maximization.optimizers import Adam, NAdam, NormalizedGradient, Optimizer
from explorer.maximization.parameterizations import Fourier, FreeSpectrum, Maco, Parameterization, Pixels
from explorer.maximization.regularizers import Regularizer
from explorer.maximization.transforms import RandomResizedCrops, RandomTransform, Transform


class MaximizeError(ValueError):
    """Settings of a maximization that can't be used: one sentence says why and what to do."""


@dataclass(frozen=True)
class Preset:
    """What is changed, in which views it must excite the unit (None: as it is), and how far each step goes.

    `regularizer` is what is done to plain pixels after each step; other parameterizations have none. `prior` is what
    being unlike natural pictures costs, by the networks' own statistics. Of `companions`, networks by name, the first
    that isn't the one in use is asked for a class, too. `size` and `steps` are what it needs to do its best.
    Raises MaximizeError for a regularizer where there are no pixels, and where there isn't one view.
    """

    summary: str  #: one sentence for the screen
    parameterization: Parameterization
    transform: RandomTransform | None
    optimizer: Optimizer
    regularizer: Regularizer | None = None
    views: int = 1  #: of each picture at each step
    prior: NormalizationPrior | None = None
    companions: tuple[str, ...] = ()
    size: int = 128  #: side in pixels
    steps: int = 96

    def __post_init__(self) -> None:
        if self.views < 1:
            raise MaximizeError(f"A picture is seen in at least one view at each step, not {self.views}.")
        if self.regularizer is not None and not isinstance(self.parameterization, Pixels):
            raise MaximizeError("Decay, blur and clipping are done to pixels: choose Pixels() or no regularizer.")


# Yosinski et al. 2015, table 1: decay, blur and both shares are theirs. Their rates are for 0 … 255 and 500 to 1000
# steps of one network's classes; here a step's length is set, so that it fits any unit. These rates are the best of
# several tried in 48 steps on four classes of EfficientNet-Lite0 (daisy, flamingo, tiger, sports car), by the
# probability that Lite1 gives the class and by eye; no rate lets it name one first.
METHODS: dict[str, Preset] = {
    "pixels": Preset(
        "Every pixel follows its gradient, nothing else: the score soars, the picture is noise.",
        Pixels(),
        None,
        NormalizedGradient(0.01),
    ),
    "small norm": Preset(
        "Blurred now and then, and the half of the pixels nearest to grey is made grey (Yosinski’s first setting).",
        Pixels(),
        None,
        NormalizedGradient(0.05),
        Regularizer(blur=0.5, every=4, small_norm=50),
    ),
    "decay": Preset(
        "Every pixel is drawn towards grey at each step, and weak ones are made grey (Yosinski’s second setting).",
        Pixels(),
        None,
        NormalizedGradient(0.12),
        Regularizer(decay=0.3, small_norm=20),
    ),
    "blur": Preset(
        "Blurred every fourth step: no fine noise builds up (Yosinski’s third setting, that of most of their figures).",
        Pixels(),
        None,
        NormalizedGradient(0.1),
        Regularizer(decay=1e-4, blur=1.0, every=4),
    ),
    "contribution": Preset(
        "Only the tenth of the pixels that matter most for the unit stays, the rest is made grey "
        "(Yosinski’s fourth setting).",
        Pixels(),
        None,
        NormalizedGradient(0.02),
        Regularizer(blur=0.5, every=4, small_contribution=90),
    ),
    "robust": Preset(
        "Waves of all sizes in natural colours, which must work however the picture is turned, scaled and shifted.",
        Fourier(),
        Transform(),
        Adam(0.05),
    ),
    "maco": Preset(
        "As robust, but each size of wave keeps the strength it has in natural pictures: only its place changes.",
        Maco(),
        Transform(),
        NAdam(0.2),
    ),
}
_RECOGNISABLE = Preset(
    "Zoomed-in views; waves may move and grow; every layer’s statistics are kept natural.",
    FreeSpectrum(),
    RandomResizedCrops(),
    NAdam(0.2, last=0.02),
    views=2,
    prior=NormalizationPrior(),
    size=224,
    steps=160,
)
METHODS["recognisable"] = _RECOGNISABLE
METHODS["two networks"] = replace(
    _RECOGNISABLE,
    summary=f"{_RECOGNISABLE.summary[:-1]}; a class must please a second network, too.",
    companions=("efficientnet_lite1", "efficientnet_lite0"),
)
DEFAULT = "maco"
