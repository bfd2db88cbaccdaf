"""The signals screen: uploads, the row of a picture, stems set by hand, and its link."""

from __future__ import annotations

import io
from functools import partial

import numpy as np
import pytest
from scipy.io import wavfile
from streamlit.testing.v1 import AppTest

from explorer.pictures.images import from_array
from pages.parts.signals import stems
from tests.support.alone import open_alone, told

pytestmark = pytest.mark.usefixtures("cold")

screen = partial(open_alone, "signals")

WAVE = np.sin(np.arange(4000) / 9)


def test_it_opens_with_a_smoothed_sine_and_says_how_much_nearer_it_is():
    at = screen()
    assert told(at)["name"] == "noisy sine"
    assert len(told(at)["kernel"]) == 17
    assert "away (root mean square), now" in "\n".join(m.value for m in at.markdown)


def test_a_link_brings_signal_kernel_and_its_slider():
    at = screen({"signals_signal": "chirp", "signals_kernel": "box", "signals_box_size": "21"})
    assert told(at)["name"] == "chirp"
    assert told(at)["kernel"] == [pytest.approx(1 / 21, rel=1e-5)] * 21


def test_weights_set_by_hand_come_back_from_a_link():
    at = screen({"signals_kernel": "by hand", "w": "0.5_-0.25_1e-3"})
    assert not at.exception
    assert told(at)["kernel"] == [0.5, -0.25, 0.001]
    assert at.selectbox("signals_kernel").value == "by hand"


@pytest.mark.parametrize("garbled", ["", "x_1", "nan_1", "1e9", "_".join(["1"] * 62)])
def test_a_garbled_link_is_ignored(garbled):
    with pytest.raises(ValueError, match="no row of weights"):
        stems.read(garbled)
    at = screen({"signals_kernel": "by hand", "w": garbled})
    assert not at.exception
    assert len(told(at)["kernel"]) == 17
    assert "Damaged link" in at.toast[0].value
    assert "w" not in at.query_params


def test_a_row_of_the_picture_and_one_without_change():
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[10:, 15:] = 255
    at = screen(own_picture=from_array(pixels))
    at.selectbox("signals_signal").set_value("a row of your picture").run()
    assert told(at)["signal"] == [0.0] * 15 + [1.0] * 15
    at.slider("signals_row").set_value(10).run()
    assert not at.exception
    assert "nothing changes" in at.info[0].value
    assert told(at)["name"] == "noisy sine"


@pytest.mark.parametrize("kernel", ["box", "Gaussian", "difference", "Laplacian", "exponential", "echo", "matched"])
@pytest.mark.parametrize("padding", ["valid", "reflect"])
def test_every_kernel_slides_over_every_signal(kernel, padding):
    at = screen()
    at.selectbox("signals_padding").set_value(padding)
    at.selectbox("signals_kernel").set_value(kernel).run()
    for name in ("step", "chirp", "heartbeat", "a row of your picture"):
        at.selectbox("signals_signal").set_value(name).run()
        assert not at.exception
        assert not at.error


def test_an_upload_is_used_and_a_bad_one_changes_nothing():
    at = screen()
    upload(at, b"time,height\n" + b"".join(b"%d,%d\n" % (i, i % 7) for i in range(900)), "mine.csv")
    assert told(at)["name"] == "height"
    assert len(told(at)["signal"]) == 320
    assert at.info[0].value.replace("\\", "") == "Read as: commas."
    at.selectbox("signals_column").set_value("time").run()
    assert told(at)["name"] == "time"
    before = told(at)
    upload(at, b"\0\1\2", "*bad*.bin")
    assert "neither a CSV nor a WAV" in at.error[0].value.replace("\\", "")
    assert told(at) == before


BAD = {
    "empty": (b"", "is empty"),
    "words": (b"name,place\nAda,London\n", "no column of numbers"),
    "constant": (b"x\n" + b"3\n" * 50, "3 all along"),
    "with gaps": (b"x,y\n1,\n,2\n3,\n", "has a gap"),
    "with NaN": (b"x\n1\nnan\n3\n", "has a gap"),
    "too long": (b"x\n" + b"1\n2\n" * 1_000_001, "more than 2,000,000"),
    "a damaged WAV": (b"RIFF\0\0\0\0WAVEfmt ", "damaged WAV"),
    "one value": (b"x\n7\n", "at least 2"),
}


@pytest.mark.parametrize("kind", BAD)
def test_an_upload_that_is_no_signal_gets_a_sentence_and_changes_nothing(kind):
    content, says = BAD[kind]
    at = screen({"signals_kernel": "box"})
    upload(at, b"height\n" + b"".join(b"%d\n" % (i % 7) for i in range(90)), "mine.csv")
    before = told(at)
    upload(at, content, "*bad*.csv")
    assert not at.exception
    assert says in at.error[0].value.replace("\\", "")
    assert told(at) == before
    upload(at, b"other\n1\n2\n3\n", "good.csv")
    assert not at.error
    assert told(at)["name"] == "other"


def test_the_windows_place_column_and_stretch_come_from_the_link():
    assert told(screen())["place"] is None
    at = screen({"at": "120", "signals_column": "height"})
    assert told(at)["place"] == 120
    upload(at, b"time,height\n" + b"".join(b"%d,%d\n" % (i, i % 7) for i in range(900)), "mine.csv")
    assert told(at)["name"] == "height"
    stretch = next(s for s in at.slider if s.label.startswith("Drawn from"))
    stretch.set_value(stretch.max).run()
    assert told(at)["signal"] == [float(i % 7) for i in range(580, 900)]
    assert told(at)["place"] == 120
    for garbled in ("x", "-3", "1e3", "9" * 12, ""):
        at = screen({"at": garbled})
        assert not at.exception
        assert told(at)["place"] is None


def test_a_sound_is_heard_before_and_after_and_an_echo_is_one():
    file = io.BytesIO()
    wavfile.write(file, 8000, (WAVE * 32767).astype(np.int16))
    at = screen()
    upload(at, file.getvalue(), "mine.wav")
    assert not at.exception
    assert len(at.get("audio")) == 2
    at.selectbox("signals_kernel").set_value("echo").run()
    assert not at.exception
    assert next(n.value for n in at.number_input if n.label == "Spacing of the weights, in values") == 100
    assert told(at)["signal"] == pytest.approx(at_every(100), abs=1e-3)


def at_every(spacing: int) -> list[float]:
    return [float(v) for v in WAVE[::spacing]]


def upload(at: AppTest, content: bytes, name: str) -> None:
    at.file_uploader("signals_upload").upload(name, content, "application/octet-stream").run()
