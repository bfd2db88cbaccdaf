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


def with_rate(wave, rate):
    """A WAV that says another rate than it was written with."""
    rates = (number.to_bytes(4, "little") for number in (rate, rate * int.from_bytes(wave[32:34], "little")))
    return wave[:24] + b"".join(rates) + wave[32:]


def in_24_bits(values):
    """A WAV of three bytes a value, which scipy can't write."""
    data = b"".join(round(v * (2**23 - 1)).to_bytes(3, "little", signed=True) for v in values)
    head = sound(np.zeros(1, np.int16))[:44]
    size = len(data).to_bytes(4, "little")
    return head[:28] + (24_000).to_bytes(4, "little") + b"\3\0\x18\0data" + size + data


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


@pytest.mark.parametrize(
    ("text", "columns", "taken"),
    [
        ("a;b\n1;2,5\n2;3,5\n", {"a": [1, 2], "b": [2.5, 3.5]}, "semicolons, decimal comma"),
        ("t;x;n\n0;1,5;3\n1;2;9\n2;2,25;7\n", {"t": [0, 1, 2], "x": [1.5, 2, 2.25], "n": [3, 9, 7]}, "semicolons, dec"),
        ("a;b\n0.5;1,25\n0.75;2,5\n", {"a": [0.5, 0.75], "b": [1.25, 2.5]}, "decimal point, decimal comma"),
        ("a\tb\n1,5\t2\n2,5\t4\n", {"a": [1.5, 2.5], "b": [2, 4]}, "tabs, decimal comma"),
        ('"a","b"\n"1.5","2"\n"2.5","4"\n', {"a": [1.5, 2.5], "b": [2, 4]}, "commas, decimal point"),
        ('a,b\n0,"1,5"\n1,"2,5"\n', {"a": [0, 1], "b": [1.5, 2.5]}, "commas, decimal comma"),
        ("name; unit,value\n1,2\n2,4\n", {"name; unit": [1, 2], "value": [2, 4]}, "commas"),
        ('note,value\n"a;b",1\n"c;d",5\n', {"value": [1, 5]}, "commas"),
        ("sep=;\na;b\n1,5;2\n2,5;3\n", {"a": [1.5, 2.5], "b": [2, 3]}, "semicolons, decimal comma"),
        ('"sep=,"\r\na,b\r\n1,2\r\n3,5\r\n', {"a": [1, 3], "b": [2, 5]}, "commas"),
        ("time,temp\n[s],[°C]\n0,1.5\n1,2.5\n", {"time": [0, 1], "temp": [1.5, 2.5]}, "commas"),
        ("time;temp\ns;°C\n0;1,5\n1;3\n", {"time": [0, 1], "temp": [1.5, 3]}, "semicolons"),
        ("Device X\nDate: 2024\n\ntime,v\n0,3\n1,5\n2,4\n", {"time": [0, 1, 2], "v": [3, 5, 4]}, "commas"),
        ("# made by x\n# a, b\na,b\n1,2\n// pause\n2,5\n", {"a": [1, 2], "b": [2, 5]}, "commas"),
        ("1 2\n3 5\n", {"column 1": [1, 3], "column 2": [2, 5]}, "spaces"),
        ("  1.0   2.0\n 10.0   5.0\n", {"column 1": [1, 10], "column 2": [2, 5]}, "spaces, decimal point"),
        ("1 2\n3\t5\n4 7\n", {"column 1": [1, 3, 4], "column 2": [2, 5, 7]}, "spaces"),
        ("a|b\n1|2\n2|5\n", {"a": [1, 2], "b": [2, 5]}, "bars"),
        ("x\n1 234,5\n2 345,25\n", {"x": [1234.5, 2345.25]}, "one column, decimal comma"),
        ("x\n1\u00a0234\n2\u202f345\n", {"x": [1234, 2345]}, "one column"),
        ("x\n1'234.5\n2'345\n", {"x": [1234.5, 2345]}, "decimal point"),
        ('a,b\n"1,234.5",1\n"2,345.25",4\n', {"a": [1234.5, 2345.25], "b": [1, 4]}, "decimal point"),
        ("a;b\n1.234,5;1\n2.345;3\n", {"a": [1234.5, 2345], "b": [1, 3]}, "decimal comma"),
        ("x\n\u22121\n\u20132.5\n+ 3\n", {"x": [-1, -2.5, 3]}, "one column"),
        ("x;y\n1e-3;1\n-2,5E+3;2\n", {"x": [0.001, -2500], "y": [1, 2]}, "semicolons, decimal comma"),
        ("x,y\n5%,1\n7.5 %,9\n", {"x": [5, 7.5], "y": [1, 9]}, "percent signs left out"),
        ("a,b,\n1,2,\n3,5,\n", {"a": [1, 3], "b": [2, 5]}, "commas"),
        ("a,,c\n1,,2\n2,,5\n", {"a": [1, 2], "c": [2, 5]}, "commas"),
        ("value\n1,5\n2,5\n", {"value": [1.5, 2.5]}, "one column, decimal comma"),
        ("1.5\n2.5\n", {"column 1": [1.5, 2.5]}, "one column, decimal point"),
        ("Datum;Wert\n01.02.2024 10:00;1,5\n01.02.2024 11:00;2,5\n", {"Wert": [1.5, 2.5]}, "decimal comma"),
        ("1\r4\r", {"column 1": [1, 4]}, "one column"),
        ('"temp\n(C)",b\n1,2\n3,5\n', {"temp(C)": [1, 3], "b": [2, 5]}, "commas"),
        ('a,b\n"1,2\n3,4\n', {"a": [1, 3], "b": [2, 4]}, "commas"),
        ("a,b\n\n1,2\n\n3,5\n", {"a": [1, 3], "b": [2, 5]}, "commas"),
        ("a,b\r\r\n1,2\r\r\n3,5\r\r\n", {"a": [1, 3], "b": [2, 5]}, "commas"),
        ("\n\nv\n1\n3\n", {"v": [1, 3]}, "one column"),
        (",\n1,2\n3,5\n", {"column 1": [1, 3], "column 2": [2, 5]}, "commas"),
        ("a;b\n1;2\n3;5\n;\n;\n", {"a": [1, 3], "b": [2, 5]}, "semicolons"),
        ("1,2,4\n", {"column 1": [1, 2, 4]}, "commas, one row"),
        ("[0.5, 0.25; 1]\n".replace(";", ","), {"column 1": [0.5, 0.25, 1]}, "one row"),
        ("v;1,5;2,5;", {"v": [1.5, 2.5]}, "semicolons, decimal comma, one row"),
        ("# t, v\n1,2\n3,5\n", {"t": [1, 3], "v": [2, 5]}, "commas"),
        ("## made by x\n# t v\n1.0 2.0\n3.0 5.0\n", {"t": [1, 3], "v": [2, 5]}, "spaces"),
        ("t,v\n1,2 # start\n3,5\n", {"t": [1, 3], "v": [2, 5]}, "commas"),
        ("time,voltage\nseconds,millivolts\n0,1\n1,3\n", {"time": [0, 1], "voltage": [1, 3]}, "commas"),
        ("D: X\nS: 1\nR: 2\n\nt (s),v\n0,3\n1,5\n", {"t (s)": [0, 1], "v": [3, 5]}, "commas"),
        ("0,05\n1,25\n2,5\n", {"column 1": [0.05, 1.25, 2.5]}, "one column, decimal comma"),
        ("-0,5\n1,5\n", {"column 1": [-0.5, 1.5]}, "one column, decimal comma"),
        ("1,5\n2,7\n", {"column 1": [1, 2], "column 2": [5, 7]}, "if they are decimal commas"),
        ("v\n1.5D+03\n-2.5d-1\n", {"v": [1500, -0.25]}, "one column"),
        ("x,2020\n1,5\n2,7\n", {"x": [1, 2], "2020": [5, 7]}, "commas"),
    ],
)  # fmt: skip
def test_every_dialect_gives_its_numbers_and_is_named(text, columns, taken):
    made = read_recording(text.encode(), "t.csv")
    assert {name: values.tolist() for name, values in made.columns.items()} == columns
    assert taken in made.read_as
    assert made.remarks.startswith(f"Read as: {made.read_as}.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_tables_come_in_every_encoding(encoding):
    made = read_recording("größe;b\n1,5;2\n2,5;3\n".encode(encoding), "t.csv")
    assert {name: values.tolist() for name, values in made.columns.items()} == {"größe": [1.5, 2.5], "b": [2, 3]}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("time,temperature\n0,3\n1,5\n2,4\n", "temperature"),
        ("time [s];temperature\n0;1\n0,5;2\n1,7;4\n", "temperature"),
        ("time,temp\n0,1.5\n1,2.5\n", "temp"),
        ("no,v\n1,3\n2,1\n5,2\n", "v"),
        ("1,3\n2,1\n3,2\n", "column 2"),
        ("a,b\n1,5\n3,2\n2,7\n", "a"),
        ("time\n0\n1\n2\n", "time"),
    ],
)
def test_what_was_measured_comes_before_the_clock(text, first):
    assert read_recording(text.encode(), "t.csv").usable[0] == first


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x,y\n1,2\n2,abc\n3,4\n", "“y” holds text in row 3: “abc”"),
        ("x,y\n1,2\n2,5\nTotal,7\n", "“x” holds text in row 4: “Total”"),
        ("# c\nx,y\n1,2\n2,N/A\n3,4\n", "“y” has a gap: value 2 (row 4: “N/A”)"),
        ("x,y\n1,2\n2\n3,4\n", "“y” has a gap: value 2 (row 3)"),
        ("x,y\nN/A,2\n2,5\n3,4\n", "“x” has a gap: value 1 (row 2: “N/A”)"),
        ("day,y\nmon,2\ntue,5\n", "“day” holds text, such as row 2: “mon”."),
        ("x,y\n1,5\n1,2\n", "“x” is 1 all along."),
        ("a,b,c,d,e,y\n" + "p,p,p,p,p,1\n" * 2 + "p,p,p,p,p,2\n", "2 more columns are left out as well."),
    ],
)
def test_no_column_vanishes_without_a_word(text, says):
    made = read_recording(text.encode(), "t.csv")
    assert says in made.remarks


def test_ragged_rows_are_gaps_and_not_another_table():
    made = read_recording(b"a,b\n1,2\n3\n4,5,6\n", "t.csv")
    assert made.usable == ("a",)
    assert made.columns["a"].tolist() == [1, 3, 4]
    made = read_recording(b"1 2\n3 5\n4 7\t8 9\n6 1\n", "t.csv")  # of spaces and tabs, too
    assert made.usable == ("column 1", "column 2")


def test_many_rows_of_decimal_commas_are_all_read():
    text = "t;v\n" + "".join(f"{i};{i % 97},{i % 10}\n" for i in range(100_000))
    made = read_recording(text.encode(), "t.csv")
    assert made.usable == ("v", "t")
    np.testing.assert_allclose(made.columns["v"], [i % 97 + i % 10 / 10 for i in range(100_000)])


def test_a_table_of_too_many_cells_is_refused():
    with pytest.raises(SignalError, match="more than 10,000,000 cells"):
        read_recording((b"1," * 149 + b"1\n") * 70_000, "t.csv")


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


def test_sounds_of_24_bits_of_doubles_and_cut_short_are_read():
    np.testing.assert_allclose(read_recording(in_24_bits(WAVE), "t.wav").columns["sound"], WAVE, atol=1e-6)
    np.testing.assert_allclose(read_recording(sound(WAVE), "t.wav").columns["sound"], WAVE)
    whole = sound((WAVE * 32767).astype(np.int16))
    unknown = whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:]  # as written into a pipe
    for streamed in (unknown, whole[:4] + b"\xff" * 4 + whole[8:40] + b"\xff" * 4 + whole[44:], whole[:-1]):
        values = read_recording(streamed, "t.wav").columns["sound"]
        np.testing.assert_allclose(values, WAVE[: len(values)], atol=1e-4)
        assert len(values) >= len(WAVE) - 1
    short = read_recording(whole[:-60], "t.wav").columns["sound"]
    np.testing.assert_allclose(short, WAVE[: len(short)], atol=1e-4)


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
        (b"a\n1\nN/A\n3\n", "has a gap: value 2 .row 3: “N/A”"),
        (b"a\n1\n2\nabc\n3\n", "holds text in row 4: “abc”"),
        (b"a,b\nx,y\nz,w\n", "no column of numbers: “a” holds text, such as row 2: “x”"),
        (b"v\n$5\n$6\n", "no column of numbers: “v” holds text, such as row 2: “\\$5”"),
        (b"PK\3\4" + bytes(50), "a workbook of Excel"),
        (b"ID3\3" + bytes(50), "is an MP3: choose"),
        (b"\n\n", "no column of numbers: it holds no rows"),
        (b"# only\n# words\n", "holds no rows"),
        (b";;;\n;;;\n", "no column of numbers"),
        (b'"', "no column of numbers"),
        (b"RIFF\0\0\0\0WAVEfmt ", "damaged WAV"),
        (sound(WAVE.astype(np.float32))[:60], "WAV without sound"),
        (sound(np.zeros(50, np.int16)), "0 all along"),
        (sound(np.zeros(0, np.int16)), "WAV without sound"),
        (sound(np.zeros((0, 2), np.float32)), "WAV without sound"),
        (with_rate(sound(np.arange(50, dtype=np.int16)), 0), "0 values a second"),
        (with_rate(sound(np.zeros(MOST_VALUES + 1, np.uint8)), 0), "0 values a second"),
        (with_rate(sound(np.arange(50, dtype=np.int16)), 2_000_000_000), "2,000,000,000 values a second"),
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
