"""The picture in use before noise or blur, in a snippet."""

from __future__ import annotations

from explorer.pictures.images import Image
from pages.parts.pickers import picture


def code_of(clean: Image) -> str:
    """The line of a snippet that opens the picture, reduced as it is shown, as `clean`."""
    return f"clean = reduced({picture.code()}, {max(clean.width, clean.height)})\n"
