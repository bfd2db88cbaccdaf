"""Names of files that visitors bring, as a screen can show them."""

from __future__ import annotations

import re

_LONGEST = 60  # characters


def shown_name(name: str) -> str:
    """The file's own name on one line of at most 60 characters, without control characters."""
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = "".join(character for character in name if character.isprintable()).strip()
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
