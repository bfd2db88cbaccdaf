"""The code that a screen offers gives the screen's numbers: each snippet runs as it is, in a process of its own.

It finds beside it the files that the screen offers, and the picture the visitor brought. A screen's cases stand in
CASES; whoever adds a snippet adds one there.
"""

from __future__ import annotations

import base64
import io
import json
import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import streamlit as st
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

import explorer
from explorer.learning.training import TrainingSettings
from explorer.maximization import METHODS, MaximizationSettings
from pages.parts.learning import training_settings
from pages.parts.neurons import method_settings
from pages.parts.shell.screens import SCREENS
from pages.parts.widgets import takeaway
from pages.parts.widgets.job import Job
from tests.support.alone import open_alone
from tests.support.fresh import Interpreter, interpreter

pytestmark = pytest.mark.usefixtures("cold")
PAGES = Path(__file__).parents[1] / "pages"
# What stands after a snippet: the values that are compared, by their expressions.
KEEP = """
import pickle as _pickle
import numpy as np
_found = {{expression: eval(expression) for expression in {expressions!r}}}
open("found.pickle", "wb").write(_pickle.dumps(_found))
"""


@dataclass(frozen=True)
class Case:
    """A screen in one setting, and what its snippet must give.

    files: by expression, the offered file that it must equal, by its name's end. says: expressions, each a text that
    must stand on the screen. own: the visitor's picture is a file of theirs instead of a sample. snippet: which of
    several. press: the button that begins it. curves: by expression, the curve of the first chart that it must equal.
    """

    screen: str
    query: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    own: bool = False
    snippet: int = 0
    press: str = ""
    curves: Mapping[str, int] = field(default_factory=dict)


def _photograph() -> bytes:
    """A JPEG larger than what screens reduce it to, and of a size that is no multiple of it."""
    rng = np.random.default_rng(1)
    coarse = rng.uniform(0, 255, (23, 31, 3)).astype(np.float32)
    pixels = cv2.resize(coarse, (1300, 900), interpolation=cv2.INTER_CUBIC) + rng.normal(0, 12, (900, 1300, 3))
    done, data = cv2.imencode(".jpg", np.clip(pixels, 0, 255).astype(np.uint8))
    assert done
    return data.tobytes()


PHOTOGRAPH = _photograph()
QUALITY = "format(smoothing.quality(clean, smoothing.smooth(noisy, %r, %d)).psnr, '.1f') + ' dB'"
CONVOLUTION = {"result": "convolution.npy"}
ENDS = "'**' + format(100 * last[%r].held_out.mean(), '.1f') + ' %%**'"
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
    Case("hidden_units", {}, {"np.concatenate([part.detach().numpy().ravel() for part in net.parameters()])":
                             "weights.npy"}),
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
    Case("circuits", {"circuit_layer": "blocks.0.0"}, {"found.kernels": "kernels.npy"}),
    Case("circuits", {"circuit_view": "One decision", "picture": "cat"}, {"found.amounts": "amounts.npy"}),
    Case("adversarial", {"attack_steps": "5", "picture": "cat"}, {"found.perturbation": "perturbation.npy"},
         says=("f'L2 norm **{found.l2:.2f}**'",)),
    Case("adversarial", {"attack_steps": "4", "attack_linf": "3", "attack_step": "0.5", "attack_start": "true",
                         "attack_restarts": "2", "attack_seed": "7"},
         {"found.perturbation": "perturbation.npy"}, own=True),
    Case("adversarial", {"attack_method": "patch", "attack_patch": "24", "attack_steps": "3"},
         {"found.perturbation": "perturbation.npy"}),
    Case("many", {"many_view": "Universal", "many_steps": "1", "many_epsilon": "8"}, {"last.change": "universal.npy"},
         says=("f'{sum(last.noise)} of {5 * len(last.noise)}'",)),
    Case("defence", {"defence_model": "linear", "defence_epochs": "5"}, says=(
        "next(f'**{100 * p.attacked[\"adversarial\"].value:.1f} %**' for p in last.points if p.epsilon == 0.15)",
    )),
]  # fmt: skip


@pytest.fixture
def quick(monkeypatch) -> None:
    """What takes long by itself is short: its code says how long it is."""
    monkeypatch.setattr(method_settings, "usual", lambda method: MaximizationSettings(64, 8, METHODS[method]))
    small = partial(TrainingSettings, patches=8, views=4, epochs=2)
    monkeypatch.setattr(training_settings, "TrainingSettings", small)


@pytest.fixture
def offered(monkeypatch) -> dict[str, Callable[[], bytes]]:
    """What makes each file that the screen offers, by the file's name."""
    files: dict[str, Callable[[], bytes]] = {}
    offer = takeaway.take_file

    def listening(make: Callable[[], bytes], file: str, label: str, kind: str) -> None:
        files[file] = make
        offer(make, file, label, kind)

    monkeypatch.setattr(takeaway, "take_file", listening)
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)  # there is no other page beside one opened alone
    return files


def finish(at: AppTest) -> None:
    """Wait for what the screen works at, and draw it once more with what came of it."""
    jobs = [job for job in map(at.session_state.__getitem__, at.session_state) if isinstance(job, Job)]
    assert all(job.finished.wait(300) for job in jobs)
    if jobs:
        at.run()


def snippets(at: AppTest) -> list[str]:
    return [block.value for block in at.code if block.language == "python"]


def curve(at: AppTest, number: int) -> NDArray[Any]:
    """The heights of a curve of the first chart."""
    heights = json.loads(at.get("plotly_chart")[0].proto.spec)["data"][number]["y"]
    if isinstance(heights, dict):  # as Plotly writes an array
        return np.frombuffer(base64.b64decode(heights["bdata"]), heights["dtype"])
    return np.array(heights)


def words(at: AppTest) -> str:
    """All that the screen says, its tables of numbers and its metrics included."""
    said = [element.value for kind in (at.markdown, at.caption, at.info, at.success) for element in kind]
    return "\n".join([*said, *(metric.value for metric in at.metric)])


@pytest.fixture(scope="module")
def python() -> Iterator[Interpreter]:
    with interpreter() as waiting:
        yield waiting


def run(python: Interpreter, code: str, expressions: list[str], folder: Path) -> dict[str, object]:
    """What the expressions are worth after the code, run in `folder` by a fresh Python."""
    script = folder / "snippet.py"
    script.write_text(code + KEEP.format(expressions=expressions), "utf-8")
    failed = python.run(script)
    assert not failed, f"{code}\n{failed}"
    found: dict[str, object] = pickle.loads((folder / "found.pickle").read_bytes())
    return found


def numbers_in(file: bytes) -> NDArray[Any]:
    """What an offered file holds: numbers, or a picture's levels."""
    if file.startswith(b"\x89PNG"):
        return cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    return np.load(io.BytesIO(file))


def name_of(case: Case) -> str:
    return "-".join([case.screen, *case.query.values(), *(["own"] if case.own else []), str(case.snippet)])[:70]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_code_gives_the_screens_numbers(case, offered, python, quick, tmp_path):
    state = {"own_picture": explorer.open_image(PHOTOGRAPH, name="picture.jpg")} if case.own else {}
    at = open_alone(case.screen, dict(case.query), **state)
    if case.press:
        at.button(case.press).click().run()
    finish(at)
    assert not at.exception
    (tmp_path / "picture.jpg").write_bytes(PHOTOGRAPH)
    code = snippets(at)[case.snippet]
    for file, make in offered.items():
        if file in code or file.endswith(tuple(case.files.values())):  # a GIF takes its time
            (tmp_path / file).write_bytes(make())
    found = run(python, code, [*case.files, *case.curves, *case.says], tmp_path)
    for expression, file in case.files.items():
        (offer,) = [name for name in offered if name.endswith(file)]
        wanted = numbers_in((tmp_path / offer).read_bytes())
        np.testing.assert_allclose(found[expression], wanted, atol=2e-6, rtol=1e-5, err_msg=f"{expression} of\n{code}")
    for expression, number in case.curves.items():
        np.testing.assert_allclose(found[expression], curve(at, number), rtol=1e-5)
    for expression in case.says:
        assert str(found[expression]) in words(at), f"{found[expression]} of\n{code}"


def modules(screen: str) -> list[Path]:
    """A screen's page and the modules of its own family, by their imports."""
    page = PAGES / f"{screen}.py"
    found, left = [], [page]
    while left:
        found.append(left.pop())
        named = re.findall(r"^from pages\.parts\.(\w+)(?:\.(\w+))? import (.+)$", found[-1].read_text("utf-8"), re.M)
        rooms = [(room, [module] if module else names.split(", ")) for room, module, names in named]
        files = [PAGES / "parts" / room / f"{name}.py" for room, names in rooms for name in names if room != "widgets"]
        left += [file for file in files if file.exists() and file not in (*found, *left)]
    return found


def test_every_screen_that_offers_code_has_a_case():
    offering = {name for name, *_ in SCREENS if any("take_code(" in file.read_text("utf-8") for file in modules(name))}
    assert {"convolution", "hierarchy", "neurons", "where"} <= offering
    assert offering == {case.screen for case in CASES}
