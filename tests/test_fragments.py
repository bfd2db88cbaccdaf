"""What is pressed in a block that is drawn anew by itself must not change what stands outside it: that stays undrawn.

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


def pressed_inside(at: AppTest, widgets: dict[str, WidgetMetadata[Any]]) -> list[str]:
    """The keys of the buttons in a block that do something of their own."""
    known = {button.key: widgets[button.id] for button in at.button if not button.disabled}
    return [key for key, one in known.items() if key and one.fragment_id and one.callback]


def faults(at: AppTest, widgets: dict[str, WidgetMetadata[Any]]) -> list[str]:
    """What each button in a block changes outside it."""
    found = []
    for key in pressed_inside(at, widgets):
        if key not in [button.key for button in at.button]:
            continue  # another button has taken it away
        before = outside(at, widgets)
        at.button(key).click().run()
        after = outside(at, widgets)
        found += [f"{key} changes {name}" for name in before if name in after and before[name] != after[name]]
    return found


@pytest.mark.parametrize("screen", [file for file, *_ in frame.SCREENS])
def test_a_button_in_a_block_changes_nothing_outside_it(screen, widgets):
    at = AppTest.from_file("../app.py", default_timeout=120).run()
    at.switch_page(f"pages/{screen}.py").run()
    assert not at.exception
    assert any(one.fragment_id is None for one in widgets.values())
    assert not faults(at, widgets)


def _faulty() -> None:
    import streamlit as st

    @st.fragment
    def block() -> None:
        st.button("Set", key="set", on_click=lambda: st.session_state.update(picture="cat"))

    st.selectbox("Picture", ["flower", "cat"], key="picture")
    block()


def test_such_a_fault_would_be_seen(widgets):
    at = AppTest.from_function(_faulty).run()
    assert faults(at, widgets) == ["set changes picture"]
