"""What learning refuses, in one place that needs no torch."""

from __future__ import annotations


class TrainingError(ValueError):
    """Pictures, points, weights or settings that can't be learned with: one sentence says why and what to do."""
