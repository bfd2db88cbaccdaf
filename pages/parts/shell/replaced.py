"""What a run has replaced stays for a moment: a slow browser may only now ask for it.

Streamlit deletes a picture at the end of the first run, anybody's, in which nobody shows it. Whoever's page is being
drawn again shows nothing yet: so a picture that it will show again can be gone while the browser asks for it, and stays
broken there.
"""

from __future__ import annotations

import time
from typing import Any

KEPT_S = 3.0  #: how long; thirty visitors replace a megabyte of pictures a second


class Replaced:
    """Stands between Streamlit's manager of files and their storage, and deletes late."""

    def __init__(self, manager: Any) -> None:
        self._lock, self._in_use, self._delete = manager._lock, manager._file_metadata, manager._storage.delete_file
        self._since: dict[str, float] = {}  # when each was replaced, the oldest first
        manager._storage.delete_file = self._later

    def _later(self, file: str) -> None:
        """Note that a file is no longer shown; Streamlit says so, one thread at a time."""
        self._since.pop(file, None)
        self._since[file] = time.monotonic()
        self._let_go()

    def look(self) -> None:
        """Delete the files whose moment is over, unless they are shown again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        over = [file for file, since in self._since.items() if since <= time.monotonic() - KEPT_S]
        for file in over:
            del self._since[file]
            if file not in self._in_use:
                self._delete(file)
