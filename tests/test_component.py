"""What runs in the browser: every component's script stands behind the shared one, and bytes arrive as they were."""

from __future__ import annotations

import json
import re

import pytest

from pages.parts.learning import backpropagation, plane
from pages.parts.widgets.component import ASSETS, SHARED, joined, pack, valid_key

SCRIPTS = sorted(path for path in ASSETS.glob("*/*.js") if path.stem == path.parent.name)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_component_has_each_name_once_the_shared_ones_too(script):
    names = re.findall(
        r"^(?:async )?(?:function|const|let|class) (\w+)", SHARED + script.read_text("utf-8"), flags=re.M
    )
    assert {"unpack", "cut"} <= set(names)
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("part", [backpropagation, plane], ids=lambda part: part.FOLDER.name)
def test_modules_that_are_joined_have_each_name_once(part):
    script = SHARED + joined(part.FOLDER, part.SCRIPTS)
    names = re.findall(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", script, flags=re.M)
    assert sorted(names) == sorted(set(names))
    assert len(names) > 30
    assert "import {" not in script
    assert {path.stem for path in part.FOLDER.glob("*.js")} <= set(part.SCRIPTS)


def test_no_component_reads_the_header_by_itself():
    assert _holding("TextDecoder") == ["shared/component.js"]


@pytest.mark.parametrize(
    ("mechanism", "file"),
    [
        ('"Play"', "controls"), ("ArrowLeft: [", "controls"), ("Math.log1p", "activations"), ("toFixed(whole", "words"),
        ('"-", "−"', "words"), ("createHistory() {", "history"),
        ("[data-${", "controls"),
    ],
)  # fmt: skip
def test_what_several_components_do_is_written_once(mechanism, file):
    assert _holding(mechanism) == [f"shared/{file}.js"]


def _holding(text: str) -> list[str]:
    """The scripts of ours in which a text stands."""
    scripts = (path for path in sorted(ASSETS.rglob("*.js")) if "static" not in path.parts)
    return [path.relative_to(ASSETS).as_posix() for path in scripts if text in path.read_text("utf-8")]


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "größer"])
def test_the_bytes_begin_where_numbers_may_and_are_as_they_were(name):
    packed = pack({"name": name}, b"\x00\xff raw")
    start = 4 + int.from_bytes(packed[:4], "little")
    assert start % 4 == 0
    assert json.loads(packed[4:start]) == {"name": name}
    assert packed[start:] == b"\x00\xff raw"


@pytest.mark.parametrize(("key", "fitting"), [("a_b", "a_b"), ("a__b", "a_-_b"), ("a____", "a_-_-_-_"), ("", "")])
def test_no_key_holds_what_streamlit_refuses(key, fitting):
    assert valid_key(key) == fitting
