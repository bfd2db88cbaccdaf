"""Paths: files are read or refused with the place, answers are held against what is measured, stations open as said."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from explorer.pictures.images import from_array
from pages.parts.path import path_link, progress, verdicts
from pages.parts.path.measures import MEASURES, Map, Number, Word, arguments, result_kind
from pages.parts.path.progress import Waypoint
from pages.parts.path.teaching_path import FOLDER, PathError, Question, correct_option, read, shipped
from pages.parts.shell.words import plain
from pages.parts.widgets import packed_text
from tests.support.whole_app import app, shown

ONE = """
title = "Mine"
[[station]]
title = "First"
screen = "edges"
link = "edges_angle=45&edges_filter=Scharr"
say = "Look."
then = "So it is."
question = { ask = "Which?", measure = "more_edges", with = { first = "brick", second = "grass" }, options = [
  { say = "The wall", is = "brick" }, { say = "The meadow", is = "grass" } ] }
"""
LECTURE = shipped()["lecture"]


def test_a_path_is_read():
    (station,) = read(ONE).stations
    assert station.link == {"edges_angle": "45", "edges_filter": "Scharr"}
    assert station.question.kind == "choice"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title", "title = ", "line 2"),
        ("[[station]]", "[stations]", r"1 to 60 stations"),
        ('"edges"', '"ponds"', r"Station 1 .*First.*no screen 'ponds'"),
        ('"edges"', '"../app"', "no screen"),
        ('"more_edges"', '"guess"', r"Station 1 .*nothing measures 'guess'; there is .*more_edges"),
        ('second = "grass"', 'third = "grass"', "more_edges is given, under with, first, second"),
        ('is = "brick"', "below = 3", 'which word it stands for'),
        ("say = \"Look.\"", "", r"Station 1 .*say is a text"),
        ("say = \"Look.\"", "say = 3", r"say is a text"),
        ("then", "than", "'than' means nothing here"),
        ("link =", "link = 3 #", "link is what stands"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_the_place(old, new, said):
    with pytest.raises(PathError, match=said):
        read(ONE.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "\0", "title = [" * 3000, "x" * 300_000, "[[station]]\n" * 100])
def test_whatever_is_no_path_ends_in_one_sentence(text):
    with pytest.raises(PathError):
        read(text)


def test_options_are_right_up_to_a_number_or_for_a_word():
    sure = LECTURE.stations[0].question.options
    assert [correct_option(sure, value) for value in (0, 19.9, 20, 69, 70, 100)] == [0, 0, 1, 1, 2, 2]
    assert correct_option(LECTURE.stations[-1].question.options, "target") == 1
    assert correct_option(LECTURE.stations[-1].question.options, "nothing") == -1


def test_the_lectures_example_is_measured():
    question = next(station.question for station in LECTURE.stations if station.screen == "convolution")
    given = {**question.given, "row": 1, "column": 2}
    assert MEASURES["product_sum"](**question.given).value == 12
    assert MEASURES["product_sum"](**given).value == 19


@pytest.mark.parametrize(("size", "share"), [(1, 100), (5, 20), (10, 10)])
def test_a_mean_leaves_a_kth_of_the_noise(size, share):
    assert MEASURES["noise_left"](size=size).value == pytest.approx(share, rel=0.06)


def test_other_known_answers():
    assert MEASURES["weights_saved"](side=28, kernel=5).value == pytest.approx(18063, abs=1)
    assert MEASURES["more_edges"](first="brick", second="grass").value == "grass"
    assert MEASURES["best_score"](from_array(np.random.default_rng(0).random((60, 50, 3), np.float32))).value > 0.999
    assert MEASURES["selectivity_gain"]().value > 3


def test_the_edge_is_where_the_picture_changes(monkeypatch):
    pixels = np.zeros((64, 64, 3), np.float32)
    pixels[:, 40:] = 1
    monkeypatch.setattr(verdicts.picture, "current", lambda: from_array(pixels))
    question = Question("Where?", "edges", {"angle": 90})
    assert verdicts.judge(question, (8, 9)).correct
    assert not verdicts.judge(question, (8, 2)).correct
    assert verdicts.judge(question, None).correct is None


@pytest.mark.parametrize(
    "question",
    [
        Question("?", "product_sum", {"numbers": [["a"]], "kernel": [[1]], "row": 0, "column": 0}),
        Question("?", "product_sum", {"numbers": [[1]], "kernel": [[1]], "row": 7, "column": 0}),
        Question("?", "noise_left", {"size": 10**9}),
        Question("?", "weights_saved", {"side": 3, "kernel": 5}),
    ],
)  # fmt: skip
def test_what_cant_be_measured_is_said(question):
    verdict = verdicts.judge(question, 3.0)
    assert verdict.correct is None
    assert "can't be measured here" in verdict.said


def test_every_measure_is_documented():
    documented = (FOLDER / "README.md").read_text("utf-8")
    for name in MEASURES:
        assert f"`{name}`" in documented
        assert result_kind(name) in {cls.__name__ for cls in (Number, Word, Map)}
        assert all(f"`{one}`" in documented for one in set().union(*arguments(name)))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_no_path_keeps_the_answer(file):
    """Right and wrong come from a measure: of a measured number only bounds stand in the file."""
    for station in tomllib.loads(file.read_text("utf-8"))["station"]:
        assert not {"answer", "right", "correct"} & (station.keys() | station["question"].keys())


ALL = [Waypoint(name, number) for name, path in shipped().items() for number in range(1, len(path.stations) + 1)]


@pytest.mark.parametrize("place", ALL, ids=lambda place: place.text)
def test_each_station_opens_cold_and_hides_its_answer(place):
    test = app(place.station.screen, query={**place.station.link, progress.LINK: place.text})
    assert not test.exception
    assert plain(place.station.title) == test.title[0].value
    assert (len(test.title) == 1) == (place.station.before is None)  # the screen's own title is not there yet
    assert not test.success
    assert not test.toast


@pytest.mark.parametrize("place", ALL, ids=lambda place: place.text)
def test_each_stations_link_is_understood_and_measured(place):
    test = app(place.station.screen, query={**place.station.link, progress.LINK: place.text},
               path_answers={place: None})  # fmt: skip
    assert not test.exception
    assert not test.toast, [one.value for one in test.toast]
    told = [one.value for one in test.info]
    assert any(one.value for one in test.info)
    assert not any("can't be measured" in one for one in told)


def test_a_station_undoes_what_the_visitor_had_set_there():
    test = app("edges")
    test.slider("edges_angle").set_value(45).run()
    test.session_state["path_depart"] = Waypoint("lecture", 4)
    test.run()
    next(button for button in test.button if button.key == "path_show").click().run()
    assert test.slider("edges_angle").value == 90


def test_a_path_of_ones_own_that_is_not_here_is_said():
    test = app(query={"path": "own.2"})
    assert not test.exception
    assert "bring its file" in test.info[0].value
    assert app(query={"path": "lecture.99"}).toast


def test_wandering_off_shows_the_way_back():
    test = app("eye", query={"path": "lecture.4"})
    assert "station 4" in shown(test)
    next(button for button in test.button if button.key == "path_leave").click().run()
    assert "station 4" not in shown(test)


def test_a_path_of_ones_own_travels_in_its_link():
    test = app("lecture")
    test.query_params["path_text"] = packed_text.pack(ONE)
    test.run()
    assert "Mine" in [one.value for one in test.header]
    assert path_link.read(packed_text.pack(ONE)) == ONE


@pytest.mark.parametrize("link", ["x", "ä", "A" * 900, packed_text.pack("title ="), packed_text.pack(ONE)[:60]])
def test_a_garbled_link_to_a_path_is_said(link):
    test = app("lecture")
    test.query_params["path_text"] = link
    test.run()
    assert not test.exception
    assert len(test.error) == 1


def test_a_path_that_begins_with_a_picture_has_it_in_its_link():
    test = app(query={"picture": "coffee", "weights": "random"})
    test.button("home_begin_fooled").click().run()
    assert test.query_params["path"] == "fooled.1"
    assert test.query_params["picture"] == "coffee"
    assert test.query_params["weights"] == "random"
