"""What an inert pickle holds: names that are never looked up, stand-ins for what they would have made, and dicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_PLAIN_KEYS = (str, int, float, bool, bytes, type(None))


@dataclass(frozen=True)
class Name:
    """A class or function that a pickle names, which is neither imported nor called."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class StandIn:
    """What calling a name would have made: the name, what it would have been given, and the state put in after."""

    name: Name
    arguments: Any = ()
    state: Any = None


class PickledDict(dict[Any, Any]):
    """A table, and the attributes that a state dict carries beside it."""

    attributes: Any = None


def appended(target: Any, values: list[Any]) -> None:
    """Put values at the end of a list; of whatever else stands there, nothing is made."""
    if isinstance(target, list):
        target.extend(values)


def filled(target: Any, pairs: list[Any]) -> Any:
    """A table with these keys and values, one after the other; what is no plain key can't be asked for again."""
    if isinstance(target, PickledDict):
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            target[key if isinstance(key, _PLAIN_KEYS) else object()] = value
    return target


# By opcode: what it puts on the stack whatever comes, which put their argument there, and how many a tuple is made of.
CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": PickledDict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,  # its members need not be hashed
}
VALUES = frozenset((
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
    "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE",
    "SHORT_BINUNICODE", "BINUNICODE8",
))  # fmt: skip
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
