"""The theme's colours reach the charts."""

import tomllib
from pathlib import Path

import pytest
from streamlit.elements.lib import streamlit_plotly_theme

CONFIG = Path(__file__).parents[1] / ".streamlit" / "config.toml"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_there_is_a_colour_for_each_place_that_streamlit_fills(mode):
    """With one too few, "undefined" stands among the colours and Plotly takes its own ones, red and green."""
    import plotly.io as pio

    streamlit_plotly_theme.configure_streamlit_plotly_theme()
    places = pio.templates["streamlit"].layout.colorway
    colours = tomllib.loads(CONFIG.read_text("utf-8"))["theme"][mode]["chartCategoricalColors"]
    assert len(colours) >= len(places)
    assert len(set(colours)) == len(colours)
