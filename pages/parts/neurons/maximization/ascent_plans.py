"""What is made for a unit: how each ascent begins, and the lines of Python that give the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

import explorer
from explorer.maximization import (
    DEFAULT,
    METHODS,
    Between,
    Caricature,
    MaximizationSettings,
    Objective,
    Preset,
    Unit,
    diverse_pictures,
    noise,
)
from explorer.maximization.objectives import style_layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.units import map_shape
from pages.parts.neurons.maximization import ascents, made_by
from pages.parts.neurons.maximization.method_code import imports_of, method_code, unit_code
from pages.parts.pickers import picture

FEWER = 0.5  # of the steps, where many methods are compared


@dataclass(frozen=True)
class AscentPlan:
    """A name for each picture, how their ascents begin, and the code, which leaves them in the list `pictures`."""

    names: Sequence[str]
    starts: Sequence[ascents.Start]
    steps: int
    summary: str
    code: str
    preset: Preset = METHODS[DEFAULT]
    motif: Image | None = None  #: the photograph that is caricatured
    of_unit: bool = True  #: whether the first picture is painted for the unit alone


@dataclass(frozen=True)
class AscentRequest:
    """A unit, the method with its settings and the seed; each method below is one thing to make of them."""

    net: Network
    image: Image
    unit: Unit
    given: MaximizationSettings
    method: str
    seed: int

    def most_and_least(self) -> AscentPlan:
        """The picture that excites the unit most, and the one that excites it least."""
        st.caption("Up its gradient, and down.")
        code = f"{self._unit}*_, most = {self._call('unit')}\n*_, least = {self._call('unit', minimize=True)}\n"
        return self._plan(
            ["most", "least"],
            [lambda: self._ascend(self.unit), lambda: self._ascend(self.unit, minimize=True)],
            f"{code}pictures = [most.image, least.image]",
        )

    def methods(self) -> AscentPlan:
        """The unit by every method, from the same noise and in fewer steps."""
        st.caption("All start from the same noise.")
        size, steps = self.given.size, max(8, round(FEWER * self.given.steps))
        start = noise(size, self.seed)
        code = (
            f"from explorer.maximization import METHODS, noise\n\n{self._unit}start = noise({size}, {self.seed})\n"
            "pictures = []\nfor method in METHODS:\n"
            f"    *_, last = explorer.maximize(network, unit, size={size}, steps={steps}, seed={self.seed},\n"
            "                                 method=method, start=start)\n    pictures.append(last.image)"
        )

        def ascent(method: str) -> ascents.Start:
            return lambda: explorer.maximize(
                self.net, self.unit, size=size, steps=steps, seed=self.seed, method=method, start=start
            )

        names = ["nothing" if name == "pixels" else name for name in METHODS]
        summary = made_by.sentence_for_all_methods(self.net, self.unit)
        return AscentPlan(names, [ascent(method) for method in METHODS], steps, summary, code, of_unit=False)

    def four_answers(self) -> AscentPlan:
        """Four pictures that each excite the unit and are kept from being alike."""
        much = st.slider("Diversity", 0.0, 4.0, 1.0, 0.5, key="unit_diversity", bind="query-params",
                         help="The share of its value that a picture loses for being like the others.")  # fmt: skip
        settings = self.given
        code = (
            f"from explorer.maximization import MaximizationSettings, diverse_pictures\n\n{self._unit}"
            f"settings = MaximizationSettings(size={settings.size}, steps={settings.steps}, method={self._method})\n"
            f"*_, four = diverse_pictures(network, unit, settings, seed={self.seed}, diversity={much})\n"
            "pictures = [step.image for step in four]"
        )
        return self._plan(
            ["first", "second", "third", "fourth"],
            [lambda: diverse_pictures(self.net, self.unit, settings, seed=self.seed, diversity=much)],
            code,
        )

    def towards_another(self) -> AscentPlan:
        """What lies between the unit and another one of its layer."""
        unit, count = self.unit, map_shape(self.net.layer(self.unit.layer))[0]
        left, right = st.columns(2)
        if st.session_state.get("unit_second", 0) >= count:
            st.session_state["unit_second"] = count - 1
        second = int(left.number_input("Other", 0, count - 1, (unit.channel + 1) % count, key="unit_second",
                                       bind="query-params"))  # fmt: skip
        share = right.slider("Its share", 0.0, 1.0, 0.5, 0.1, key="unit_share", bind="query-params")
        mixed = Between(unit, Unit(unit.layer, second, unit.position), share)
        name = f"{1 - share:.1f} of {unit.channel}, {share:.1f} of {second}"
        code = f"from explorer.maximization import Between\n\n{self._unit}"
        code += f"mixed = Between(unit, {unit_code(mixed.second)}, {share})\n"
        return self._one(name, mixed, f"{code}*_, last = {self._call('mixed')}")

    def caricature(self) -> AscentPlan:
        """What the unit's layer sees in the visitor's picture, and more of it."""
        power = st.slider("Hold on to the motif", 0.0, 4.0, 1.0, 0.5, key="unit_power", bind="query-params",
                          help="How much being like your picture counts beside being strong.")  # fmt: skip
        caricature = Caricature(style_layer(self.net, self.unit), self.image, power)
        code = (
            "from explorer.maximization import Caricature\n\n"
            f"caricature = Caricature({caricature.layer!r}, {picture.code()}, {power})\n"
        )
        made = self._one(
            f"your picture, as {caricature.layer} sees it", caricature, f"{code}*_, last = {self._call('caricature')}"
        )
        return replace(made, motif=self.image)

    def _one(self, name: str, objective: Objective, code: str) -> AscentPlan:
        starts = [lambda: self._ascend(objective)]
        made = self._plan([name], starts, f"{code}\npictures = [last.image]", objective)
        return replace(made, of_unit=False)

    def _plan(
        self, names: Sequence[str], starts: Sequence[ascents.Start], code: str, objective: Objective | None = None
    ) -> AscentPlan:
        preset = self.given.preset
        summary = f"{preset.summary} {made_by.sentence(self.net, objective or self.unit, preset)}"
        imports = "" if preset == METHODS[self.method] else imports_of(METHODS[self.method], preset)
        return AscentPlan(names, starts, self.given.steps, summary, imports + code, preset)

    def _ascend(self, objective: Objective, *, minimize: bool = False) -> ascents.Ascents:
        return explorer.maximize(
            self.net, objective, size=self.given.size, steps=self.given.steps, seed=self.seed,
            method=self.given.preset, minimize=minimize,
        )  # fmt: skip

    @property
    def _unit(self) -> str:
        return f"unit = {unit_code(self.unit)}\n"

    @property
    def _method(self) -> str:
        return method_code(self.method, self.given.preset)

    def _call(self, objective: str, *, minimize: bool = False) -> str:
        return (
            f"explorer.maximize(network, {objective}, size={self.given.size}, steps={self.given.steps}, "
            f"seed={self.seed},\n    method={self._method}{', minimize=True' if minimize else ''})"
        )
