"""The controls of an attack: its method, the norm and ε that bound it, its target, and what few visitors change."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import streamlit as st

from explorer.attacks import METHODS, AttackSettings
from pages.parts.pickers import classes
from pages.parts.widgets import link_choices
from pages.parts.widgets.more import more

if TYPE_CHECKING:
    from explorer.networks.loading import Network

TARGET, ANYTHING = "broccoli", "anything else"
LEVELS = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 255.0]
L2_SIZES = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
COUNTS = {"pixels": [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], "patch": [4, 8, 16, 24, 32, 48, 64, 96]}
AIMED = ("pgd", "momentum", "minimal")  # methods strong enough to begin with a target
_USUAL = {"pixels": 500, "patch": 32}
_LAST = "attack_method_before"  # in the session
_TITLES = {name: method.title for name, method in METHODS.items()}
_CHOICES = {
    "attack_method": link_choices.among("Method", list(_TITLES.values()), _TITLES),
    "attack_norm": link_choices.among("Norm", ["L∞", "L2"], {"linf": "L∞", "inf": "L∞"}),
    "attack_linf": link_choices.among("ε", [f"{one:g}" for one in LEVELS], {f"{one}": f"{one:g}" for one in LEVELS}),
    "attack_l2": link_choices.among("ε", [f"{one:g}" for one in L2_SIZES], {f"{one}": f"{one:g}" for one in L2_SIZES}),
    "attack_pixels": link_choices.among("Pixels that may change", [str(one) for one in COUNTS["pixels"]]),
    "attack_patch": link_choices.among("Side of the patch", [str(one) for one in COUNTS["patch"]]),
    "attack_steps": link_choices.between("Steps", 1, 200),
    "attack_step": link_choices.between("Step size", 0, 255),
    "attack_restarts": link_choices.between("Restarts", 1, 10),
    "attack_seed": link_choices.between("Seed", 0, 9999),
}
_VALUES: dict[str, dict[str, object]] = {
    "attack_method": {title: name for name, title in _TITLES.items()},
    "attack_linf": {f"{one:g}": one for one in LEVELS},
    "attack_l2": {f"{one:g}": one for one in L2_SIZES},
}

_FOLDED = ("attack_method", "attack_norm", "attack_steps", "attack_step", "attack_start", "attack_restarts",
           "attack_seed", "attack_flicker")  # fmt: skip


def choose(net: Network) -> tuple[AttackSettings, int | None, bool]:
    """The settings, the number of the target class or None, and whether the result flickers with the original."""
    link_choices.follow(_CHOICES, _VALUES)
    how_large, at, last = st.columns([2, 2, 0.8], vertical_alignment="bottom")
    with more(*_FOLDED, place=last, width="stretch"):
        method, norm = _method()
        steps = st.number_input(
            "Steps", 1, 200, 20, key="attack_steps", bind="query-params", disabled=method == "fgsm",
            help="FGSM takes one step." if method == "fgsm" else None,
        )  # fmt: skip
        step_size, random_start, restarts, seed = _advanced(method, net)
        flicker = st.toggle("Flicker", key="attack_flicker", bind="query-params",
                            help="The third picture and the original by turns: do you see the change?")  # fmt: skip
    epsilon, pixels = _size(how_large, method, norm)
    with at:
        target = classes.choose(
            "Target class", net, _usual_target(method), key="attack_target", wishes={ANYTHING: None}
        )
    count = 1 if method == "fgsm" else int(steps)
    how = AttackSettings(method, norm, epsilon, count, step_size, random_start, restarts, seed, pixels)
    return how, target, flicker


def _method() -> tuple[str, str]:
    """The method, and the norm that bounds it."""
    method = st.selectbox(
        "Method", list(METHODS), list(METHODS).index("pgd"), format_func=lambda name: METHODS[name].title,
        key="attack_method", bind="query-params", on_change=_retarget,
        help="  \n".join(f"**{one.title}** {one.summary}" for one in METHODS.values()),
    )  # fmt: skip
    st.session_state[_LAST] = method
    counted = METHODS[method].counts_pixels
    if counted or method == "minimal":
        st.markdown("Norm: L0, pixels are counted." if counted else "Norm: L2.")
        return method, "l2"
    measure = st.selectbox(
        "Norm", ["L∞", "L2"], key="attack_norm", bind="query-params", on_change=link_choices.forget_refused,
        help="L∞: the largest change of any value. L2: the root of the sum of all squared changes.",
    )  # fmt: skip
    return method, "l2" if measure == "L2" else "linf"


def sizes(norm: str) -> list[float]:
    """Every ε that can be chosen: in levels for L∞, else in L2."""
    return LEVELS if norm == "linf" else L2_SIZES


def take_size(norm: object, size: object) -> None:
    """Put an ε in the control of its norm; for a callback."""
    if norm in ("linf", "l2") and size in sizes(str(norm)):  # what comes from a browser may be forged
        st.session_state[f"attack_{norm}"] = size


def _usual_target(method: str) -> str:
    return TARGET if method in AIMED else ANYTHING


def _retarget() -> None:
    """When the method changes, the usual target of the old one gives way to that of the new one."""
    link_choices.forget_refused()
    before, now = st.session_state.get(_LAST, "pgd"), st.session_state["attack_method"]
    if st.session_state.get("attack_target") == _usual_target(before):
        st.session_state["attack_target"] = _usual_target(now)


def _size(cell, method: str, norm: str) -> tuple[float, int]:
    """ε, and how many pixels may change; the control that the method has a use for is shown."""
    if METHODS[method].counts_pixels:
        words = "Pixels that may change" if method == "pixels" else "Side of the patch, in pixels"
        return 0.0, int(cell.select_slider(words, COUNTS[method], _USUAL[method], key=f"attack_{method}",
                                           bind="query-params", on_change=link_choices.forget_refused))  # fmt: skip
    if not METHODS[method].bounded:
        cell.markdown("No ε bounds this attack: it looks for a small change itself.")
        return 0.0, 1
    if norm == "linf":
        words = "ε: largest change, in 8-bit levels"
        level = cell.select_slider(words, LEVELS, 2.0, key="attack_linf", bind="query-params",
                                   format_func="{:g}".format, on_change=link_choices.forget_refused)  # fmt: skip
        return level / 255, 1
    words = "ε: L2 norm, pixels from 0 to 1"
    return float(cell.select_slider(words, L2_SIZES, 2.0, key="attack_l2", bind="query-params",
                                    format_func="{:g}".format, on_change=link_choices.forget_refused)), 1  # fmt: skip


def _advanced(method: str, net: Network) -> tuple[float | None, bool, int, int]:
    """Step size, random start, restarts and seed, and a random target; a method gets what it has a use for."""
    st.button(
        "A random target", on_click=_random_target, args=(net,), icon=":material/casino:", width="stretch",
        help="A class drawn at random.",
    )  # fmt: skip
    restarted = METHODS[method].restarted
    step = st.number_input(
        "Step size, in 8-bit levels (0: ε/8)", 0.0, 255.0, 0.0, 0.25, key="attack_step", bind="query-params",
        disabled=not restarted,
    )  # fmt: skip
    start = st.toggle("Random start", key="attack_start", bind="query-params", disabled=not restarted)
    restarts = st.number_input(
        "Restarts", 1, 10, 1, key="attack_restarts", bind="query-params", disabled=not restarted,
        help="Runs in all, until one fools; those after the first begin at random.",
    )  # fmt: skip
    seed = st.number_input("Seed", 0, 9999, 0, key="attack_seed", bind="query-params")
    if not restarted:
        return None, False, 1, int(seed)
    return step / 255 or None, bool(start), int(restarts), int(seed)


def _random_target(net: Network) -> None:
    link_choices.forget_refused()
    st.session_state["attack_target"] = random.choice(net.labels)


def code(how: AttackSettings, target: str | None) -> str:
    """The arguments of `explorer.attack` that give this very attack."""
    arguments: list[str] = [f"method={how.method!r}", f"target={target!r}", f"steps={how.steps}", f"seed={how.seed}"]
    if METHODS[how.method].counts_pixels:
        arguments += [f"pixels={how.pixels}"]
    elif how.method != "minimal":
        arguments += [f"norm={how.norm!r}"]
    if METHODS[how.method].bounded:
        arguments += [f"epsilon={255 * how.epsilon:g} / 255" if how.norm == "linf" else f"epsilon={how.epsilon:g}"]
    if METHODS[how.method].restarted:
        step = None if how.step_size is None else f"{255 * how.step_size:g} / 255"
        arguments += [f"step_size={step}", f"random_start={how.random_start}", f"restarts={how.restarts}"]
    return ", ".join(arguments)
