"""Text that comes from a visitor, made safe to show."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Escape everything that Markdown, its colour directives or LaTeX would read as markup."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def percent(share: float) -> str:
    """A probability as people read it: 95 %, 0.3 %, < 0.1 %, 99.6 %, and never 100 % of what is less."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.0f} %" if 0.0995 <= share < 0.985 else f"{100 * share:.1f} %"
