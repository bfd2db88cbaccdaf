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
    """The knobs, drawn as widgets."""
    start = usual(method)
    preset = start.preset
    control = Knobs(f"unit_{method.replace(' ', '_')}")
    cells = st.columns(3)
    with cells[0]:
        st.markdown("**Picture**")
        size = int(
            control.slider(
                "side_in_pixels", "Side in pixels", (32, 256, 16), start.size, "More pixels, finer detail, slower."
            )
        )
        steps = int(
            control.slider("steps", "Steps", (8, 256, 8), start.steps, "How often the picture follows its gradient.")
        )
        parameterization = _parameterization(control, preset.parameterization)
    with cells[1]:
        st.markdown("**Step**")
        optimizer = _optimizer(control, preset.optimizer)
        in_pixels = isinstance(parameterization, Pixels)
        regularizer = _regularizer(control, preset.regularizer) if in_pixels else None
    with cells[2]:
        st.markdown("**Views**")
        transform = view_settings.transform(control, preset.transform)
        views = preset.views
        if transform is not None:
            views = int(
                control.slider(
                    "views_per_step", "Views per step", (1, 4, 1), views, "All of them must excite the unit at once."
                )
            )
        prior = view_settings.prior(control, preset.prior)
    changed = replace(
        preset, parameterization=parameterization, transform=transform, optimizer=optimizer, regularizer=regularizer,
        views=views, prior=prior,
    )  # fmt: skip
    return MaximizationSettings(size, steps, changed)


def _parameterization(control: Knobs, preset: Parameterization) -> Parameterization:
    """What is changed, and the knobs of that."""
    form = control.choice(
        "what_is_changed",
        "What is changed",
        list(_FORMS),
        name_of(_FORMS, preset),
        "Pixels alone; waves of all sizes in natural colours; where those lie; or that and how strong they are.",
    )
    if form == "pixels":
        sentence = "A norm bound: the picture stays so near to grey, by root mean square."
        return Pixels(
            control.slider("largest_contrast", "Largest contrast, 0 for any", (0.0, 0.5, 0.01), 0.0, sentence) or None
        )
    if form == "waves":
        start = preset.gain if isinstance(preset, Fourier) else Fourier().gain
        return Fourier(control.slider("gain", "Gain", (0.2, 4.0, 0.1), start, "How strongly a change of a wave shows."))
    kind = Maco if form == "phases" else FreeSpectrum
    phases = preset if isinstance(preset, kind) else kind()
    sentence = "The d of 1/fᵈ: natural pictures have about 1.2, more is smoother."
    decay = control.slider("decay_of_fine_waves", "Decay of fine waves", (0.5, 2.5, 0.1), phases.decay, sentence)
    contrast = control.slider(
        "contrast", "Contrast", (0.05, 0.5, 0.01), phases.contrast, "The picture's deviation around grey at first."
    )
    return kind(decay, contrast)


def _optimizer(control: Knobs, preset: Optimizer) -> Optimizer:
    """How a gradient becomes a step, and the knobs of that."""
    rule = control.choice(
        "rule",
        "Rule",
        list(_RULES),
        name_of(_RULES, preset),
        "How a gradient becomes a step: as it is, by how much it promises, or smoothed over steps.",
    )
    same = preset if isinstance(preset, _RULES[rule]) else None
    if rule == "progress":
        return _desired(control, same if isinstance(same, DesiredProgress) else DesiredProgress(2.0, 0.02))
    start = {"plain gradient": 0.01, "Adam": 0.05, "NAdam": 0.2}[rule]
    start = getattr(same, "rate", start)
    rate = control.slider(
        "rate", "Rate", (0.005, 0.5, 0.005), start, "How far each step goes: too far, and it jumps about."
    )
    if rule != "NAdam":
        return _RULES[rule](rate)
    last = same.last if isinstance(same, NAdam) and same.last is not None else rate
    last = control.slider(
        "final_learning_rate",
        "Final learning rate",
        (0.005, 0.5, 0.005),
        last,
        "Smaller than at the start: coarse, then fine.",
    )
    return NAdam(rate, None if last == rate else last)


def _desired(control: Knobs, given: DesiredProgress) -> DesiredProgress:
    return DesiredProgress(
        control.slider(
            "target_increase_per_step",
            "Target increase per step",
            (0.1, 10.0, 0.1),
            given.desired,
            "How much a step should raise the value.",
        ),
        control.slider(
            "longest_step",
            "Longest step",
            (0.005, 0.2, 0.005),
            given.largest,
            "No pixel moves further, by mean square.",
        ),
    )


def _regularizer(control: Knobs, preset: Regularizer | None) -> Regularizer | None:
    given = preset or Regularizer()
    found = Regularizer(
        control.slider(
            "l2_decay",
            "L2 decay",
            (0.0, 0.5, 0.0001 if given.decay == 1e-4 else 0.01),
            given.decay,
            "The share of its distance from grey that each value loses a step.",
        ),
        control.slider(
            "blur_σ", "Blur σ", (0.0, 3.0, 0.1), given.blur, "A Gaussian over the picture takes fine noise out."
        ),
        int(
            control.slider(
                "steps_between_blurs", "Steps between blurs", (1, 16, 1), given.every, "How often it is blurred."
            )
        ),
        control.slider(
            "small_norms",
            "Small norms, % of pixels",
            (0.0, 95.0, 5.0),
            given.small_norm,
            "The pixels nearest to grey become grey.",
        ),
        control.slider(
            "small_contributions",
            "Small contributions, % of pixels",
            (0.0, 95.0, 5.0),
            given.small_contribution,
            "The pixels that matter least for the unit become grey.",
        ),
    )
    return None if found == Regularizer(every=found.every) else found
