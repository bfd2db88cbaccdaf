"""Numbers and words that a programme leaves where a person would not write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ILL_WRITTEN = {
    r"(?<![\w.])-\d": "a hyphen for a minus",
    r"[-−]0(?:\.0+)?(?![\d.,])": "minus zero",
    r"(?<![\d.,×])1 (?:levels|steps|units|pixels|pictures|layers|draws|passes|maps)\b": "a plural of one",
    r"\b(?:None|nan|NaN|inf)\b(?! of)": "a word of Python's",
    r"\b\d(?:\.\d+)?e[-−+]\d+": "a number in a programmer's writing",
}


def ill_written(words: str) -> Iterator[str]:
    """What is wrong with a screen's words as they are read, each with what stands around it."""
    ours = re.sub("“[^”]*”", "“…”", words)  # what is quoted somebody types, or has typed
    for pattern, why in _ILL_WRITTEN.items():
        for found in re.finditer(pattern, ours):
            around = ours[max(0, found.start() - 30) : found.end() + 30].replace("\n", " ")
            yield f"{why}: “{around}”"
