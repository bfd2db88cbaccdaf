"""Tricks of training, each beside the same network without it."""

from pages.parts.learning import augmenting, dropping, normalizing, optimizing, residuals
from pages.parts.shell import frame
from pages.parts.widgets.views import choose_view

VIEWS = {
    "Batch normalization": normalizing.batch_normalization,
    "Dropout": dropping.dropout,
    "Residual": residuals.residual_connections,
    "Augmentation": augmenting.augmentation,
    "Optimizers": optimizing.optimizers,
}

corner = frame.heading(
    "Tricks",
    "What makes large networks learn, each trick beside the same network without it, from five seeds, on handwritten "
    "digits of 8 × 8 pixels.",
)
view = choose_view(list(VIEWS), key="tricks_view")
frame.hide_pickers("network", *(() if view == "Augmentation" else ("picture",)))
VIEWS[view](corner)
