"""What visitors upload: tables and sounds of all kinds, and what is none of them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from scipy.io import wavfile

from explorer.one_dimension.recordings import MOST_BYTES, read_recording, wav
from explorer.one_dimension.signals import MOST_VALUES, SignalError, signal

WAVE = np.sin(np.arange(100) / 5)


def sound(samples, rate=8000):
    file = io.BytesIO()
    wavfile.write(file, rate, samples)
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("1\n2\n4\n", {"column 1": [1, 2, 4]}),
        ("time,height\n0,1.5\n1,-2e3\n", {"time": [0, 1], "height": [1.5, -2000]}),
        ("a;b\n1,5;2\n2,5;3\n", {"a": [1.5, 2.5], "b": [2, 3]}),
        ("1\t2\n3\t5\n", {"column 1": [1, 3], "column 2": [2, 5]}),
        ("day,t\nmon,1\ntue,2\n", {"t": [1, 2]}),
        ("x,x\n1,2\n2,3\n", {"x": [1, 2], "x (2)": [2, 3]}),
        ("\ufeffh\n1\n3\n\n\n", {"h": [1, 3]}),
    ],
)
def test_tables_become_columns_of_numbers(text, columns):
    made = read_recording(text.encode(), "t.csv")
    assert made.rate == 0
    assert {name: values.tolist() for name, values in made.columns.items()} == columns


def test_a_good_column_is_used_and_a_bad_one_says_why():
    made = read_recording(b"flat,gap,good\n1,1,1\n1,,2\n1,3,5\n", "t.csv")
    assert made.usable == ("good",)
    assert made.signal("good").values.tolist() == [1, 2, 5]
    with pytest.raises(SignalError, match="“flat” is 1 all along"):
        made.signal("flat")
    with pytest.raises(SignalError, match="“gap” has a gap: value 2"):
        made.signal("gap")
    with pytest.raises(SignalError, match="no column “none”"):
        made.signal("none")


@pytest.mark.parametrize(
    ("samples", "tolerance"),
    [
        ((WAVE * 32767).astype(np.int16), 1e-4),
        ((WAVE * 127 + 128).astype(np.uint8), 2e-2),
        ((WAVE * (2**31 - 1)).astype(np.int32), 1e-6),
        (WAVE.astype(np.float32), 1e-6),
        (np.stack([2 * WAVE, 0 * WAVE], 1).astype(np.float32), 1e-6),
    ],
    ids=["16 bit", "8 bit", "32 bit", "float", "stereo"],
)
def test_sounds_become_values_in_one_scale(samples, tolerance):
    made = read_recording(sound(samples), "t.wav").signal("sound")
    assert made.rate == 8000
    np.testing.assert_allclose(made.values, WAVE, atol=tolerance)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither a CSV nor a WAV"),
        (b"words\nand more\n", "no column of numbers"),
        (b"only,a,header\n", "no column of numbers"),
        (b"5\n5\n5\n", "5 all along"),
        (b"1\nnan\n3\n", "has a gap: value 2"),
        (b"1\n\n3\n", "has a gap: value 2"),
        (b"1\ninf\n3\n", "has a gap"),
        (b"7\n", "at least 2"),
        (b"RIFF\0\0\0\0WAVEfmt ", "damaged WAV"),
        (sound(WAVE.astype(np.float32))[:60], "damaged WAV|at least 2"),
        (sound(np.zeros(50, np.int16)), "0 all along"),
        (sound(np.array([0, np.nan, 1], np.float32)), "has a gap"),
        (sound(np.zeros(MOST_VALUES + 1, np.uint8)), "lasts 250 s; at most 250 s"),
        (b"1\n" * (MOST_VALUES + 2), "more than 2,000,000"),
        (bytes(MOST_BYTES + 1), "more than 40 MB"),
    ],
)  # fmt: skip
def test_what_is_no_recording_gets_a_sentence(content, says):
    with pytest.raises(SignalError, match=says) as caught:
        read_recording(content, "some/folder/my\nfile.csv")
    assert str(caught.value).startswith("“")
    assert "folder" not in str(caught.value)


def test_what_is_written_can_be_read_again_and_loud_is_not_cut_off():
    loud = signal(3 * WAVE, rate=8000)
    back = read_recording(wav(loud), "t.wav").signal("sound")
    np.testing.assert_allclose(back.values, loud.values / np.abs(loud.values).max(), atol=1e-4)
