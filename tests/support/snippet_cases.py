"""What the snippet of each screen is held to: screens in several settings, and what their code must give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np


@dataclass(frozen=True)
class Case:
    """A screen in one setting, and what its snippet must give.

    files: by expression, the offered file that it must equal, by its name's end. says: expressions, each a text that
    must stand on the screen. own: the visitor's picture is a file of theirs instead of a sample. snippet: which of
    several. press: the button that begins it. curves: by expression, the curve of the first chart that it must equal.
    brought: the files that the visitor brings for Many pictures.
    """

    screen: str
    query: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    own: bool = False
    snippet: int = 0
    press: str = ""
    curves: Mapping[str, int] = field(default_factory=dict)
    brought: Mapping[str, bytes] = field(default_factory=dict)


def _photograph(seed: int = 1) -> bytes:
    """A JPEG larger than what screens reduce it to, and of a size that is no multiple of it."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 255, (23, 31, 3)).astype(np.float32)
    pixels = cv2.resize(coarse, (1300, 900), interpolation=cv2.INTER_CUBIC) + rng.normal(0, 12, (900, 1300, 3))
    done, data = cv2.imencode(".jpg", np.clip(pixels, 0, 255).astype(np.uint8))
    assert done
    return data.tobytes()


PHOTOGRAPH = _photograph()
SEVERAL = {f"mine {seed}.jpg": _photograph(seed) for seed in (2, 3, 4)}
QUALITY = "format(smoothing.quality(clean, smoothing.smooth(noisy, %r, %d)).psnr, '.1f') + ' dB'"
CONVOLUTION = {"result": "convolution.npy"}
ENDS = "'**' + format(100 * last[%r].held_out.mean(), '.1f') + ' %%**'"
MIDDLE = "rates(results)[len(sizes) // 2]"
PARAMETERS = "np.concatenate([part.detach().numpy().ravel() for part in net.parameters()])"
CASES = [
    *(
        Case("convolution", query, CONVOLUTION, own=own, snippet=snippet)
        for snippet in (0, 1)
        for own, query in (
            (False, {}),
            (True, {"k": "2x3_1_0.5_-2_0_3_1", "p": "zero", "s": "2", "a": "0.5", "b": "1"}),
            (False, {"picture": "cat", "k": "3x3x3" + "_1_0_-1" * 9, "c": "filter", "p": "valid", "d": "2", "f": "1"}),
            (False, {"k": "1x2_1_-1", "x": "numbers", "n": "1 2; 3 4; 5 7", "p": "valid"}),
            (False, {"k": "3x3_0_-1_0_-1_5_-1_0_-1_0", "x": "blurred", "c": "grey"}),
        )
    ),
    Case("signals", {}, {"result": "signal.npy", "np.asarray(values)": "input.npy"}),
    Case("signals", {"signals_kernel": "exponential", "signals_signal": "step"}, {"result": "signal.npy"}),
    Case("signals", {"signals_kernel": "echo", "signals_padding": "valid"}, {"result": "signal.npy"}),
    Case("signals", {"signals_signal": "a row of your picture", "signals_row": "30", "picture": "coins"},
         {"result": "signal.npy"}),
    Case("signals", {"signals_signal": "a row of your picture"}, {"result": "signal.npy"}, own=True),
    Case("smoothing", {}, says=tuple(QUALITY % (name, 5) for name in ("uniform", "Gaussian", "median"))),
    Case("smoothing", {"smoothing_noise": "salt and pepper", "smoothing_k": "7", "picture": "astronaut"},
         says=(QUALITY % ("median", 7), QUALITY % ("uniform", 7))),
    Case("smoothing", {"smoothing_noise": "shot"}, says=(QUALITY % ("Gaussian", 5),), own=True),
    Case("smoothing", {"smoothing_view": "How large a window", "smoothing_sigma": "2.5"}, {"kernel": "gaussian.npy"}),
    Case("smoothing", {"smoothing_view": "Scale space", "smoothing_scale": "2.0"}, {"result.pixels": "scale.npy"},
         says=("f'{smoothing.count_maxima(result):,} bright spots'",), own=True),
    Case("smoothing", {"smoothing_view": "Two short passes"}, {"result": "passes.npy", "kernel": "kernel.npy"}),
    Case("smoothing", {"smoothing_view": "Two short passes", "smoothing_kernel": "yours"}, {"result": "passes.npy"}),
    Case("patterns", {}, {"found.scores": "scores.npy"}, says=("f'{found.scores.max():.3f}'",)),
    Case("patterns", {"box": "40_50_90_120", "patterns_colour": "colour", "patterns_alone": "False"},
         {"found.scores": "scores.npy"}, own=True),
    Case("patterns", {"picture": "astronaut", "patterns_measure": "raw", "patterns_from": "coffee"},
         {"found.scores": "scores.npy"}),
    Case("edges", {}, {"response": "response.npy", "np.stack([found.magnitude, found.direction_deg])": "gradient.npy"},
         says=("f'{np.abs(response).mean():.4f}'", "f'{found.magnitude.mean():.4f}'")),
    Case("edges", {"edges_filter": "Gaussian", "edges_angle": "45", "edges_sigma": "2.5"},
         {"response": "response.npy"}, own=True),
    Case("hierarchy", {}, {"results[-1].values": "pipeline.npy"}, says=("f'mean **{results[-1].mean:.4f}**'",)),
    Case("hierarchy", {"hierarchy_stage2": "nothing", "hierarchy_angle1": "30"},
         {"results[-1].values": "pipeline.npy"}, own=True),
    Case("hierarchy", {"hierarchy_view": "Man-made or natural?", "hierarchy_built": "china"},
         says=("f'{results[1].mean:.4f}'", "f'{results[3].mean:.4f}'")),
    Case("hierarchy", {"hierarchy_view": "Two classes", "hierarchy_second": "gravel"},
         {"found.by_features.weights": "weights.npy"}),
    Case("eye", {}, {"curves": "tuning.npy"}),
    Case("eye", {"eye_stimulus": "bar", "eye_angle": "30", "k": "1x2_1_-1"}, {"curves": "tuning.npy"}),
    Case("eye", {"eye_view": "A network's first layer"}, {"found.responses": "layer-tuning.npy"}),
    Case("descriptors", {}, {"descriptor": "hog.npy"}),
    Case("descriptors", {"descriptors_cell": "8", "descriptors_directions": "12"}, {"descriptor": "hog.npy"}, own=True),
    Case("descriptors", {"descriptors_view": "SIFT"}, {"points.descriptors": "sift.npy"}),
    Case("descriptors", {"descriptors_view": "Matches", "descriptors_turn": "60"},
         says=("f'{int(found.correct.sum())}'", "f'of {len(found.pairs)}'")),
    Case("motion", {}, {"volume": "volume.npy", "np.stack([even, odd])": "kernels.npy"}),
    Case("motion", {"motion_kind": "your picture", "motion_velocity": "-2.0", "motion_kernel": "left"},
         {"volume": "volume.npy", "np.stack([even, odd])": "kernels.npy"}, own=True),
    # a layer that has no links to other screens, which a page alone can't draw
    Case("plan", {"plan_layer": "classifier"}, {"matrix": "matrix.npy"}),
    Case("plan", {"plan_layer": "classifier", "plan_kernel": "edge, 1-D", "plan_padding": "reflect", "plan_side": "9"},
         {"matrix": "matrix.npy"}),
    Case("filters", {"filter": "5"}, {"filters": "efficientnet_lite0-conv_stem-filters.npy"}),
    Case("filters", {"filters_layer": "blocks.1.0.conv_dw", "weights": "random"},
         {"filters": "efficientnet_lite0-blocks.1.0.conv_dw-filters.npy"}, own=True),
    Case("feature_maps", {"picture": "cat"}, {"maps": "cat-blocks.2-maps.npy"}),
    Case("feature_maps", {"maps_layer": "blocks.4", "map": "3"}, {"maps": "picture-blocks.4-maps.npy"},
         says=("f'mean {maps[3].mean():.3f}'",), own=True),
    Case("where", {"where_class": "broccoli"}, {"heat": "flower-grad-cam.npy"}, says=("f'{heat.max():.3g}'",)),
    Case("where", {"weights": "random"}, {"heat": "picture-grad-cam.npy"}, own=True),
    Case("invariance", {"change_slide": "16"}, says=("f'{shares[0]:.2f} to {shares[-1]:.2f}'",)),
    Case("invariance", {"change_kind": "Rotate", "weights": "random", "change_other": "china"},
         says=("f'{shares[0]:.2f} to {shares[-1]:.2f}'",), own=True),
    Case("invariance", {"change_kind": "Another picture"}, curves={"change.in_place": 0}),
    *(
        Case("backpropagation", query, {expression: "weight-derivatives.npy"}, snippet=snippet)
        for query in ({}, {"net": "1-2-1_tanh_sigmoid_cross-entropy_1_2_0_0.5_1_-1_0.25_0_3_-0.5_0.125_1"})
        for snippet, expression in (
            (0, "np.concatenate([one.ravel() for one in found.weight_derivatives])"),
            (1, "np.concatenate([W.grad.numpy().ravel() for W in weights])"),
        )
    ),
    Case("hidden_units", {}, {PARAMETERS: "weights.npy"}),
    *(
        Case("hidden_units", {"plane": text, "plane_server": "true"}, {PARAMETERS: "weights.npy"},
             says=("f'{100 * right:.0f} % of the training points are right'",))
        for text in ("spirals_90_0.1_0.3_0_4_tanh_Adam_0.03_10_0_0_20_-_-_-",
                     "XOR_80_0.1_0_1_0_tanh_RMSprop_0.05_9_0_3_5_-_-_-",
                     "moons_60_0.2_0.3_5_3-2_relu_SGD_0.1_7_0.01_2_9_0a5z1.zz000_3_2~1~0.5")
    ),
    Case("learning", {"learning_filters": "8", "learning_seed": "3"}, {"epoch.filters": "learned-filters.npy"},
         says=("f'**{epoch.selectivity:.2f}** after {epoch.number} epochs'",), press="learning_go"),
    Case("learning", {"learning_filters": "16", "learning_source": "my picture", "learning_norm": "false"},
         {"epoch.filters": "learned-filters.npy"}, own=True, press="learning_go"),
    Case("overfitting", {"overfitting_count": "150", "overfitting_units": "16"}, says=(ENDS % "random labels",)),
    Case("overfitting", {"overfitting_view": "The digits network", "overfitting_learned": "50"},
         says=(ENDS % "the network",)),
    Case("overfitting", {"overfitting_view": "Polynomials", "overfitting_degree": "30"}, {"weights": "polynomial.npy"}),
    Case("overfitting", {"overfitting_view": "Polynomials", "overfitting_points": "-0.5_1_0_-1_0.5_1.5",
                         "overfitting_steps": "10¹"}, {"weights": "polynomial.npy"}),
    Case("overfitting", {"overfitting_view": "Double descent"}, {"found.test": "double-descent.npy"}),
    Case("overfitting", {"overfitting_view": "Double descent", "overfitting_features": "Legendre polynomials",
                         "overfitting_examples": "20", "overfitting_ridge": "0.1"},
         {"found.test": "double-descent.npy"}),
    Case("depth", {"depth_view": "Equal parameters", "depth_data": "digits", "depth_seed": "2", "depth_digits": "2000"},
         says=(ENDS % "4 hidden layers",)),
    Case("depth", {"depth_view": "The history"}, says=("f'AlexNet has **{cost.depth}** layers'",)),
    Case("tricks", {"tricks_rate": "0.3", "tricks_norm_seed": "1"}, says=(ENDS % "with batch normalization",)),
    Case("tricks", {"tricks_view": "Dropout", "tricks_drop_count": "100"}, says=(ENDS % "50 % left out",)),
    Case("tricks", {"tricks_view": "Residual", "tricks_depth": "8", "tricks_residual_norm": "false"},
         says=(ENDS % "residual",)),
    Case("tricks", {"tricks_view": "Augmentation"}, {"np.stack([one.uint8 for one in variants])": "variants.npy"}),
    Case("tricks", {"tricks_view": "Augmentation", "tricks_turn": "90", "tricks_draw": "3"},
         {"np.stack([one.uint8 for one in variants])": "variants.npy"}, own=True),
    Case("tricks", {"tricks_view": "Optimizers", "tricks_surface": "a bowl", "tricks_noise": "1.0"},
         {"np.stack(list(ways.values()))": "ways.npy"}),
    Case("neurons", {"unit_layer": "blocks.1", "unit_channel": "3"},
         {"pictures[0].uint8": ".png"}),
    Case("neurons", {"unit_layer": "conv_stem", "unit_make": "dream", "unit_seed": "2"}, {"pictures[0].uint8": ".png"},
         own=True),
    Case("atlas", {"atlas_view": "activation atlas", "activations_layout": "PCA", "activations_grid": "4",
                   "activations_zoom": "5"},
         says=("f'In {len(atlas.cells)} cells'", "f'is **{mean_cosine(atlas.cells):.2f}**'")),
    Case("circuits", {"circuit_layer": "blocks.0.0"}, {"found.kernels": "kernels.npy"}),
    Case("circuits", {"circuit_layer": "blocks.1.0", "circuit_channel": "7", "weights": "random"},
         {"found.kernels": "kernels.npy"}, own=True),
    Case("circuits", {"circuit_view": "One decision", "picture": "cat"}, {"found.amounts": "amounts.npy"}),
    Case("circuits", {"circuit_view": "One decision", "circuit_class": "broccoli"}, {"found.amounts": "amounts.npy"},
         own=True),
    Case("adversarial", {"attack_steps": "5", "picture": "cat"}, {"found.perturbation": "perturbation.npy"},
         says=("f'L2 norm **{found.l2:.2f}**'",)),
    Case("adversarial", {"attack_steps": "4", "attack_linf": "3", "attack_step": "0.5", "attack_start": "true",
                         "attack_restarts": "2", "attack_seed": "7"},
         {"found.perturbation": "perturbation.npy"}, own=True),
    Case("adversarial", {"attack_method": "patch", "attack_patch": "24", "attack_steps": "3"},
         {"found.perturbation": "perturbation.npy"}),
    *(
        Case("many", {"many_steps": "2", "many_norm": norm}, brought=SEVERAL, says=(
            f"f'**{{{MIDDLE}.fooled}} of {{{MIDDLE}.pictures}}**'", f"f'**{{{MIDDLE}.noise_fooled}}** fool ('",
            f"f'of {{{MIDDLE}.noises}} random changes'",
        ))
        for norm in ("L2", "L∞")
    ),
    Case("many", {"many_view": "A patch to print", "many_patch_steps": "10", "many_side": "112"}, brought=SEVERAL,
         files={"__import__('cv2').resize(last.patch, (1200, 1200), interpolation=0)": "patch-toaster.png"},
         says=("f'{sum(last.unseen)} of {4 * len(last.unseen)}'", "f'{sum(last.control)} of {4 * len(last.control)}'")),
    Case("many", {"many_view": "Sanity checks", "many_checks": "true", "many_steps": "2"}, says=("check.finding",),
         brought={"mine.jpg": PHOTOGRAPH}),
    Case("many", {"many_view": "Universal", "many_steps": "1", "many_epsilon": "8"}, {"last.change": "universal.npy"},
         brought=SEVERAL, says=("f'{sum(last.noise)} of {5 * len(last.noise)}'",)),
    Case("defence", {"defence_model": "linear", "defence_epochs": "5"}, says=(
        "next(f'**{100 * p.attacked[\"adversarial\"].value:.1f} %**' for p in last.points if p.epsilon == 0.15)",
    )),
]  # fmt: skip
