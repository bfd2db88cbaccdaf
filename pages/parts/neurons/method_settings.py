"""Every control of a maximization, each with a sentence; they begin as the method chosen has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.maximization import METHODS, MaximizationSettings, Preset
from explorer.maximization.optimizers import Adam, DesiredProgress, NAdam, NormalizedGradient, Optimizer
from explorer.maximization.parameterizations import Fourier, Maco, Parameterization, Pixels
from explorer.maximization.regularizers import Regularizer
from explorer.maximization.transforms import Transform

SIZE, STEPS = 128, 96
_FORMS = {"pixels": Pixels, "waves": Fourier, "phases": Maco}
_RULES = {"plain gradient": NormalizedGradient, "progress": DesiredProgress, "Adam": Adam, "NAdam": NAdam}


def settings(method: str) -> MaximizationSettings:
    """The knobs, drawn as widgets."""
    preset = METHODS[method]
    control = _Controls(f"unit_{method.replace(' ', '_')}")
    cells = st.columns(3)
    with cells[0]:
        st.markdown("**Picture**")
        size = int(control.slider("Side in pixels", 32, 256, SIZE, 16, "More pixels, finer detail, slower steps."))
        steps = int(control.slider("Steps", 8, 256, STEPS, 8, "How often the picture follows its gradient."))
        form = control.choice(
            "What is changed",
            list(_FORMS),
            _name(_FORMS, preset.parameterization),
            "Pixels alone; waves of all sizes in natural colours; or only where those waves lie.",
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
    return MaximizationSettings(
        size, steps, Preset(preset.summary, parameterization, transform, optimizer, regularizer)
    )


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
    phases = preset if isinstance(preset, Maco) else Maco()
    return Maco(
        control.slider(
            "Decay of fine waves",
            0.5,
            2.5,
            phases.decay,
            0.1,
            "The d of 1/fᵈ: natural pictures have about 1.2, more is smoother.",
        ),
        control.slider("Contrast", 0.05, 0.5, phases.contrast, 0.01, "The picture's deviation around grey; it stays."),
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
    return _RULES[rule](rate)


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


def _transform(control: _Controls, preset: Transform | None) -> Transform | None:
    sentence = "The unit must stay excited when the picture is turned, scaled and shifted."
    if not control.toggle("Random views", preset is not None, sentence):
        return None
    given = preset or Transform()
    smallest = control.slider("Smallest scale", 0.3, 1.0, given.smallest, 0.05, "How small the motif may be shown.")
    return Transform(
        control.slider("Turned by up to, °", 0.0, 45.0, given.angle_deg, 1.0, "To either side."),
        smallest,
        control.slider("Largest scale", 1.0, 2.0, given.largest, 0.05, "How large the motif may be shown."),
        control.slider("Shifted by up to, share of the side", 0.0, 0.5, given.shift, 0.01, "In any direction."),
        control.slider("Noise", 0.0, 0.2, given.noise, 0.01, "Added to each view, so that no faint pattern counts."),
    )
