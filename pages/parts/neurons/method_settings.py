"""Every control of a maximization, each with a sentence; they begin as the method chosen has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from explorer.maximization import METHODS, MaximizationSettings
from explorer.maximization.normalization_prior import NormalizationPrior
from explorer.maximization.optimizers import Adam, DesiredProgress, NAdam, NormalizedGradient, Optimizer
from explorer.maximization.parameterizations import Fourier, FreeSpectrum, Maco, Parameterization, Pixels
from explorer.maximization.regularizers import Regularizer
from explorer.maximization.transforms import Drawing, Transform, Windows

_FORMS = {"pixels": Pixels, "waves": Fourier, "phases": Maco, "phases and strengths": FreeSpectrum}
_VIEWS = {"near": Transform, "zooming in": Windows}
_RULES = {"plain gradient": NormalizedGradient, "progress": DesiredProgress, "Adam": Adam, "NAdam": NAdam}


def usual(method: str) -> MaximizationSettings:
    """A method with the size and the steps that it needs to do its best."""
    preset = METHODS[method]
    return MaximizationSettings(preset.size, preset.steps, preset)


def settings(method: str) -> MaximizationSettings:
    """The knobs, drawn as widgets."""
    start = usual(method)
    preset = start.preset
    control = _Controls(f"unit_{method.replace(' ', '_')}")
    cells = st.columns(3)
    with cells[0]:
        st.markdown("**Picture**")
        size = int(control.slider("Side in pixels", 32, 256, start.size, 16, "More pixels, finer detail, slower."))
        steps = int(control.slider("Steps", 8, 256, start.steps, 8, "How often the picture follows its gradient."))
        form = control.choice(
            "What is changed",
            list(_FORMS),
            _name(_FORMS, preset.parameterization),
            "Pixels alone; waves of all sizes in natural colours; where those lie; or that and how strong they are.",
        )
        parameterization = _parameterization(control, form, preset.parameterization)
    with cells[1]:
        st.markdown("**Step**")
        rule = control.choice(
            "Rule",
            list(_RULES),
            _name(_RULES, preset.optimizer),
            "How a gradient becomes a step: as it is, by how much it promises, or smoothed over steps.",
        )
        optimizer = _optimizer(control, rule, preset.optimizer)
        regularizer = _regularizer(control, preset.regularizer) if form == "pixels" else None
    with cells[2]:
        st.markdown("**Views**")
        transform = _transform(control, preset.transform)
        views = preset.views
        if transform is not None:
            views = int(control.slider("Views a step", 1, 4, views, 1, "All of them must excite the unit at once."))
        prior = _prior(control, preset.prior)
    changed = replace(
        preset, parameterization=parameterization, transform=transform, optimizer=optimizer, regularizer=regularizer,
        views=views, prior=prior,
    )  # fmt: skip
    return MaximizationSettings(size, steps, changed)


@dataclass(frozen=True)
class _Controls:
    prefix: str

    def slider(self, label: str, low: float, high: float, start: float, step: float, sentence: str) -> float:
        whole = all(isinstance(value, int) for value in (low, high, start, step))
        low, high, start, step = (value if whole else float(value) for value in (low, high, start, step))
        return st.slider(label, low, high, start, step, help=sentence, key=self._key(label), bind="query-params")

    def choice(self, label: str, options: list[str], start: str, sentence: str) -> str:
        return str(
            st.selectbox(label, options, options.index(start), help=sentence, key=self._key(label), bind="query-params")
        )

    def toggle(self, label: str, start: bool, sentence: str) -> bool:
        return st.toggle(label, start, help=sentence, key=self._key(label), bind="query-params")

    def _key(self, label: str) -> str:
        return f"{self.prefix}_{label.split(',')[0].replace(' ', '_').lower()}"


def _name(kinds: Mapping[str, type], value: object) -> str:
    return next(name for name, kind in kinds.items() if isinstance(value, kind))


def _parameterization(control: _Controls, form: str, preset: Parameterization) -> Parameterization:
    if form == "pixels":
        bound = control.slider(
            "Largest contrast, 0 for any",
            0.0,
            0.5,
            0.0,
            0.01,
            "A norm bound: the picture stays so near to grey, by root mean square.",
        )
        return Pixels(bound or None)
    if form == "waves":
        start = preset.gain if isinstance(preset, Fourier) else Fourier().gain
        return Fourier(control.slider("Gain", 0.2, 4.0, start, 0.1, "How strongly a change of a wave shows."))
    kind = Maco if form == "phases" else FreeSpectrum
    phases = preset if isinstance(preset, kind) else kind()
    return kind(
        control.slider(
            "Decay of fine waves",
            0.5,
            2.5,
            phases.decay,
            0.1,
            "The d of 1/fᵈ: natural pictures have about 1.2, more is smoother.",
        ),
        control.slider("Contrast", 0.05, 0.5, phases.contrast, 0.01, "The picture's deviation around grey at first."),
    )


def _optimizer(control: _Controls, rule: str, preset: Optimizer) -> Optimizer:
    same = preset if isinstance(preset, _RULES[rule]) else None
    if rule == "progress":
        given = same if isinstance(same, DesiredProgress) else DesiredProgress(2.0, 0.02)
        return DesiredProgress(
            control.slider("Progress wanted", 0.1, 10.0, given.desired, 0.1, "How much a step should raise the value."),
            control.slider("Longest step", 0.005, 0.2, given.largest, 0.005, "No pixel moves further, by mean square."),
        )
    start = {"plain gradient": 0.01, "Adam": 0.05, "NAdam": 0.2}[rule]
    start = getattr(same, "rate", start)
    rate = control.slider("Rate", 0.005, 0.5, start, 0.005, "How far each step goes: too far, and it jumps about.")
    if rule != "NAdam":
        return _RULES[rule](rate)
    last = same.last if isinstance(same, NAdam) and same.last is not None else rate
    last = control.slider("Rate at the end", 0.005, 0.5, last, 0.005, "Smaller than at the start: coarse, then fine.")
    return NAdam(rate, None if last == rate else last)


def _regularizer(control: _Controls, preset: Regularizer | None) -> Regularizer | None:
    given = preset or Regularizer()
    found = Regularizer(
        control.slider(
            "L2 decay",
            0.0,
            0.5,
            given.decay,
            0.0001 if given.decay == 1e-4 else 0.01,
            "The share of its distance from grey that each value loses a step.",
        ),
        control.slider("Blur σ", 0.0, 3.0, given.blur, 0.1, "A Gaussian over the picture takes fine noise out."),
        int(control.slider("Blur every so many steps", 1, 16, given.every, 1, "How often it is blurred.")),
        control.slider(
            "Small norms, % of pixels", 0.0, 95.0, given.small_norm, 5.0, "The pixels nearest to grey become grey."
        ),
        control.slider(
            "Small contributions, % of pixels",
            0.0,
            95.0,
            given.small_contribution,
            5.0,
            "The pixels that matter least for the unit become grey.",
        ),
    )
    return None if found == Regularizer(every=found.every) else found


def _transform(control: _Controls, preset: Drawing | None) -> Drawing | None:
    sentence = "The unit must stay excited when the picture is turned, scaled and shifted."
    if not control.toggle("Random views", preset is not None, sentence):
        return None
    start = _name(_VIEWS, preset or Transform())
    if control.choice("Which views", list(_VIEWS), start, "Of the whole picture, or windows of it.") == "zooming in":
        return _windows(control, preset if isinstance(preset, Windows) else Windows())
    given = preset if isinstance(preset, Transform) else Transform()
    smallest = control.slider("Smallest scale", 0.3, 1.0, given.smallest, 0.05, "How small the motif may be shown.")
    return Transform(
        control.slider("Turned by up to, °", 0.0, 45.0, given.angle_deg, 1.0, "To either side."),
        smallest,
        control.slider("Largest scale", 1.0, 2.0, given.largest, 0.05, "How large the motif may be shown."),
        control.slider("Shifted by up to, share of the side", 0.0, 0.5, given.shift, 0.01, "In any direction."),
        control.slider("Noise", 0.0, 0.2, given.noise, 0.01, "Added to each view, so that no faint pattern counts."),
    )


def _windows(control: _Controls, given: Windows) -> Windows:
    return Windows(
        control.slider("Smallest window", 0.2, 1.0, given.smallest, 0.05, "As a share of the picture's side."),
        control.slider("Largest window", 1.0, 1.5, given.largest, 0.05, "Above 1 the edges are mirrored."),
        control.slider("Windows turned by up to, °", 0.0, 45.0, given.angle_deg, 1.0, "To either side."),
        control.slider("Noise at the start", 0.0, 0.2, given.noise, 0.01, "Added to each view."),
        control.slider("Noise at the end", 0.0, 0.2, given.last_noise, 0.01, "Less than at the start: fine at last."),
    )


def _prior(control: _Controls, preset: NormalizationPrior | None) -> NormalizationPrior | None:
    sentence = "What each batch normalization takes in must have the mean and spread that it has in photographs."
    if not control.toggle("Natural statistics", preset is not None, sentence):
        return None
    given = preset or NormalizationPrior()
    weight = control.slider("Their weight", 0.0, 30.0, given.weight, 0.5, "Beside a class's logit.")
    share = control.slider(
        "Their weight for other units", 0.0, 3.0, given.share, 0.1, "Beside the unit's value, in its own deviations."
    )
    return NormalizationPrior(weight, share, given.first)
