"""What a visitor recorded: a CSV's columns of numbers or a WAV's sound, read within limits."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from explorer.one_dimension.signals import MOST_VALUES, Signal, SignalError, signal

MOST_BYTES = 40 * 2**20
_MOST_COLUMNS = 200
_DELIMITERS = ";\t,"  # a semicolon first: where it divides cells, the comma is often the decimal point
_LONGEST_NAME = 60


@dataclass(frozen=True, eq=False)
class Recording:
    """Columns of numbers by name, each (n,) float64 with NaN where a cell is empty; rate: values per second, or 0."""

    name: str
    columns: dict[str, NDArray[np.float64]]
    rate: float = 0.0

    def signal(self, column: str) -> Signal:
        """One column as a signal. Raises SignalError when it has gaps, is constant, too short or too long."""
        if column not in self.columns:
            raise SignalError(f"“{self.name}” has no column “{column}”; choose one of {', '.join(self.columns)}.")
        return signal(self.columns[column], column, self.rate)

    @property
    def usable(self) -> tuple[str, ...]:
        """The columns that are signals."""
        return tuple(name for name, values in self.columns.items() if _is_signal(values))


def _is_signal(values: NDArray[np.float64]) -> bool:
    return 2 <= values.size <= MOST_VALUES and bool(np.isfinite(values).all()) and values.min() < values.max()


def read_recording(content: bytes, name: str = "file") -> Recording:
    """A recording from the bytes of a WAV file or of a table of numbers (CSV: comma, semicolon or tab).

    Raises SignalError, one sentence, when they are empty, too many, neither of the two, or hold no signal.
    """
    name = _plain(name)
    if not content:
        raise SignalError(f"“{name}” is empty; choose a CSV with a column of numbers, or a WAV.")
    if len(content) > MOST_BYTES:
        raise SignalError(f"“{name}” has more than {MOST_BYTES >> 20} MB: cut out a shorter piece first.")
    sound = content[:4] in (b"RIFF", b"RIFX", b"RF64")
    recording = _read_wav(content, name) if sound else _read_table(content, name)
    if not recording.usable:
        recording.signal(next(iter(recording.columns)))  # says what is wrong with the first
    return recording


def _plain(name: str) -> str:
    """The file's own name on one line of at most 60 characters."""
    name = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in name if c.isprintable()).strip()[:_LONGEST_NAME] or "file"


def _read_wav(content: bytes, name: str) -> Recording:
    """Channels are averaged; whole numbers are scaled to [−1, 1]."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # about chunks that are not sound
            rate, samples = wavfile.read(io.BytesIO(content))
    except Exception as error:  # SciPy meets a damaged file in many ways: ValueError, struct.error, IndexError …
        raise SignalError(f"“{name}” is a damaged WAV, or one that isn't PCM; save it anew as 16-bit PCM.") from error
    if samples.size > 8 * MOST_VALUES or len(samples) > MOST_VALUES:
        raise SignalError(
            f"“{name}” lasts {len(samples) / rate:.0f} s; at most {MOST_VALUES / rate:.0f} s at this rate can be heard "
            "here: cut out a shorter piece first."
        )
    values = samples.astype(np.float64)
    if samples.dtype == np.uint8:
        values = (values - 128) / 128
    elif samples.dtype.kind == "i":
        values /= -float(np.iinfo(samples.dtype).min)
    return Recording(name, {"sound": values.reshape(len(samples), -1).mean(1)}, float(rate))


def _read_table(content: bytes, name: str) -> Recording:
    text = _text(content, name)
    if (count := text.count("\n")) > MOST_VALUES + 1:
        raise SignalError(f"“{name}” has {count:,} rows, more than {MOST_VALUES:,}: cut out a shorter piece first.")
    rows = _rows(text)
    header = rows[0] if rows and not any(_is_number(cell) for cell in rows[0]) else None
    body = rows[1:] if header else rows
    width = min(_MOST_COLUMNS, max((len(row) for row in body), default=0))
    columns: dict[str, NDArray[np.float64]] = {}
    for index in range(width):
        values = _column(body, index)
        if values is not None:
            columns[_title(header, index, columns)] = values
    if not columns:
        raise SignalError(f"“{name}” has no column of numbers: choose a CSV with one, or a WAV.")
    return Recording(name, columns)


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    start = text[:4096]
    if any(ord(c) < 32 and c not in "\t\r\n" for c in start):
        raise SignalError(f"“{name}” is neither a CSV nor a WAV: choose a table of numbers as text, or a sound as WAV.")
    return text


def _rows(text: str) -> list[list[str]]:
    """Cells without the space around them; lines that hold nothing are left out at the end only: they are gaps."""
    start = list(islice(io.StringIO(text), 20))
    delimiter = next((d for d in _DELIMITERS if any(d in line for line in start)), ",")
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return []
    decimal = delimiter == ";" and "," in text
    rows = [[_cell(cell, decimal) for cell in row] for row in rows]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _cell(cell: str, decimal_comma: bool) -> str:
    return cell.strip().replace(",", ".") if decimal_comma else cell.strip()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _column(rows: Sequence[Sequence[str]], index: int) -> NDArray[np.float64] | None:
    """The cells of a column as numbers, NaN where there is none; None when one is text, or all are empty."""
    cells = [row[index] if index < len(row) else "" for row in rows]
    try:
        values = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return None
    return None if not any(cells) else values


def _title(header: Sequence[str] | None, index: int, taken: dict[str, NDArray[np.float64]]) -> str:
    title = header[index][:_LONGEST_NAME] if header and index < len(header) and header[index] else f"column {index + 1}"
    return title if title not in taken else f"{title} ({index + 1})"


def wav(source: Signal) -> bytes:
    """The signal as a 16-bit WAV; what goes beyond ±1 makes all of it quieter, so that nothing is cut off."""
    loudest = max(1.0, float(np.abs(source.values).max()))
    samples = np.rint(source.values / loudest * np.iinfo(np.int16).max).astype(np.int16)
    file = io.BytesIO()
    wavfile.write(file, round(source.rate), samples)
    return file.getvalue()
