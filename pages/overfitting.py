"""Overfitting: what is learned by heart, when that hurts, and when it doesn't."""

from pages.parts.learning import descent_curve, memorizing, polynomial_fits
from pages.parts.shell import frame
from pages.parts.widgets.views import choose_view

VIEWS = {
    "Random labels": memorizing.random_labels,
    "The digits network": memorizing.digits_network,
    "Polynomials": polynomial_fits.polynomials,
    "Double descent": descent_curve.double_descent_tab,
}

corner = frame.heading(
    "Overfitting",
    "A model with room to spare can learn its examples by heart, noise and all. When does that spoil what it says of "
    "new ones?",
)
frame.hide_pickers("picture", "network")
VIEWS[choose_view(list(VIEWS), key="overfitting_view")](corner)
