"""What is touched in a block that is drawn anew by itself must not change what stands outside it: that stays undrawn.

AppTest draws the whole page after every click and so does not show such a fault; but what Streamlit is told of each
widget says whether it stands in a block, and so which clicks to watch and which values must stay.
"""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.state.session_state import SessionState, WidgetMetadata
from streamlit.testing.v1 import AppTest

from pages.parts.shell import frame


@pytest.fixture
def widgets(monkeypatch) -> dict[str, WidgetMetadata[Any]]:
    """By the id of each widget that is drawn: what Streamlit knows of it."""
    monkeypatch.setattr("pages.parts.shell.frame.warm_up", lambda: None)
    told: dict[str, WidgetMetadata[Any]] = {}
    keep = SessionState._set_widget_metadata

    def listening(state: SessionState, metadata: WidgetMetadata[Any]) -> None:
        told[metadata.id] = metadata
        keep(state, metadata)

    monkeypatch.setattr(SessionState, "_set_widget_metadata", listening)
    return told


def outside(at: AppTest, widgets: dict[str, WidgetMetadata[Any]]) -> dict[str, Any]:
    """The values of what stands in no block, and the visitor's own picture."""
    own = at.session_state["own_picture"] if "own_picture" in at.session_state else None  # noqa: SIM401
    kinds = (at.selectbox, at.slider, at.number_input, at.toggle, at.text_input)
    return {"own picture": getattr(own, "digest", None)} | {
        one.key: one.value for kind in kinds for one in kind if one.key and widgets[one.id].fragment_id is None
    }


def hidden(at: AppTest, widgets: dict[str, WidgetMetadata[Any]]) -> list[tuple[str, str]]:
    """Kind and key of what stands in a block and does something of its own when it is touched."""
    kinds = ("button", "selectbox", "slider", "select_slider", "number_input", "toggle", "segmented_control")
    touched = ((kind, one) for kind in kinds for one in getattr(at, kind) if not one.disabled and one.key)
    return [(kind, one.key) for kind, one in touched if widgets[one.id].fragment_id and widgets[one.id].callback]


def touch(at: AppTest, kind: str, key: str) -> None:
    """Press it, or give it another value."""
    one = getattr(at, kind)(key=key)
    if kind == "button":
        one.click().run()
        return
    options = list(getattr(one, "options", ()))
    other = not one.value if kind == "toggle" else one.min if kind in ("slider", "number_input") else None
    if options:
        other = next((option for option in options if option not in (one.value, str(one.value))), None)
    if other is not None:
        one.set_value(other).run()


def faults(at: AppTest, widgets: dict[str, WidgetMetadata[Any]]) -> list[str]:
    """What each of them changes outside its block."""
    found = []
    for kind, key in hidden(at, widgets):
        if key not in [one.key for one in getattr(at, kind)]:
            continue  # another has taken it away
        before = outside(at, widgets)
        touch(at, kind, key)
        after = outside(at, widgets)
        found += [f"{key} changes {name}" for name in before if name in after and before[name] != after[name]]
    return found


def views(at: AppTest) -> list[tuple[str, object]]:
    """The first way through a screen's views: key and value of each switch between them that is drawn."""
    switches = [one for one in at.segmented_control if (one.key or "").endswith("_view")]
    return [(one.key, option) for one in switches for option in one.options]


def says_what_it_shows(at: AppTest) -> bool:
    return any('class="shows"' in block.proto.body for block in at.get("html"))


@pytest.mark.parametrize("screen", [file for file, *_ in frame.SCREENS])
def test_a_control_in_a_block_changes_nothing_outside_it(screen, widgets):
    at = AppTest.from_file("../app.py", default_timeout=120).run()
    at.switch_page(f"pages/{screen}.py").run()
    assert not at.exception
    assert says_what_it_shows(at)
    assert any(one.fragment_id is None for one in widgets.values())
    assert not faults(at, widgets)
    for key, view in views(at):
        at.segmented_control(key=key).set_value(view).run()
        assert not at.exception
        assert not faults(at, widgets)


def _faulty() -> None:
    import streamlit as st

    def cat() -> None:
        st.session_state.picture = "cat"

    @st.fragment
    def block() -> None:
        st.button("Set", key="set", on_click=cat)
        st.selectbox("Whose", ["mine", "yours"], key="whose", on_change=lambda: st.session_state.update(level=5))

    st.selectbox("Picture", ["flower", "cat"], key="picture")
    st.slider("Level", 0, 9, key="level")
    block()


def test_such_a_fault_would_be_seen(widgets):
    at = AppTest.from_function(_faulty).run()
    assert faults(at, widgets) == ["set changes picture", "whose changes level"]
