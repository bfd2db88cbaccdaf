"""Files that are whole or not there at all, whoever reads or writes them at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def atomic_write(file: Path) -> Iterator[BinaryIO]:
    """What the block writes is the file from its end on; what it raises leaves the file as it was, and no draft."""
    draft = file.with_name(f"{file.name}.{uuid4().hex}.part")
    try:
        with draft.open("xb") as opened:
            yield opened
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
