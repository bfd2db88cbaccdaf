"""The knobs of what a picture is judged by: the views of it, and how natural its statistics are."""

from __future__ import annotations

from explorer.maximization.normalization_prior import NormalizationPrior
from explorer.maximization.transforms import RandomResizedCrops, RandomTransform, Transform
from pages.parts.neurons.maximization.knobs import Knobs, name_of

_VIEWS = {"near": Transform, "zooming in": RandomResizedCrops}


def transform(control: Knobs, preset: RandomTransform | None) -> RandomTransform | None:
    """In which views the unit must stay excited."""
    sentence = "The unit must stay excited when the picture is turned, scaled and shifted."
    if not control.toggle("random_views", "Random views", preset is not None, sentence):
        return None
    start = name_of(_VIEWS, preset or Transform())
    if (
        control.choice("which_views", "Which views", list(_VIEWS), start, "Of the whole picture, or windows of it.")
        == "zooming in"
    ):
        return _windows(control, preset if isinstance(preset, RandomResizedCrops) else RandomResizedCrops())
    given = preset if isinstance(preset, Transform) else Transform()
    smallest = control.slider(
        "smallest_scale", "Smallest scale", (0.3, 1.0, 0.05), given.smallest, "How small the motif may be shown."
    )
    return Transform(
        control.slider("turned_by_up_to", "Turned by up to, °", (0.0, 45.0, 1.0), given.angle_deg, "To either side."),
        smallest,
        control.slider(
            "largest_scale", "Largest scale", (1.0, 2.0, 0.05), given.largest, "How large the motif may be shown."
        ),
        control.slider(
            "shifted_by_up_to",
            "Shifted by up to, share of the side",
            (0.0, 0.5, 0.01),
            given.shift,
            "In any direction.",
        ),
        control.slider(
            "noise", "Noise", (0.0, 0.2, 0.01), given.noise, "Added to each view, so that no faint pattern counts."
        ),
    )


def _windows(control: Knobs, given: RandomResizedCrops) -> RandomResizedCrops:
    return RandomResizedCrops(
        control.slider(
            "smallest_window", "Smallest window", (0.2, 1.0, 0.05), given.smallest, "As a share of the picture's side."
        ),
        control.slider(
            "largest_window", "Largest window", (1.0, 1.5, 0.05), given.largest, "Above 1 the edges are mirrored."
        ),
        control.slider(
            "windows_turned_by_up_to",
            "Windows turned by up to, °",
            (0.0, 45.0, 1.0),
            given.angle_deg,
            "To either side.",
        ),
        control.slider(
            "noise_at_the_start", "Noise at the start", (0.0, 0.2, 0.01), given.noise, "Added to each view."
        ),
        control.slider(
            "noise_at_the_end",
            "Noise at the end",
            (0.0, 0.2, 0.01),
            given.last_noise,
            "Less than at the start: fine at last.",
        ),
    )


def prior(control: Knobs, preset: NormalizationPrior | None) -> NormalizationPrior | None:
    """What being unlike natural pictures costs."""
    sentence = "What each batch normalization takes in must have the mean and spread that it has in photographs."
    if not control.toggle("natural_statistics", "Natural statistics", preset is not None, sentence):
        return None
    given = preset or NormalizationPrior()
    weight = control.slider("their_weight", "Their weight", (0.0, 30.0, 0.5), given.weight, "Beside a class's logit.")
    share = control.slider(
        "their_weight_for_other_units",
        "Their weight for other units",
        (0.0, 3.0, 0.1),
        given.share,
        "Beside the unit's value, in its own deviations.",
    )
    return NormalizationPrior(weight, share, given.first)
