"""Python 3.11 can't take sources apart in two threads at once, and a server does when two visitors come at once."""

from __future__ import annotations

import ast
import sys
from functools import wraps
from threading import RLock
from typing import Any

_TURN = RLock()


def install() -> None:
    """From now on `ast.parse` is for one thread at a time; our own parts call it, and torch when it compiles a script.

    SystemError: AST constructor recursion depth mismatch (CPython issue 106905; later versions do without this).
    """
    if sys.version_info >= (3, 13) or hasattr(ast.parse, "__wrapped__"):
        return
    parse = ast.parse

    @wraps(parse)
    def in_turn(*args: Any, **kwargs: Any) -> ast.AST:
        with _TURN:
            return parse(*args, **kwargs)

    ast.parse = in_turn  # type: ignore[assignment]
