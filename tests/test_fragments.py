"""What is touched in a block that is drawn anew by itself must not change what stands outside it: that stays undrawn.

AppTest draws the whole page after every touch and so shows at once what a browser would go on showing as it was: what
differs then outside of all blocks. What Streamlit is told of each widget says in which block it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.runtime.state.session_state import SessionState, WidgetMetadata
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import SelectSlider

from explorer import render
from explorer.jobs import Job
from pages.parts.shell import screens
from tests.support.alone import ROOT
from tests.support.messages import recorded
from tests.support.short_work import FEW, shortened, small_gallery, small_steps

pytestmark = pytest.mark.usefixtures("small_pictures")

KINDS = ("button", "selectbox", "slider", "select_slider", "number_input", "toggle", "segmented_control", "pills",
         "radio", "multiselect", "text_input", "text_area", "file_uploader")  # fmt: skip
PICTURE = render.png(np.arange(12_288, dtype=np.uint8).reshape(64, 64, 3))
QUICK = {"adversarial": {"attack_steps": "1"}, "many": {"many_steps": "1"}, "defence": {"defence_model": "linear"},
         "neurons": {"unit_size": "64", "unit_steps": "8"}}  # fmt: skip
# What leaves the screen, or its picture or network, draws the whole page anew.
LEAVING = ("maps_go_", "learning_", "decided_card_", "bought_card_")
PASSING = re.compile(r"[\d,]+ MB in use|deferred_file_id: \S+")


class Screen:
    """A screen as AppTest draws it, what was sent of it, and what Streamlit knows of each widget, by its id."""

    def __init__(self, at: AppTest, sent: list[Any], known: dict[str, WidgetMetadata[Any]]) -> None:
        self.at, self.sent, self.known = at, sent, known

    def draw(self, *, anew: bool = False) -> None:
        """Drawn when all work has ended; `anew`, for what is said once, once more in any case."""
        held = map(self.at.session_state.__getitem__, self.at.session_state)
        working = [job for job in held if isinstance(job, Job) and not job.finished.is_set()]
        assert all(job.finished.wait(100) for job in working)
        if working or anew:
            self.at.run()
        assert not self.at.exception, [one.message for one in self.at.exception]

    def inside(self) -> list[tuple[str, str]]:
        """Kind and key of what stands in a block and can be touched."""
        touched = ((kind, one) for kind in KINDS for one in getattr(self.at, kind) if not one.disabled and one.key)
        return [(kind, one.key) for kind, one in touched if self.known[one.id].fragment_id]

    def outside(self) -> set[str]:
        """What is drawn outside of all blocks, what is set there, and the picture unless it is chosen in a block."""
        own = self.at.session_state["own_picture"] if "own_picture" in self.at.session_state else None  # noqa: SIM401
        if any(self.known[one.id].fragment_id for one in self.at.selectbox if one.key == "picture"):
            own = None  # Home's
        deltas = (sent.delta for sent in self.sent if sent.WhichOneof("type") == "delta")
        drawn = {PASSING.sub("", str(one)) for one in deltas if not one.fragment_id and "shows" not in str(one)}
        widgets = (one for kind in KINDS[1:] for one in getattr(self.at, kind) if one.key)
        fixed = {f"{one.key} = {one.value}" for one in widgets if not self.known[one.id].fragment_id}
        return drawn | fixed | {f"own picture {getattr(own, 'digest', None)}"}

    def touch(self, kind: str, key: str) -> None:
        """Press it, or give it another value."""
        one = getattr(self.at, kind)(key=key)
        if kind == "button":
            one.click().run()
        elif (value := another(kind, one)) not in (None, one.value):
            one.set_value(value).run()


def another(kind: str, one: Any) -> Any:
    """A value that it doesn't have; None if there is none."""
    if kind in ("text_input", "text_area"):
        return "7"
    if kind == "file_uploader":
        return [("mine.png", PICTURE, "image/png")]
    options = [option for option in getattr(one, "options", ()) if option not in (one.value, str(one.value))]
    if kind == "multiselect":
        return options[:1]
    return not one.value if kind == "toggle" else options[0] if options else getattr(one, "min", None)


@pytest.fixture
def known(monkeypatch) -> dict[str, WidgetMetadata[Any]]:
    """By the id of each widget that is drawn: what Streamlit knows of it."""
    monkeypatch.setattr("pages.parts.shell.frame.warm_up", lambda: None)
    small_steps(monkeypatch)
    shortened(monkeypatch, few=FEW | dict.fromkeys(("many", "checks", "epsilon curve", "surface", "transfer"), 1))
    told: dict[str, WidgetMetadata[Any]] = {}
    keep = SessionState._set_widget_metadata

    def listening(state: SessionState, metadata: WidgetMetadata[Any]) -> None:
        told[metadata.id] = metadata
        keep(state, metadata)

    monkeypatch.setattr(SessionState, "_set_widget_metadata", listening)
    says = SelectSlider.format_func.fget  # takes a value; that of an option can't be known here
    format_func = property(lambda box: lambda value: value if value in box.options else says(box)(value))
    monkeypatch.setattr(SelectSlider, "format_func", format_func)
    return told


def faults(screen: Screen) -> Iterator[str]:
    """What each control in a block changes outside it."""
    screen.draw(anew=True)
    for kind, key in screen.inside():
        if key.startswith(LEAVING) or key not in [one.key for one in getattr(screen.at, kind)]:
            continue  # another has taken it away
        before = screen.outside()
        screen.touch(kind, key)
        screen.draw()
        if changed := screen.outside() - before:
            yield f"{key} changes {sorted(changed)[0][:400]}"


def views(at: AppTest) -> list[tuple[str, object]]:
    """Key and value of each switch between views that is drawn."""
    switches = [one for one in at.segmented_control if (one.key or "").endswith("_view")]
    return [(one.key, option) for one in switches for option in one.options]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", [file for file, *_ in screens.SCREENS])
def test_a_control_in_a_block_changes_nothing_outside_it(name, known, monkeypatch):
    if name == "many":
        small_gallery(monkeypatch)
    with recorded(monkeypatch) as sent:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
        at.query_params.update(QUICK.get(name, {}))
        screen = Screen(at.switch_page(f"pages/{name}.py").run(), sent, known)
        screen.draw()
        assert any('class="shows"' in block.proto.body for block in at.get("html"))
        assert any(one.fragment_id is None for one in known.values())
        found = list(faults(screen))
        for key, view in views(at):
            at.segmented_control(key=key).set_value(view).run()
            screen.draw()
            found += faults(screen)
        assert not found


def _faulty() -> None:
    import streamlit as st

    def cat() -> None:
        st.session_state.picture = "cat"

    @st.fragment
    def block() -> None:
        st.button("Set", key="set", on_click=cat)
        st.selectbox("Whose", ["mine", "yours"], key="whose", on_change=lambda: st.session_state.update(level=5))

        st.slider("How many", 0, 9, 5, key="how many")
        st.text_input("Words", key="words")
        st.multiselect("Which", ["a", "b"], key="which")
        st.file_uploader("File", key="file", accept_multiple_files=True)
        st.slider("No effect", 0, 9, 5, key="none")

    st.selectbox("Picture", ["flower", "cat"], key="picture")
    st.slider("Level", 0, 9, key="level")
    block()
    said = st.session_state
    st.markdown(f"{said['how many']}, {said['words']}, {said['which']}, {len(said['file'])}.")


def test_such_a_fault_would_be_seen(known, monkeypatch):
    with recorded(monkeypatch) as sent:
        found = list(faults(Screen(AppTest.from_function(_faulty).run(), sent, known)))
    assert [fault.split(" changes ")[0] for fault in found] == ["set", "whose", "how many", "which", "words", "file"]
