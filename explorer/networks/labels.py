"""The names of a visitor's classes, from a text file or as programs keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from explorer.networks.classifier import NetworkError

MOST_LETTERS = 200  # of one name


def read_labels(text: bytes) -> tuple[str, ...]:
    """The names in a text file of UTF-8 or UTF-16, one a line; blank lines don't count.

    Raises NetworkError on what is no text, and on a line too long for a name.
    """
    try:
        lines = text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NetworkError("The file of class names is no text; give one of UTF-8, with one name a line.") from None
    names = tuple(line.strip() for line in lines if line.strip())
    for number, name in enumerate(names, 1):
        if len(name) > MOST_LETTERS or not name.isprintable():
            raise NetworkError(
                f"Name {number} of the classes is no name: it must be at most {MOST_LETTERS} letters, one name a line."
            )
    return names


def names_in_order(given: Iterable[Any] | Mapping[Any, Any]) -> tuple[str, ...]:
    """The names of classes 0, 1, …; one that is empty or None is numbered.

    Tables of both directions are understood: {0: "cat", …} and {"cat": 0, …}, as data sets have them. Raises
    NetworkError on one text and on a table whose numbers aren't 0, 1, ….
    """
    if isinstance(given, (str, bytes)):
        raise NetworkError("The labels are one text: give a list with a name for each class.")
    names = _ordered(given) if isinstance(given, Mapping) else given
    texts = ["" if name is None else str(name).strip() for name in names]
    return tuple(text or f"class {number}" for number, text in enumerate(texts))


def _ordered(table: Mapping[Any, Any]) -> list[Any]:
    by_number = {str(key): name for key, name in table.items()}  # in JSON the keys are texts
    by_name = {str(number): name for name, number in table.items()}
    for found in (by_number, by_name):
        if set(found) == set(map(str, range(len(table)))):
            return [found[str(number)] for number in range(len(table))]
    raise NetworkError("The labels are a table whose numbers aren't 0, 1, 2 …: give a list with a name for each class.")
