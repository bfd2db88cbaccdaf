"""What screens open with, computed beforehand: the results of long work by its exact request, in assets/opened/.

A class that opens a link at the same time then waits for nothing. Another setting is another request, and is computed.
`python -m tests.support.open_screens` makes the files anew; `tests/test_shipped_results.py` computes and compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from pathlib import Path

from explorer.cache import content_key

FOLDER = Path(__file__).parents[1] / "assets" / "opened"


def file_of(key: Hashable) -> Path:
    """The file with the results of the work for this key and for no other; there is one for very few."""
    asked = content_key(key)
    kind = str(asked[0] if isinstance(asked, tuple) else asked).replace(" ", "-")
    return FOLDER / f"{kind}-{hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}"
