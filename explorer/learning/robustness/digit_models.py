"""Two small classifiers of digits."""

from __future__ import annotations

from torch import Generator, nn

from explorer.learning.initialization import initialize

MODELS = ("small CNN", "linear")


def digit_model(kind: str, source: Generator) -> nn.Sequential:
    """A classifier of digits (N, 1, 8, 8) to logits (N, 10), of a kind in MODELS: two convolutions, or one matrix."""
    layers: tuple[nn.Module, ...] = (nn.Flatten(), nn.Linear(64, 10))
    if kind == "small CNN":
        layers = (
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(512, 10),
        )  # fmt: skip
    model = nn.Sequential(*layers)
    initialize(model, source)
    return model
