"""What an attack does, in a sentence and as a formula with its letters and whose it is."""

from __future__ import annotations

from explorer.attacks import METHODS, AttackSettings, Goal
from pages.parts.shell.words import counted

_FORMULA = {  # by whether there is a target
    False: r"\max_{\|\delta\| \le \epsilon} \text{loss}(f(x + \delta), y)",
    True: r"\min_{\|\delta\| \le \epsilon} \text{loss}(f(x + \delta), t)",
}


def fooled_means(goal: Goal) -> str:
    """What it is that the network says when it is fooled."""
    return "anything but what it said before" if goal.target is None else "the target class"


def meaning(how: AttackSettings, goal: Goal) -> str:
    """What the attack does, in a sentence without its formula."""
    steps = counted(how.steps, "gradient step")
    wrong = "as wrong" if goal.target is None else "as sure of the target class"
    made = f"the network is made {wrong} as {steps} can make it"
    if METHODS[how.method].bounded:
        return f"Within ε = {length(how)} {made}: it is not broken by noise, it is broken in a direction."
    if METHODS[how.method].counts_pixels:
        return f"By changes of any size in {_where(how)} {made}."
    by = "" if how.method == "deepfool" else f", in {steps},"
    return (
        f"The attack looks{by} for as small a change as it can find after which the network says {fooled_means(goal)}."
    )


def _where(how: AttackSettings) -> str:
    if how.method == "pixels":
        return f"at most {counted(how.pixels, 'pixel')}"
    return f"the pixels of one square of {how.pixels} × {how.pixels}"


def formula(how: AttackSettings, goal: Goal) -> str:
    """The same as a formula, with its letters and whose it is."""
    targeted, steps = goal.target is not None, counted(how.steps, "gradient step")
    letters = "Here $x$ is the picture, $\\delta$ the change and $f$ the network"
    loss = "the loss of the target class $t$ is made small" if targeted else "the loss of the label $y$ is made large"
    if METHODS[how.method].bounded:
        norm = r"\infty" if how.norm == "linf" else "2"
        aim = _FORMULA[targeted].replace(r"\|\delta\|", rf"\|\delta\|_{norm}")
        return (
            f"${aim}$ with $\\epsilon = {length(how)}$\n\n{letters}: {loss}, by {steps} (Szegedy et al. 2014; "
            "Goodfellow et al. 2015; Madry et al. 2018)."
        )
    if METHODS[how.method].counts_pixels:
        paper = "Croce & Hein 2019" if how.method == "pixels" else "after Brown et al. 2017"
        at = "t" if targeted else "y"
        return (
            f"$\\text{{loss}}(f(x + \\delta), {at})$\n\n{letters}: {loss} by at most {steps}, with changes of any size "
            f"in {_where(how)} ({paper})."
        )
    small = r"$\min \|\delta\|$ such that $f(x + \delta) " + (r"= t$" if targeted else r"\ne y$")
    label = "$t$ the target class" if targeted else "$y$ the label"
    return f"{small}\n\n{letters}, and {label}. {_found(how, targeted, steps)}"


def _found(how: AttackSettings, targeted: bool, steps: str) -> str:
    """How near the smallest change comes that is found."""
    if how.method != "deepfool":
        return f"It is found in L2 and whole levels, approximately, by {steps} (after Rony et al. 2019)."
    bound = (
        "With a target it finds a small change, not the smallest: decision boundaries are curved."
        if targeted
        else "Each step goes to the nearest of ten decision boundaries, as if they were flat."
    )
    return f"It is found approximately (Moosavi-Dezfooli et al. 2016). {bound}"


def length(how: AttackSettings) -> str:
    """ε as it is said, with its unit."""
    return f"{255 * how.epsilon:g}/255" if how.norm == "linf" else f"{how.epsilon:g}"
