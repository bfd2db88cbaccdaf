"""What is said of an attack: what to do where it fails, and the words that close each view."""

from __future__ import annotations

from explorer.attacks import METHODS, AttackSettings, Goal, Iterate
from pages.parts.adversarial.attack_result import COUNTED

_FORMULA = {  # by whether there is a target
    False: r"\max_{\|\delta\| \le \epsilon} \text{loss}(f(x + \delta), y)",
    True: r"\min_{\|\delta\| \le \epsilon} \text{loss}(f(x + \delta), t)",
}


def hint(how: AttackSettings, last: Iterate) -> str:
    """What to do where the goal is not reached, as far as it is known."""
    if how.norm == "linf" and METHODS[how.method].bounded and 255 * how.epsilon < 1:
        return "ε is below one level, so nothing can change."
    if how.method == "deepfool":
        if last.reached:
            return "Before rounding it had crossed the decision boundary; 8 bits are too coarse for so small a change."
        return "It has not reached the decision boundary: try more steps."
    if how.method == "fgsm":
        return "Try a larger ε, no target, or a method with more steps."
    if how.method == "minimal":
        return "Try more steps."
    more = {"pixels": "more pixels", "patch": "a larger patch"}.get(how.method, "a larger ε")
    return f"Try {more} or more steps."


def length(how: AttackSettings) -> str:
    """ε as it is said, with its unit."""
    return f"{255 * how.epsilon:g}/255" if how.norm == "linf" else f"{how.epsilon:g}"


def closing_words(how: AttackSettings, goal: Goal, view: int) -> dict[str, str]:
    """Look for, try, and it means, for the view that is open: result, curves, survival, reasons, in the browser."""
    return (_result, _curves, _survival, _reasons, _result)[view](how, goal)


def _result(how: AttackSettings, goal: Goal) -> dict[str, str]:
    counted = how.method in COUNTED
    return {
        "look_for": "Where the change is, and how little of the picture it is."
        if counted
        else "A difference between the first and the third picture: let them flicker.",
        "try_": "Fewer pixels, another method, another picture."
        if counted
        else "A smaller ε, another target class, L2, few pixels; then *Does it survive?*",
        "it_means": f"{_meaning(how, goal)} **Fooled** means: the network says "
        + ("the target class" if goal.target is not None else "anything but what it said before")
        + ". **It does not mean** that any photograph on a wall fools any network: this change is made for this "
        "picture and these weights, and much undoes it. All is counted on the 8-bit picture that you can save. What a "
        "careful study checks: Carlini et al. 2019.",
    }


def _meaning(how: AttackSettings, goal: Goal) -> str:
    targeted = goal.target is not None
    steps = "1 gradient step" if how.steps == 1 else f"{how.steps} gradient steps"
    loss = "the loss of the target class $t$ is made small" if targeted else "the loss of the label $y$ is made large"
    if METHODS[how.method].bounded:
        norm = r"\infty" if how.norm == "linf" else "2"
        formula = _FORMULA[targeted].replace(r"\|\delta\|", rf"\|\delta\|_{norm}")
        return (
            f"${formula}$ with $\\epsilon = {length(how)}$: {loss}, by {steps} (Szegedy et al. 2014; Goodfellow et al. "
            "2015; Madry et al. 2018). The network is not broken by noise: it is broken in a direction."
        )
    if how.method in COUNTED:
        side = f"{how.pixels} \\times {how.pixels}"
        where = f"at most {how.pixels:,} pixels" if how.method == "pixels" else f"the pixels of a ${side}$ square"
        paper = "Croce & Hein 2019" if how.method == "pixels" else "after Brown et al. 2017"
        return f"{loss[0].upper()}{loss[1:]} by at most {steps}, with changes of any size in {where} ({paper})."
    small = r"$\min \|\delta\|$ such that $f(x + \delta) " + (r"= t$" if targeted else r"\ne y$")
    if how.method == "deepfool":
        bound = (
            "With a target it finds a small change, not the smallest: decision boundaries are curved."
            if targeted
            else "Each step goes to the nearest of ten decision boundaries, as if they were flat."
        )
        return f"{small}, approximately (Moosavi-Dezfooli et al. 2016). {bound}"
    return f"{small}, in L2 and whole levels, approximately, by {steps} (after Rony et al. 2019)."


def _curves(how: AttackSettings, goal: Goal) -> dict[str, str]:
    return {
        "look_for": "The gap between the attack and random changes of the same size, and where the curve falls.",
        "try_": "*Over the steps*: drag the slider from the first step to the last. *The loss around it*: turn it.",
        "it_means": "A direction that the gradient finds does what random directions don't: among random changes of "
        "the same size hardly any fools, until they are so large that you see them.",
    }


def _survival(how: AttackSettings, goal: Goal) -> dict[str, str]:
    aim, wanted = (r"\max", "y") if goal.target is None else (r"\min", "c")
    mean = rf"{aim}_\delta \mathbb{{E}}_t\, \text{{loss}}(f(t(x + \delta)), {wanted})"
    return {
        "look_for": "What undoes the change: often a resize or a stronger JPEG. And whether it fools another network.",
        "try_": "A larger ε. Then *Make it survive*: an attack that has seen such changes while it was made.",
        "it_means": "A plain attack fits one picture to the last level. One that climbs the mean over random "
        f"transformations $t$, ${mean}$, gives up some of its strength for survival (Athalye et al. 2018).",
    }


def _reasons(how: AttackSettings, goal: Goal) -> dict[str, str]:
    return {
        "look_for": "How much more is gained along the gradient than at random, and from which layer on the pictures "
        "part ways.",
        "try_": "A smaller ε; L2; a neuron among those that moved most.",
        "it_means": r"Many tiny steps in one direction add up: $\epsilon \|g\|_1$ grows with the number of values, "
        r"noise only with its root (Goodfellow et al. 2015).",
    }
