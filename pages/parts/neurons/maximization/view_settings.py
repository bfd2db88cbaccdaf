"""The knobs of what a picture is judged by: the views of it, and how natural its statistics are."""

from __future__ import annotations

from explorer.maximization.normalization_prior import NormalizationPrior
from explorer.maximization.transforms import RandomResizedCrops, RandomTransform, Transform
from pages.parts.neurons.maximization.knobs import Knobs, name_of

_VIEWS = {"near": Transform, "zooming in": RandomResizedCrops}


def transform(control: Knobs, preset: RandomTransform | None) -> RandomTransform | None:
    """In which views the unit must stay excited; None for the picture as it is."""
    if not control.toggle("random_views", preset is not None):
        return None
    if control.choice("which_views", list(_VIEWS), name_of(_VIEWS, preset or Transform())) == "zooming in":
        return _windows(control, preset if isinstance(preset, RandomResizedCrops) else RandomResizedCrops())
    given = preset if isinstance(preset, Transform) else Transform()
    smallest = control.slider("smallest_scale", (0.3, 1.0, 0.05), given.smallest)
    return Transform(
        control.slider("turned_by_up_to", (0.0, 45.0, 1.0), given.angle_deg),
        smallest,
        control.slider("largest_scale", (1.0, 2.0, 0.05), given.largest),
        control.slider("shifted_by_up_to", (0.0, 0.5, 0.01), given.shift),
        control.slider("noise", (0.0, 0.2, 0.01), given.noise),
    )


def _windows(control: Knobs, given: RandomResizedCrops) -> RandomResizedCrops:
    return RandomResizedCrops(
        control.slider("smallest_window", (0.2, 1.0, 0.05), given.smallest),
        control.slider("largest_window", (1.0, 1.5, 0.05), given.largest),
        control.slider("windows_turned_by_up_to", (0.0, 45.0, 1.0), given.angle_deg),
        control.slider("noise_at_the_start", (0.0, 0.2, 0.01), given.noise),
        control.slider("noise_at_the_end", (0.0, 0.2, 0.01), given.last_noise),
    )


def prior(control: Knobs, preset: NormalizationPrior | None) -> NormalizationPrior | None:
    """What being unlike natural pictures costs; None for nothing."""
    if not control.toggle("natural_statistics", preset is not None):
        return None
    given = preset or NormalizationPrior()
    weight = control.slider("their_weight", (0.0, 30.0, 0.5), given.weight)
    share = control.slider("their_weight_for_other_units", (0.0, 3.0, 0.1), given.share)
    return NormalizationPrior(weight, share, given.first)
