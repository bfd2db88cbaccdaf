"""The code that a screen offers gives the screen's numbers: each snippet runs as it is, in a process of its own.

It finds beside it the files that the screen offers, and the pictures the visitor brought. A screen's cases stand in
support/snippet_cases.py; whoever adds a snippet adds one there.
"""

from __future__ import annotations

import base64
import io
import json
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

import explorer
from explorer.learning.exemplar_cnn.training import TrainingSettings
from explorer.maximization import METHODS, MaximizationSettings
from pages.parts.learning import plane, training_settings
from pages.parts.learning.plane_link import read
from pages.parts.neurons.activation_atlas import controls
from pages.parts.neurons.maximization import method_settings, unit_pictures
from pages.parts.shell.screens import SCREENS
from pages.parts.widgets.job import Job
from tests.support.alone import open_alone
from tests.support.fresh import Interpreter, interpreter
from tests.support.short_work import few_epochs, few_sizes, small_gallery
from tests.support.snippet_cases import CASES, PHOTOGRAPH, Case

pytestmark = pytest.mark.usefixtures("cold")
PAGES = Path(__file__).parents[1] / "pages"
# What stands after a snippet: the values that are compared, by their expressions.
KEEP = """
import pickle as _pickle
import numpy as np
_found = {{expression: eval(expression) for expression in {expressions!r}}}
open("found.pickle", "wb").write(_pickle.dumps(_found))
"""
RUN: dict[int, str] = {}  # by case, the line of the screens' source whose snippet was run


@pytest.fixture
def quick(monkeypatch) -> None:
    """What takes long by itself is short: its code says how long it is."""
    monkeypatch.setattr(method_settings, "usual", lambda method: MaximizationSettings(64, 8, METHODS[method]))
    small = partial(TrainingSettings, patches=8, views=4, epochs=2)
    monkeypatch.setattr(training_settings, "TrainingSettings", small)
    monkeypatch.setattr(unit_pictures, "STEPS", 2)  # no snippet makes them
    monkeypatch.setattr(controls, "STEPS", 1)
    few_epochs(monkeypatch)
    few_sizes(monkeypatch)


@pytest.fixture
def learned(monkeypatch) -> None:
    """What Hidden units has of the browser, the engine computes here: they learn the same (tests/browser)."""
    monkeypatch.setattr(plane, "from_browser", lambda _, text: plane.flat(list(plane.training(read(text), None))[-1]))


@pytest.fixture
def offered(monkeypatch) -> dict[str, Callable[[], bytes]]:
    """What makes each file that the screen offers, by the file's name."""
    files: dict[str, Callable[[], bytes]] = {}
    offer = DeltaGenerator.download_button  # whoever offers a file, and wherever they have that function from

    def listening(
        place: DeltaGenerator, label: str, make: Callable[[], bytes], file: str, *more: Any, **how: Any
    ) -> bool:
        files[file] = make
        return offer(place, label, make, file, *more, **how)

    monkeypatch.setattr(DeltaGenerator, "download_button", listening)
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)  # there is no other page beside one opened alone
    return files


@pytest.fixture
def handed_out(monkeypatch) -> dict[str, str]:
    """By snippet, the line of the screens' source that hands it out."""
    lines: dict[str, str] = {}
    write = st.code

    def written(code: str, **how: Any) -> None:
        by, caller = sys._getframe(1), sys._getframe(2)
        if by.f_code.co_name == "take_code":
            lines[code.strip()] = f"{Path(caller.f_code.co_filename).relative_to(PAGES)}:{caller.f_lineno}"
        write(code, **how)

    monkeypatch.setattr(st, "code", written)
    return lines


def finish(at: AppTest) -> None:
    """Wait for what the screen works at, and draw it once more with what came of it, until it begins nothing else."""
    before: set[Job[Any, Any]] = set()
    while True:
        jobs = {job for job in map(at.session_state.__getitem__, at.session_state) if isinstance(job, Job)}
        assert all(job.finished.wait(300) for job in jobs)
        if not jobs - before:
            return
        before |= jobs
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
    said = [element.value for kind in (at.markdown, at.caption, at.info, at.success, at.warning) for element in kind]
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


def opened(case: Case) -> AppTest:
    """The screen in the case's setting, with all that it works at done."""
    state = {"own_picture": explorer.open_image(PHOTOGRAPH, name="picture.jpg")} if case.own else {}
    at = open_alone(case.screen, dict(case.query), **state)
    if case.press:
        at.button(case.press).click().run()
    if case.brought:
        at.file_uploader("many_files").set_value(
            [(name, data, "image/jpeg") for name, data in case.brought.items()]
        ).run()
    finish(at)
    assert not at.exception
    return at


@pytest.mark.usefixtures("quick", "learned")
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_code_gives_the_screens_numbers(case, offered, handed_out, python, tmp_path, monkeypatch):
    if case.brought:
        small_gallery(monkeypatch)  # of what the screen begins with until they are brought
    at = opened(case)
    for file, data in {"picture.jpg": PHOTOGRAPH, **case.brought}.items():
        (tmp_path / file).write_bytes(data)
    code = snippets(at)[case.snippet]
    for file, make in offered.items():
        if file in code or file.endswith(tuple(case.files.values())):  # a film takes its time
            (tmp_path / file).write_bytes(make())
    found = run(python, code, [*case.files, *case.curves, *case.says], tmp_path)
    RUN[CASES.index(case)] = handed_out[code.strip()]
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
        named = re.findall(r"^from pages\.parts\.([\w.]+) import (\([^)]*\)|.+)$", found[-1].read_text("utf-8"), re.M)
        paths = [(PAGES.joinpath("parts", *module.split(".")), re.findall(r"\w+", names)) for module, names in named]
        files = [
            file for path, names in paths for file in (path.with_suffix(".py"), *(path / f"{n}.py" for n in names))
        ]
        files = [file for file in files if file.relative_to(PAGES).parts[1] != "widgets"]
        left += [file for file in files if file.exists() and file not in (*found, *left)]
    return found


def test_every_screen_that_offers_code_has_a_case():
    offering = {name for name, *_ in SCREENS if any("take_code(" in file.read_text("utf-8") for file in modules(name))}
    assert {"convolution", "hierarchy", "neurons", "where"} <= offering
    assert offering == {case.screen for case in CASES}


def test_each_line_that_hands_out_code_has_had_its_snippet_run():
    """But for Keras', which trains from a start of its own and is no requirement: that is only parsed, elsewhere."""
    if len(RUN) < len(CASES):
        pytest.skip("only some of the cases were run")
    lines = {
        f"{file.relative_to(PAGES)}:{number}"
        for file in PAGES.rglob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.match(r" *take_code\(", line) and "with_keras" not in line
    }
    assert lines
    assert lines == set(RUN.values())
