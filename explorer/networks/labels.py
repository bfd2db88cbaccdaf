"""The names of a visitor's classes, read from a text file."""

from __future__ import annotations

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
