"""The words about an attack: what to do where it fails, and those that close each view."""

from __future__ import annotations

from explorer.attacks import METHODS, AttackSettings, Goal, Iterate
from pages.parts.adversarial.attack_formula import fooled_means, formula, meaning


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


def closing_words(how: AttackSettings, goal: Goal, view: int) -> dict[str, str]:
    """Look for, try, and it means, for the view that is open: result, curves, survival, reasons, in the browser."""
    return (_result, _curves, _survival, _reasons, _result)[view](how, goal)


def _result(how: AttackSettings, goal: Goal) -> dict[str, str]:
    few = METHODS[how.method].counts_pixels
    return {
        "look_for": "Where the change is, and how little of the picture it is."
        if few
        else "A difference between the first and the third picture: let them flicker.",
        "try_": "Fewer pixels, another method, another picture."
        if few
        else "A smaller ε, another target class, L2, few pixels; then *Does it survive?*",
        "it_means": f"{meaning(how, goal)} **Fooled** means: the network says {fooled_means(goal)}. "
        "**It does not mean** that any photograph on a wall fools any network: this change is made for this picture "
        "and these weights, and much undoes it.",
        "formula": f"{formula(how, goal)}\n\nAll is counted on the 8-bit picture that you can save. What a careful "
        "study checks: Carlini et al. 2019.",
    }


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
        "it_means": "A plain attack fits one picture to the last level. One that is made for many random changes of "
        "the picture at once gives up some of its strength for survival (Athalye et al. 2018).",
        "formula": f"${mean}$\n\n"
        r"Here $x$ is the picture, $\delta$ the change, $f$ the network, "
        + ("$y$ the label" if goal.target is None else "$c$ the target class")
        + r", and $\mathbb{E}_t$ the mean over random transformations $t$ (Athalye et al. 2018).",
    }


def _reasons(how: AttackSettings, goal: Goal) -> dict[str, str]:
    return {
        "look_for": "How much more is gained along the gradient than at random, and from which layer on the pictures "
        "part ways.",
        "try_": "A smaller ε; L2; a neuron among those that moved most.",
        "it_means": "Many tiny steps in one direction add up: the more values a picture has, the more is gained "
        "along the gradient, while noise mostly cancels itself (Goodfellow et al. 2015).",
        "formula": r"$\epsilon \|g\|_1$"
        "\n\n"
        r"So much is gained where each value changes by $\epsilon$ along the gradient $g$ and the loss is "
        "nearly linear: it grows with the number of values, noise only with its root (Goodfellow et al. "
        "2015).",
    }
