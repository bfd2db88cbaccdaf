"""The results of many attacked pictures as a small file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.attack_studies.many_pictures import PictureResult


def write_results(results: Sequence[PictureResult], file: Path) -> None:
    """Write the results, one JSON object a line."""
    file.write_text("\n".join(json.dumps(asdict(one), ensure_ascii=False) for one in results) + "\n", "utf-8")


def read_results(file: Path) -> tuple[PictureResult, list[PictureResult]]:
    """The last of the results that `write_results` wrote, and all of them."""
    results = [_result(json.loads(line)) for line in file.read_text("utf-8").splitlines()]
    return results[-1], results


def _result(read: dict[str, Any]) -> PictureResult:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}
    return PictureResult(**values)
