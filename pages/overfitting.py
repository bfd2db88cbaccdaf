"""Overfitting: what is learned by heart, when that hurts, and when it doesn't."""

from pages.parts.learning import digits_network, double_descent, polynomial_fits, random_labels
from pages.parts.shell import frame
from pages.parts.widgets.views import choose_view

VIEWS = {
    "Random labels": random_labels.random_labels,
    "The digits network": digits_network.digits_network,
    "Polynomials": polynomial_fits.polynomials,
    "Double descent": double_descent.double_descent_tab,
}

corner = frame.heading(
    "Overfitting",
    "A model with room to spare can learn its examples by heart, noise and all. When does that spoil what it says of "
    "new ones?",
)
frame.hide_pickers("picture", "network")
VIEWS[choose_view(list(VIEWS), key="overfitting_view")](corner)
