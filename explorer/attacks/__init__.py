"""Adversarial perturbations: the small change that gradient steps find, and the control that has none.

Everything is in pixel units at the network's input size, and is judged on the rounded 8-bit picture a visitor can save.
"""

from explorer.attacks.balls import project, random_point, to_lattice
from explorer.attacks.checks import Check, sanity_checks
from explorer.attacks.curves import EpsilonPoint, epsilon_curve
from explorer.attacks.deepfool import deepfool
from explorer.attacks.descent import Iterate, Steps, descend, iterates
from explorer.attacks.goals import NORMS, AttackError, Goal, find_goal
from explorer.attacks.many import PictureResult, Rate, fool_many, rates, to_csv
from explorer.attacks.measured import Attack, measure, read_back
from explorer.attacks.methods import (
    METHODS,
    Method,
    Settings,
    attack,
    equal_noise,
    measured,
    random_perturbation,
    walks,
)
from explorer.attacks.minimal import minimal_norm
from explorer.attacks.reasons import LayerMove, LinearView, layer_moves, linear_view
from explorer.attacks.smallest import Trial, smallest, smallest_epsilon
from explorer.attacks.sparse import best_patch, few_pixels, patch
from explorer.attacks.square import square_search
from explorer.attacks.surface import SurfaceRow, loss_surface
from explorer.attacks.survival import TRANSFORMATIONS, Survivor, survival
from explorer.attacks.transfer import Verdict, transfer
from explorer.attacks.universal import UniversalStep, universal

__all__ = [
    "METHODS",
    "NORMS",
    "TRANSFORMATIONS",
    "Attack",
    "AttackError",
    "Check",
    "EpsilonPoint",
    "Goal",
    "Iterate",
    "LayerMove",
    "LinearView",
    "Method",
    "PictureResult",
    "Rate",
    "Settings",
    "Steps",
    "SurfaceRow",
    "Survivor",
    "Trial",
    "UniversalStep",
    "Verdict",
    "attack",
    "best_patch",
    "deepfool",
    "descend",
    "epsilon_curve",
    "equal_noise",
    "few_pixels",
    "find_goal",
    "fool_many",
    "iterates",
    "layer_moves",
    "linear_view",
    "loss_surface",
    "measure",
    "measured",
    "minimal_norm",
    "patch",
    "project",
    "random_perturbation",
    "random_point",
    "rates",
    "read_back",
    "sanity_checks",
    "smallest",
    "smallest_epsilon",
    "square_search",
    "survival",
    "to_csv",
    "to_lattice",
    "transfer",
    "universal",
    "walks",
]
