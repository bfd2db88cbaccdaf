"""Adversarial perturbations: the small change that gradient steps find, and the control that has none.

Everything is in pixel units at the network's input size, and is judged on the rounded 8-bit picture a visitor can save.
"""

from explorer.attacks.controls import Controls, draw_controls, shuffled_control, shuffled_perturbation
from explorer.attacks.deepfool import deepfool_attack
from explorer.attacks.goals import NORMS, AttackError, Goal, find_goal
from explorer.attacks.iterates import Iterate
from explorer.attacks.measurement import Attack, measure, read_back
from explorer.attacks.methods import (
    METHODS,
    AttackSettings,
    Method,
    attack,
    measure_iterate,
    random_perturbation,
    run_attack,
    trajectory,
)
from explorer.attacks.minimal import minimal_norm
from explorer.attacks.norms import project, quantize, random_point
from explorer.attacks.projected_gradient import attack_batch, fgsm, pgd
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
    "deepfool_attack",
    "draw_controls",
    "few_pixels",
    "fgsm",
    "find_goal",
    "measure",
    "measure_iterate",
    "minimal_norm",
    "patch",
    "pgd",
    "project",
    "quantize",
    "random_perturbation",
    "random_point",
    "read_back",
    "run_attack",
    "shuffled_control",
    "shuffled_perturbation",
    "square_attack",
    "trajectory",
]
