"""The views of Many pictures: the words that close each, and the code that gives the same."""

from __future__ import annotations

from explorer.networks.loading import Network
from pages.parts.adversarial.per_image import LEVELS, SIZES

VIEWS = PER_IMAGE, UNIVERSAL, PATCH, CHECKS = ("Per image", "Universal", "A patch to print", "Sanity checks")
CLOSINGS = {
    PER_IMAGE: {
        "look_for": "The gap between the two curves, and from which ε on each picture is fooled.",
        "try_": "L∞; more steps; your own pictures; the network with random weights.",
        "it_means": "A change made for a picture fools the network at a far smaller size than a random change does. "
        "**It does not mean** that these rates hold for all pictures: the intervals say how little so "
        "few pictures tell.",
        "formula": r"$\|\delta\| \le \epsilon$ and $f(x + \delta) \ne f(x)$"
        "\n\n"
        r"The curve is the share of pictures $x$ for which the attack found such a change $\delta$, where "
        r"$f$ is the network; it rises far sooner than random $\delta$ of the same size fool. The label is "
        "what the network says of the clean picture, right or wrong; all is judged after rounding to 8 "
        "bits.",
    },
    UNIVERSAL: {
        "look_for": "How many of the pictures it never saw it fools, beside noise on those same pictures.",
        "try_": "A larger ε, more steps: where do the two intervals part?",
        "it_means": "Directions that fool are shared by many pictures, but such a change must be larger than one made "
        "for a single picture. Where the intervals overlap, these few pictures do not tell it from noise.",
    },
    PATCH: {
        "look_for": "How often the patch works on pictures it never saw, beside the photograph.",
        "try_": "A larger patch, more steps, another class; print it and hold it before the camera.",
        "it_means": "A patch need not be hidden: it only has to outshout what else is in the picture, wherever it "
        "stands. It is made for these weights; other networks, and cameras, weaken it.",
    },
    CHECKS: {
        "look_for": "A question that is answered with No.",
        "try_": "One step: are many still at least as good? Your own pictures.",
        "it_means": "An attack that fails such a check is weak or misled by its gradient, and then what it does not "
        "find proves nothing (Carlini et al. 2019; Athalye et al. 2018).",
    },
}


def code(view: str, net: Network, images: str, *, norm: str, level: int, target: int, side: int, steps: int) -> str:
    """The lines that give what a view shows; those in `images` open the pictures."""
    snippets = {  # what each view's code imports, and what it runs
        PER_IMAGE: (
            "from explorer.attack_studies.many_pictures import rates, success_rates\n",
            f"sizes = [level / 255 for level in {list(LEVELS)}]\n" if norm == "linf" else f"sizes = {list(SIZES)}\n",
            f"results = list(success_rates(network, images, norm={norm!r}, epsilons=sizes, steps={steps}))\n"
            "for rate in rates(results):\n"
            "    print(rate.epsilon, rate.fooled, rate.pictures, rate.noise_fooled, rate.noises)",
        ),
        UNIVERSAL: (
            "from explorer.attack_studies.universal import universal_perturbation\n",
            f"*_, last = universal_perturbation(network, images, epsilon={level} / 255, steps={steps})\n",
            "print(last.seen, last.unseen, last.noise)",
        ),
        PATCH: (
            "from explorer.attack_studies.printable_patch import printable_patch\n",
            f"target = network.class_index({net.labels[target]!r})\n",
            f"*_, last = printable_patch(network, images, target=target, side={side}, steps={steps})\n",
            "print(last.seen, last.unseen, last.control)",
        ),
        CHECKS: (
            "from explorer.attack_studies.checks import sanity_checks\n",
            f"for check in sanity_checks(network, images, epsilon={level} / 255, steps={steps}):\n",
            "    print(check.passed, check.question, check.finding)",
        ),
    }
    imports, *lines = snippets[view]
    return imports + images + "".join(lines)
