"""Words and numbers as they are shown: a visitor's text made safe, numbers and counts as people read them."""

from __future__ import annotations

import math
import re

ROUNDING = 1e-6  # what 32-bit floats leave of sums that are 0


# Where Streamlit's Markdown looks past the escapes: addresses that become links, arrows, its own sign.
_READ_ANYWAY = re.compile(
    r"(?<=www)(?=\.)|(?<=http)(?=s?://)|(?<=@)(?=[-\w])|(?<=:)(?=streamlit:)|(?<=[-<>~])(?=[-<>=])", re.IGNORECASE
)
_JOINER = "\u2060"  # has no width, and a line doesn't break at it


def plain(text: str) -> str:
    """Escape everything that Markdown, its colour directives or LaTeX would read as markup; addresses are no links."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", _READ_ANYWAY.sub(_JOINER, text))


def percent(share: float) -> str:
    """A probability as people read it: 95 %, 0.3 %, < 0.1 %, 99.6 %, and 0 % or 100 % of nothing and all alone."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    return f"{100 * share:.0f} %" if 0.0995 <= share < 0.985 else f"{100 * share:.1f} %"


def number(value: float, *, digits: int = 3, decimals: int | None = None) -> str:
    """A number as people read it: a true minus, no power of ten, no −0; what rounding leaves of a zero is 0.

    To `digits` digits, whole above that, with commas between the thousands; or always to as many decimals.
    """
    value = 0.0 if abs(value) < ROUNDING else value
    if decimals is None:
        places = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
        text = f"{value:,.{places}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{decimals}f}"
    nothing = text.startswith("-") and not any(digit in text for digit in "123456789")
    return (text[1:] if nothing else text).replace("-", "−")


def power_of_ten(value: float) -> str:
    """A very small number as people write it."""
    if value == 0 or abs(value) >= 1e-3:
        return number(value)
    digits, exponent = f"{value:.1e}".split("e-")
    return f"{digits} · 10⁻{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(digit)] for digit in exponent.lstrip('0'))}"


def counted(count: int, noun: str) -> str:
    """1 box, 2 boxes, 1,200 levels."""
    ending = "" if count == 1 else "es" if noun.endswith(("x", "s", "ch")) else "s"
    return f"{count:,} {noun}{ending}"


def rounded(value: float, decimals: int = 2) -> str:
    """As `number`, always to as many decimals: for figures that stand beside or beneath each other."""
    return number(float(value), decimals=decimals)
