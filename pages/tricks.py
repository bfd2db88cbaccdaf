"""Tricks of training, each beside the same network without it."""

from pages.parts.learning import augmentation, batch_normalization, dropout, optimizers, residual_connections
from pages.parts.shell import frame
from pages.parts.widgets.views import choose_view

VIEWS = {
    "Batch normalization": batch_normalization.batch_normalization,
    "Dropout": dropout.dropout,
    "Residual": residual_connections.residual_connections,
    "Augmentation": augmentation.augmentation,
    "Optimizers": optimizers.optimizers,
}

corner = frame.heading(
    "Tricks",
    "What makes large networks learn, each trick beside the same network without it, from five seeds, on handwritten "
    "digits of 8 × 8 pixels.",
)
view = choose_view(list(VIEWS), key="tricks_view")
frame.hide_pickers("network", *(() if view == "Augmentation" else ("picture",)))
VIEWS[view](corner)
