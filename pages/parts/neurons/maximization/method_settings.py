"""Every control of a maximization, each with a sentence; they begin as the method chosen has them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.maximization import METHODS, MaximizationSettings
from explorer.maximization.optimizers import Adam, DesiredProgress, NAdam, NormalizedGradient, Optimizer
from explorer.maximization.parameterizations import Fourier, FreeSpectrum, Maco, Parameterization, Pixels
from explorer.maximization.regularizers import Regularizer
from pages.parts.neurons.maximization import view_settings
from pages.parts.neurons.maximization.knobs import Knobs, name_of

_FORMS = {"pixels": Pixels, "waves": Fourier, "phases": Maco, "phases and strengths": FreeSpectrum}
_RULES = {"plain gradient": NormalizedGradient, "progress": DesiredProgress, "Adam": Adam, "NAdam": NAdam}


def usual(method: str) -> MaximizationSettings:
    """A method with the size and the steps that it needs to do its best."""
    preset = METHODS[method]
    return MaximizationSettings(preset.size, preset.steps, preset)


def settings(method: str) -> MaximizationSettings:
    """The method with what the visitor changed in it, by a knob for each of its settings."""
    start = usual(method)
    preset, control = start.preset, Knobs(f"unit_{method.replace(' ', '_')}")
    picture, step, seen = st.columns(3)
    with picture:
        st.markdown("**Picture**")
        size = int(control.slider("side_in_pixels", (32, 256, 16), start.size))
        steps = int(control.slider("steps", (8, 256, 8), start.steps))
        parameterization = _parameterization(control, preset.parameterization)
    with step:
        st.markdown("**Step**")
        optimizer = _optimizer(control, preset.optimizer)
        in_pixels = isinstance(parameterization, Pixels)
        regularizer = _regularizer(control, preset.regularizer) if in_pixels else None
    with seen:
        st.markdown("**Views**")
        transform = view_settings.transform(control, preset.transform)
        views = preset.views if transform is None else int(control.slider("views_per_step", (1, 4, 1), preset.views))
        prior = view_settings.prior(control, preset.prior)
    changed = replace(
        preset, parameterization=parameterization, transform=transform, optimizer=optimizer, regularizer=regularizer,
        views=views, prior=prior,
    )  # fmt: skip
    return MaximizationSettings(size, steps, changed)


def _parameterization(control: Knobs, preset: Parameterization) -> Parameterization:
    """What is changed, and the knobs of that."""
    form = control.choice("what_is_changed", list(_FORMS), name_of(_FORMS, preset))
    if form == "pixels":
        return Pixels(control.slider("largest_contrast", (0.0, 0.5, 0.01), 0.0) or None)
    if form == "waves":
        start = preset.gain if isinstance(preset, Fourier) else Fourier().gain
        return Fourier(control.slider("gain", (0.2, 4.0, 0.1), start))
    kind = Maco if form == "phases" else FreeSpectrum
    phases = preset if isinstance(preset, kind) else kind()
    decay = control.slider("decay_of_fine_waves", (0.5, 2.5, 0.1), phases.decay)
    return kind(decay, control.slider("contrast", (0.05, 0.5, 0.01), phases.contrast))


def _optimizer(control: Knobs, preset: Optimizer) -> Optimizer:
    """How a gradient becomes a step, and the knobs of that."""
    rule = control.choice("rule", list(_RULES), name_of(_RULES, preset))
    same = preset if isinstance(preset, _RULES[rule]) else None
    if rule == "progress":
        return _desired(control, same if isinstance(same, DesiredProgress) else DesiredProgress(2.0, 0.02))
    start = {"plain gradient": 0.01, "Adam": 0.05, "NAdam": 0.2}[rule]
    rate = control.slider("rate", (0.005, 0.5, 0.005), getattr(same, "rate", start))
    if rule != "NAdam":
        return _RULES[rule](rate)
    last = same.last if isinstance(same, NAdam) and same.last is not None else rate
    last = control.slider("final_learning_rate", (0.005, 0.5, 0.005), last)
    return NAdam(rate, None if last == rate else last)


def _desired(control: Knobs, given: DesiredProgress) -> DesiredProgress:
    return DesiredProgress(
        control.slider("target_increase_per_step", (0.1, 10.0, 0.1), given.desired),
        control.slider("longest_step", (0.005, 0.2, 0.005), given.largest),
    )


def _regularizer(control: Knobs, preset: Regularizer | None) -> Regularizer | None:
    """What is done to the pixels after each step; None where the knobs leave nothing to do."""
    given = preset or Regularizer()
    found = Regularizer(
        control.slider("l2_decay", (0.0, 0.5, 0.0001 if given.decay == 1e-4 else 0.01), given.decay),
        control.slider("blur_σ", (0.0, 3.0, 0.1), given.blur),
        int(control.slider("steps_between_blurs", (1, 16, 1), given.every)),
        control.slider("small_norms", (0.0, 95.0, 5.0), given.small_norm),
        control.slider("small_contributions", (0.0, 95.0, 5.0), given.small_contribution),
    )
    return None if found == Regularizer(every=found.every) else found
