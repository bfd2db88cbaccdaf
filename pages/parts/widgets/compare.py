"""Two pictures in one place, to be compared by a divider or by flicker."""

from __future__ import annotations

from explorer import render
from pages.parts.widgets.component import component, fingerprint, pack
from pages.parts.widgets.encoding import png


def compare(before: render.Picture, after: render.Picture, names: tuple[str, str], *, alt: str, key: str) -> None:
    """Show two pictures of one size, (H, W, 3) each, one over the other."""
    assert before.shape == after.shape
    first, second = png(before), png(after)
    header = {"lengths": [len(first), len(second)], "names": list(names), "alt": alt}
    digest = fingerprint(repr(header), first, second)
    component("compare")(data=pack(header | {"digest": digest}, first + second), key=key)
