"""What a visitor recorded: a CSV's columns of numbers or a WAV's sound, read within limits."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from explorer.file_names import shown_name
from explorer.one_dimension.signals import MOST_VALUES, Signal, SignalError, signal
from explorer.one_dimension.tables.delimited import text_of
from explorer.one_dimension.tables.reading import TableError, read_table

MOST_BYTES = 40 * 2**20
_KINDS = {
    b"PK\3\4": "a workbook of Excel or LibreOffice, or another archive, which saves as CSV, too",
    b"\xd0\xcf\x11\xe0": "a workbook of an older Excel, which saves as CSV, too",
    b"ID3": "an MP3", b"\xff\xfb": "an MP3", b"OggS": "an Ogg file", b"fLaC": "a FLAC file", b"FORM": "an AIFF file",
    b"\0\0\0": "a sound or film of MPEG-4", b"\x1aE\xdf\xa3": "a sound or film of WebM", b"%PDF": "a PDF",
    b"\x93NUMPY": "an array of NumPy, which numpy.savetxt saves as text", b"MATLAB": "MATLAB's own format",
}  # fmt: skip
_MOST_WORDS = 1  # lines that are no values: the header
_MOST_TOLD = 3  # columns of which it is said why they are left out
_LEAST_RATE, _MOST_RATE = 1, 1_000_000  # values a second
# What columns are called that count rows or tell the time, in a few languages, with or without their unit.
_CLOCK = re.compile(
    r"(time(stamp)?|t|x|date|datetime|index|row|sample|frame|id|n|nr|no|#|s|sec(ond)?s?|ms|min(ute)?s?|h(ou)?rs?|days?|"
    r"months?|years?|elapsed|zeit|datum|temps|tiempo|fecha|unnamed: 0)([\s_\[(./].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Recording:
    """Columns of numbers by name, each (n,) float64 with NaN where a cell is empty; rate: values per second, or 0.

    `read_as` is how a table was read, such as "semicolons, decimal comma"; `faults` says of a column, also of one
    without numbers, why it is no signal.
    """

    name: str
    columns: dict[str, NDArray[np.float64]]
    rate: float = 0.0
    read_as: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    def signal(self, column: str) -> Signal:
        """One column as a signal. Raises SignalError when it has gaps or text, is constant, too short or too long."""
        if column in self.faults:
            raise SignalError(self.faults[column])
        if column not in self.columns:
            raise SignalError(f"“{self.name}” has no column “{column}”; choose one of {', '.join(self.columns)}.")
        return signal(self.columns[column], column, self.rate)

    @property
    def usable(self) -> tuple[str, ...]:
        """The columns that are signals: first what was measured, then what counts rows or tells the time."""
        names = [name for name, values in self.columns.items() if name not in self.faults and _is_signal(values)]
        return tuple(sorted(names, key=lambda name: _clock_signs(name, self.columns[name])))

    @property
    def remarks(self) -> str:
        """How a table was read and which columns are no signals, in a few sentences; "" for a sound."""
        if not self.read_as:
            return ""
        told, more = self.unusable[:_MOST_TOLD], len(self.unusable) - _MOST_TOLD
        others = [f"{more} more {'column is' if more == 1 else 'columns are'} left out as well."] if more > 0 else []
        return " ".join([f"Read as: {self.read_as}.", *(["Left out:"] if told else []), *told, *others])

    @property
    def unusable(self) -> tuple[str, ...]:
        """Of every other column a sentence why it is none."""
        flat = [f"“{name}” is {values[0]:g} all along." for name, values in self.columns.items()
                if name not in self.faults and values.size and values.min() == values.max()]  # fmt: skip
        return (*self.faults.values(), *flat)


def _clock_signs(name: str, values: NDArray[np.float64]) -> int:
    """How much speaks for a column that only counts rows or tells the time: 0 where it falls, else 1 for even steps and
    1 for its name."""
    steps = np.diff(values)
    if not (steps > 0).all():
        return 0
    return int(np.ptp(steps) <= 1e-6 * np.abs(values).max()) + int(_CLOCK.fullmatch(name.strip()) is not None)


def _is_signal(values: NDArray[np.float64]) -> bool:
    return 2 <= values.size <= MOST_VALUES and bool(np.isfinite(values).all()) and values.min() < values.max()


def read_recording(content: bytes, name: str = "file") -> Recording:
    """A recording from the bytes of a WAV file or of a table of numbers (CSV: comma, semicolon or tab).

    Raises SignalError, one sentence, when they are empty, too many, neither of the two, or hold no signal.
    """
    name = shown_name(name) or "file"
    if not content:
        raise SignalError(f"“{name}” is empty; choose a CSV with a column of numbers, or a WAV.")
    if len(content) > MOST_BYTES:
        raise SignalError(f"“{name}” has more than {MOST_BYTES >> 20} MB: cut out a shorter piece first.")
    sound = content[:4] in (b"RIFF", b"RIFX", b"RF64")
    recording = _read_wav(content, name) if sound else _read_table(content, name)
    if not recording.usable:
        recording.signal(next(iter(recording.columns)))  # says what is wrong with the first
    return recording


def _read_wav(content: bytes, name: str) -> Recording:
    """Channels are averaged; whole numbers are scaled to [−1, 1]."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # about chunks that are not sound
            rate, samples = wavfile.read(io.BytesIO(_with_true_length(content)))
    except Exception as error:  # SciPy meets a damaged file in many ways: ValueError, struct.error, IndexError …
        raise SignalError(f"“{name}” is a damaged WAV, or one that isn't PCM; save it anew as 16-bit PCM.") from error
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise SignalError(
            f"“{name}” says that it has {rate:,} values a second, which no sound has; save it anew as 16-bit PCM."
        )
    if len(samples) == 0:
        raise SignalError(f"“{name}” is a WAV without sound: it holds no values. Record or export it anew.")
    if samples.size > 8 * MOST_VALUES or len(samples) > MOST_VALUES:
        raise SignalError(
            f"“{name}” lasts {len(samples) / rate:.0f} s; at most {MOST_VALUES / rate:.0f} s at this rate can be heard "
            "here: cut out a shorter piece first."
        )
    with np.errstate(invalid="ignore"):  # a damaged file of floats can hold any bits
        values = samples.astype(np.float64)
    if samples.dtype == np.uint8:
        values = (values - 128) / 128
    elif samples.dtype.kind == "i":
        values /= -float(np.iinfo(samples.dtype).min)
    return Recording(name, {"sound": values.reshape(len(samples), -1).mean(1)}, float(rate))


def _with_true_length(content: bytes) -> bytes:
    """A WAV whose sound has the length that it says: a recorder that was cut off, or wrote into a pipe, says 0 or far
    too much, and the last value may be there in part."""
    place, block, honest = 12, 1, int.from_bytes(content[4:8], "little") == len(content) - 8
    while place + 8 <= len(content):
        kind, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        there = len(content) - place - 8
        if kind == b"fmt " and there >= 14:
            block = int.from_bytes(content[place + 20 : place + 22], "little") or 1
        if kind == b"data" and (size > there or (size == 0 and not honest)):
            whole = there - there % block
            body = content[8 : place + 4] + whole.to_bytes(4, "little") + content[place + 8 : place + 8 + whole]
            return content[:4] + len(body).to_bytes(4, "little") + body
        place += 8 + size + size % 2
    return content


def _read_table(content: bytes, name: str) -> Recording:
    try:
        text = text_of(content)
    except ValueError as error:
        kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), "neither a CSV nor a WAV")
        raise SignalError(f"“{name}” is {kind}: choose a table of numbers as text, or a sound as WAV.") from error
    if (count := text.count("\n")) > MOST_VALUES + _MOST_WORDS:
        raise SignalError(f"“{name}” has {count:,} rows, more than {MOST_VALUES:,}: cut out a shorter piece first.")
    try:
        table = read_table(text)
    except TableError as error:
        raise SignalError(f"“{name}” {error} Choose a CSV with a column of numbers, or a WAV.") from error
    return Recording(name, table.columns, read_as=table.read_as, faults=table.faults)


def wav(source: Signal) -> bytes:
    """The signal as a 16-bit WAV; what goes beyond ±1 makes all of it quieter, so that nothing is cut off."""
    loudest = max(1.0, float(np.abs(source.values).max()))
    samples = np.rint(source.values / loudest * np.iinfo(np.int16).max).astype(np.int16)
    file = io.BytesIO()
    wavfile.write(file, round(source.rate), samples)
    return file.getvalue()
