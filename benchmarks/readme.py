"""The table in README: what was measured, when, and on what machine."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- figures: written by python -m benchmarks --readme -->", "<!-- end of the figures -->"
_CPUS = Path("/proc/cpuinfo")


def put(table: str, remark: str = "", file: Path = README) -> None:
    """Put a table between the two marks, in place of the last one. Raises ValueError where the marks are not there."""
    text = file.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{file.name} has no {BEGIN!r} and {END!r}: put them where the table belongs.")
    said = f"Measured on {date.today():%-d %B %Y} on {machine()}{f'; {remark}' if remark else ''}. Milliseconds."
    file.write_text(f"{before}{begin}\n{said}\n\n{table}\n{end}{after}", "utf-8")


def machine() -> str:
    """The processor, its cores, the system and the Python."""
    names = _CPUS.read_text().splitlines() if _CPUS.is_file() else []
    named = (line.split(":", 1)[1].strip() for line in names if line.startswith("model name"))
    processor = next(named, platform.processor() or platform.machine())
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
