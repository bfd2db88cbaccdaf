"""Adversarial perturbations: the small change that gradient steps find, and the control that has none.

Everything is in pixel units at the network's input size, and is judged on the rounded 8-bit picture a visitor can save.
"""

from explorer.attacks.controls import Controls, controls, equal_noise, shuffled
from explorer.attacks.deepfool import deepfool
from explorer.attacks.goals import NORMS, AttackError, Goal, find_goal
from explorer.attacks.measured import Attack, measure, read_back
from explorer.attacks.methods import (
    METHODS,
    AttackSettings,
    Method,
    attack,
    measured,
    random_perturbation,
    run_attack,
    trajectory,
)
from explorer.attacks.minimal import minimal_norm
from explorer.attacks.norms import project, quantize, random_point
from explorer.attacks.projected_gradient import Iterate, attack_batch, iterates, projected_gradient
from explorer.attacks.sparse import best_patch, few_pixels, patch
from explorer.attacks.square import square_attack

__all__ = [
    "METHODS",
    "NORMS",
    "Attack",
    "AttackError",
    "AttackSettings",
    "Controls",
    "Goal",
    "Iterate",
    "Method",
    "attack",
    "attack_batch",
    "best_patch",
    "controls",
    "deepfool",
    "equal_noise",
    "few_pixels",
    "find_goal",
    "iterates",
    "measure",
    "measured",
    "minimal_norm",
    "patch",
    "project",
    "projected_gradient",
    "quantize",
    "random_perturbation",
    "random_point",
    "read_back",
    "run_attack",
    "shuffled",
    "square_attack",
    "trajectory",
]
