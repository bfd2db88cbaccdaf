"""The knobs of what a picture is judged by: the views of it, and how natural its statistics are."""

from __future__ import annotations

from explorer.maximization.normalization_prior import NormalizationPrior
from explorer.maximization.transforms import Drawing, RandomResizedCrops, Transform
from pages.parts.neurons.maximization.knobs import Knobs, name_of

_VIEWS = {"near": Transform, "zooming in": RandomResizedCrops}


def transform(control: Knobs, preset: Drawing | None) -> Drawing | None:
    """In which views the unit must stay excited."""
    sentence = "The unit must stay excited when the picture is turned, scaled and shifted."
    if not control.toggle("Random views", preset is not None, sentence):
        return None
    start = name_of(_VIEWS, preset or Transform())
    if control.choice("Which views", list(_VIEWS), start, "Of the whole picture, or windows of it.") == "zooming in":
        return _windows(control, preset if isinstance(preset, RandomResizedCrops) else RandomResizedCrops())
    given = preset if isinstance(preset, Transform) else Transform()
    smallest = control.slider("Smallest scale", 0.3, 1.0, given.smallest, 0.05, "How small the motif may be shown.")
    return Transform(
        control.slider("Turned by up to, °", 0.0, 45.0, given.angle_deg, 1.0, "To either side."),
        smallest,
        control.slider("Largest scale", 1.0, 2.0, given.largest, 0.05, "How large the motif may be shown."),
        control.slider("Shifted by up to, share of the side", 0.0, 0.5, given.shift, 0.01, "In any direction."),
        control.slider("Noise", 0.0, 0.2, given.noise, 0.01, "Added to each view, so that no faint pattern counts."),
    )


def _windows(control: Knobs, given: RandomResizedCrops) -> RandomResizedCrops:
    return RandomResizedCrops(
        control.slider("Smallest window", 0.2, 1.0, given.smallest, 0.05, "As a share of the picture's side."),
        control.slider("Largest window", 1.0, 1.5, given.largest, 0.05, "Above 1 the edges are mirrored."),
        control.slider("Windows turned by up to, °", 0.0, 45.0, given.angle_deg, 1.0, "To either side."),
        control.slider("Noise at the start", 0.0, 0.2, given.noise, 0.01, "Added to each view."),
        control.slider("Noise at the end", 0.0, 0.2, given.last_noise, 0.01, "Less than at the start: fine at last."),
    )


def prior(control: Knobs, preset: NormalizationPrior | None) -> NormalizationPrior | None:
    """What being unlike natural pictures costs."""
    sentence = "What each batch normalization takes in must have the mean and spread that it has in photographs."
    if not control.toggle("Natural statistics", preset is not None, sentence):
        return None
    given = preset or NormalizationPrior()
    weight = control.slider("Their weight", 0.0, 30.0, given.weight, 0.5, "Beside a class's logit.")
    share = control.slider(
        "Their weight for other units", 0.0, 3.0, given.share, 0.1, "Beside the unit's value, in its own deviations."
    )
    return NormalizationPrior(weight, share, given.first)
