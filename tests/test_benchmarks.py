"""The benchmarks' core, on made-up timings: what is compared, judged, printed and kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import gpu, load, load_visit, measure, readme, start
from benchmarks.__main__ import SUBJECTS, main
from benchmarks.measure import Figure, interleave, table, timed, write


def told(milliseconds: list[float], calls: list[str], who: str) -> measure.Timing:
    """A timing that gives the numbers one after another and keeps account of its calls."""
    given = iter(milliseconds)

    def once() -> float:
        calls.append(who)
        return next(given)

    return once


def test_interleave_takes_turns_and_gives_each_median():
    calls: list[str] = []
    ours = told([99, 1, 7, 2], calls, "A")
    theirs = told([98, 40, 10, 20], calls, "B")
    assert interleave(ours, theirs, rounds=3, warm_up=1) == (2, 20)
    assert "".join(calls) == "ABBAABBA"


def test_interleave_refuses_no_rounds():
    with pytest.raises(ValueError, match="at least one round, not 0"):
        interleave(lambda: 1.0, lambda: 1.0, rounds=0)


def test_timed_counts_the_function_alone_in_milliseconds(monkeypatch: pytest.MonkeyPatch):
    events: list[str] = []
    clock = iter([10.0, 10.25])

    def read() -> float:
        events.append("clock")
        return next(clock)

    monkeypatch.setattr(measure, "perf_counter", read)
    assert timed(lambda: events.append("work"))() == 250
    assert events == ["clock", "work", "clock"]


@pytest.mark.parametrize(
    ("ours", "theirs", "goal", "holds", "ratio", "ok"),
    [
        (3, 2, 1.5, True, 1.5, True),
        (3.01, 2, 1.5, True, 1.505, False),
        (1, 25, 1 / 20, True, 0.04, True),
        (1, 10, 1 / 20, True, 0.1, False),
        (1.0004, 1, 1.0, True, 1.0, True),  # judged as printed
        (1.0006, 1, 1.0, True, 1.001, False),
        (9, 1, None, True, 9, True),
        (1, 9, None, False, 0.111, False),
        (1, 9, 1.0, False, 0.111, False),
    ],
)
def test_ratio_is_ours_over_theirs_and_at_most_the_goal(ours, theirs, goal, holds, ratio, ok):
    figure = Figure("x", ours, theirs, goal, holds)
    assert (figure.ratio, figure.ok) == (ratio, ok)
    assert ("MISSED" in figure.line()) == (not ok)


def test_line_shows_every_part():
    line = Figure("taking the bus", 12.342, 10, 1.5, note="in the rain").line()
    assert line.split() == ["taking", "the", "bus", "12.34", "10.00", "1.234", "≤", "1.500", "ok", "in", "the", "rain"]


def test_write_keeps_the_agreed_keys(tmp_path: Path):
    write([Figure("a", 1, 2, 0.4, note="no"), Figure("b", 1, 2, None)], tmp_path / "f.json")
    assert json.loads((tmp_path / "f.json").read_text("utf-8")) == [
        {"name": "a", "ours": 1, "theirs": 2, "ratio": 0.5, "goal": 0.4, "ok": False},
        {"name": "b", "ours": 1, "theirs": 2, "ratio": 0.5, "goal": None, "ok": True},
    ]


def measured(name: str, ours: float) -> Iterator[Figure]:
    yield Figure(f"{name}: one", ours, 1, 1.0)
    yield Figure(f"{name}: two", 1, 1, 1.0)


def broken() -> Iterator[Figure]:
    yield Figure("before", 1, 1, 1.0)
    raise RuntimeError("a cable")


FAKES = {"good": partial(measured, "good", 1), "slow": partial(measured, "slow", 2)}


@pytest.mark.parametrize(
    ("names", "status", "kept"),
    [
        ([], 1, ["good: one", "good: two", "slow: one", "slow: two"]),
        (["good"], 0, ["good: one", "good: two"]),
        (["slow"], 1, ["slow: one", "slow: two"]),
    ],
)
def test_main_measures_what_is_named_and_keeps_what_it_prints(names, status, kept, tmp_path, capsys):
    file = tmp_path / "latest.json"
    assert main(names, FAKES, file) == status
    assert [record["name"] for record in json.loads(file.read_text("utf-8"))] == kept
    lines, _, written = capsys.readouterr().out.partition("\n\n")
    assert [line[:9] for line in lines.splitlines()[1:]] == kept
    assert [row.split(" | ")[0].removeprefix("| ") for row in written.splitlines()[2:]] == kept


def test_the_table_says_what_is_missed():
    figures = [Figure("a", 1, 2, 0.5), Figure("b", 3, 2, 1.1), Figure("c", 3, 2, None), Figure("d", 1, 2, None, False)]
    assert table(figures).splitlines()[2:] == [
        "| a | 1.00 | 2.00 | 0.50 | ≤ 0.5 | ok |",
        "| b | 3.00 | 2.00 | 1.50 | ≤ 1.1 | **missed** |",
        "| c | 3.00 | 2.00 | 1.50 |  | no goal |",
        "| d | 1.00 | 2.00 | 0.50 |  | **missed** |",
    ]


def test_the_table_goes_into_readme_in_place_of_the_last_one(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(f"before\n{readme.BEGIN}\n{readme.END}\nafter\n", "utf-8")
    for _ in range(2):
        assert main(["slow", "--readme", "--remark", "quiet"], FAKES, tmp_path / "latest.json", page) == 1
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{readme.END}\nafter\n")
    assert text.count("| slow: one | 2.00 | 1.00 | 2.00 | ≤ 1 | **missed** |") == 1
    assert f"{date.today().year} on {readme.machine()}; quiet." in text
    kept = page.read_text("utf-8").replace(readme.END, "")
    page.write_text(kept, "utf-8")
    with pytest.raises(ValueError, match="put them where the table belongs"):
        main(["good", "--readme"], FAKES, tmp_path / "latest.json", page)
    assert page.read_text("utf-8") == kept


def test_start_imports_what_the_screen_imports():
    assert start.imports_of(start.SCREEN[1]).splitlines()[:2] == [
        "from functools import partial",
        "from urllib.parse import urlencode",
    ]
    assert "from pages.parts.shell import frame" in start.imports_of(start.SCREEN[1])


@pytest.mark.parametrize(
    ("imports", "loaded"), [("import json", False), ("import sys; sys.modules['torch'] = sys", True)]
)
def test_start_tells_whether_torch_was_loaded(imports, loaded):
    milliseconds, torch = start.imported(imports)
    assert torch is loaded
    assert milliseconds > 0


def test_unknown_name_gets_a_sentence_and_nothing_is_measured(tmp_path, capsys):
    assert main(["good", "fast"], FAKES, tmp_path / "latest.json") == 2
    out, err = capsys.readouterr()
    assert err == "There is no benchmark 'fast'; choose from good, slow.\n"
    assert not out
    assert not list(tmp_path.iterdir())


def test_what_breaks_costs_the_others_nothing_and_is_told(tmp_path, capsys):
    file = tmp_path / "latest.json"
    assert main([], {"broken": broken, "good": FAKES["good"]}, file) == 1
    assert [one["name"] for one in json.loads(file.read_text("utf-8"))] == ["before", "good: one", "good: two"]
    told = capsys.readouterr()
    assert "RuntimeError: a cable" in told.err
    assert told.err.endswith("Broken off: broken.\n")


def test_every_subject_is_a_module_of_that_name():
    folder = Path(measure.__file__).parent
    assert all((folder / f"{name}.py").is_file() for name in SUBJECTS)


def test_whatever_gives_figures_has_its_rows_in_the_table():
    modules = Path(measure.__file__).parent.glob("*.py")
    told = {one.stem for one in modules if "\ndef figures(" in one.read_text("utf-8")}
    assert told - {"gpu"} == set(SUBJECTS)  # which few machines have


@pytest.mark.parametrize(
    ("heavy", "slowest", "wrong", "lost", "ok"),
    [
        (False, 0.179, [], 0, True),
        (False, 0.181, [], 0, False),
        (True, 0.329, [], 0, True),
        (True, 0.331, [], 0, False),
        (False, 0.1, ["another visitor's"], 0, False),
        (False, 0.1, [], 1, False),
    ],
)
def test_a_load_holds_where_all_are_answered_soon_and_each_with_their_own(heavy, slowest, wrong, lost, ok):
    told = load_visit.Told(light=[slowest] * 20, wrong=wrong, lost=lost)
    figure = load.figure(load.Load(30, 60, heavy), load_visit.Told(light=[0.02] * 20), told)
    assert figure.ok == ok
    assert f"{len(wrong)} wrong, {lost} sessions lost" in figure.note


@pytest.mark.parametrize(("late", "ok"), [(1000, True), (1049, True), (1051, False), (900, True)])
def test_memory_that_rises_on_once_all_have_come_is_told(late, ok):
    held = [700.0] * 10 + [1000.0] * 10 + [5000.0] + [1000.0] * 9 + [float(late)] * 10  # one moment is no rise
    assert load.flatness(held).ok == ok


def test_without_a_gpu_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu.main() == 0
    assert capsys.readouterr().out == f"{gpu.NONE}\n"


def test_what_a_gpu_is_asked_for_comes_to_the_same_on_the_same_device(monkeypatch):
    monkeypatch.setattr(gpu, "interleave", lambda *_, **__: (1.0, 1.0))  # how long it takes is not held here
    found = list(gpu.figures("cpu"))
    assert len(found) == len(gpu.CHECKS)
    assert [one.name for one in found if not one.holds] == []


def test_what_comes_to_something_else_on_a_gpu_is_told(lite0):
    results = iter([1.0, 1.2])
    check = gpu.Check("one that differs", lambda network: np.array([next(results)]), 0.1, timed=False)
    told = gpu._checked(check, lite0, lite0, 1)
    assert not told.ok
    assert "apart by 1.7e-01" in told.note
