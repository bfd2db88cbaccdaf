"""A picture as an expression in a snippet."""

from __future__ import annotations

import explorer


def opened(image: explorer.Image) -> str:
    """The expression that opens a picture in a notebook: a sample, or a file of the visitor's by its name."""
    is_sample = image.name in explorer.sample_names() and image == explorer.sample(image.name)
    return f"explorer.{'sample' if is_sample else 'open_image'}({image.name!r})"
