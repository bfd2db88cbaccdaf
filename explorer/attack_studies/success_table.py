"""How often it worked, as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from explorer.attack_studies.many_pictures import PictureResult

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet's formula begins with


def to_csv(results: Sequence[PictureResult]) -> str:
    """One line for each picture and ε. No name is a formula to a spreadsheet: an apostrophe stands before = + - @."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(["picture", "label", "probability", "epsilon", "fooled", "became", "noise_fooled", "noise_draws"])
    for one in results:
        for e, fooled, became, noise in zip(one.epsilons, one.fooled, one.became, one.noise_fooled, strict=True):
            lines.writerow(
                [
                    _no_formula(one.name),
                    _no_formula(one.label),
                    f"{one.probability:.6f}",
                    f"{e:.8g}",
                    int(fooled),
                    _no_formula(became),
                    noise,
                    one.draws,
                ]
            )
    return file.getvalue()


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
