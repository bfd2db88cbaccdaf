"""Depth and width: the same number of parameters in one wide layer or many narrow ones, and how networks grew."""

from pages.parts.learning import depth_and_width, published_networks
from pages.parts.shell import frame
from pages.parts.widgets.views import choose_view

VIEWS = {"Equal parameters": depth_and_width.equal_parameters, "The history": published_networks.history}

corner = frame.heading(
    "Depth and width",
    "Is it better to have one wide layer or many narrow ones? The same number of parameters, shared out in different "
    "ways; and how deep the networks of recent years became.",
)
frame.hide_pickers("picture", "network")
VIEWS[choose_view(list(VIEWS), key="depth_view")](corner)
