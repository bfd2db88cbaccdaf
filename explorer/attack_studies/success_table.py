"""How often it worked, as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.attack_studies.many_pictures import PictureResult
from explorer.csv_table import to_csv

_COLUMNS = {
    "picture": "", "label": "", "probability": ".6f", "epsilon": ".8g", "fooled": "d", "became": "",
    "noise_fooled": "d", "noise_draws": "d",
}  # fmt: skip


def table(results: Sequence[PictureResult]) -> bytes:
    """One line for each picture and ε, as CSV."""
    return to_csv(
        _COLUMNS,
        (
            (one.name, one.label, one.probability, e, fooled, became, noise, one.draws)
            for one in results
            for e, fooled, became, noise in zip(one.epsilons, one.fooled, one.became, one.noise_fooled, strict=True)
        ),
    )
