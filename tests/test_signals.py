"""Signals by formula, their spectra, and a filter's response to waves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as scipy_signal

from explorer.filtering.kernels import KernelError
from explorer.one_dimension import line_kernels, signals
from explorer.one_dimension.signals import MOST_VALUES, SIGNALS, SignalError, filtered, response, spectrum
from explorer.pictures.images import from_array

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", SIGNALS)
def test_each_signal_is_finite_read_only_and_the_same_again(name):
    made = SIGNALS[name]()
    assert made.name == name
    assert made.values.shape == (signals.LENGTH,)
    assert np.isfinite(made.values).all()
    assert made == SIGNALS[name]()
    with pytest.raises(ValueError, match="read-only"):
        made.values[0] = 1


def test_the_step_rises_once():
    assert signals.step(6).values.tolist() == [0, 0, 0, 1, 1, 1]


def test_the_sine_has_four_waves_and_the_noise_asked_for():
    clean, noisy = signals.noisy_sine(noise=0), signals.noisy_sine(4000, noise=0.5)
    assert np.argmax(np.abs(np.fft.rfft(clean.values))) == 4
    apart = noisy.values - signals.noisy_sine(4000, noise=0).values
    assert apart.std() == pytest.approx(0.5, rel=0.05)
    assert noisy != signals.noisy_sine(4000, noise=0.5, seed=1)


def test_the_chirp_is_faster_and_faster():
    crossings = np.flatnonzero(np.diff(np.sign(signals.chirp(2400).values)))
    gaps = np.diff(crossings)
    assert (np.diff(gaps) <= 1).all()
    assert gaps[0] > 5 * gaps[-1]


def test_the_heart_beats_evenly_with_the_r_wave_highest():
    made = signals.heartbeat(400, beats=4, noise=0)
    peaks, _ = scipy_signal.find_peaks(made.values, height=0.7)
    assert len(peaks) == 4
    assert np.ptp(np.diff(peaks)) <= 1
    assert made.values[peaks].max() == pytest.approx(1, abs=0.25)  # on a baseline that wanders by 0.2


def test_a_row_is_that_row_in_grey_and_reduced():
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[3, 4:] = 255
    assert signals.row_of(from_array(pixels), 1.0).values == pytest.approx([0, 0, 0, 0, 1, 1, 1, 1])
    wide = RNG.integers(0, 256, (3, 900, 3), np.uint8)
    assert signals.row_of(from_array(wide), width=300).values.size == 300
    with pytest.raises(SignalError, match="nothing changes"):
        signals.row_of(from_array(pixels), 0.0)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([], "holds 0 numbers; a signal needs at least 2"),
        ([[1, 2], [3, 4]], "one after another"),
        ([1.0, np.nan, 2], "value 2 is empty, NaN or infinite"),
        ([1.0, 2, np.inf], "value 3 is"),
        ([2.0, 2, 2], "is 2 all along"),
        (np.zeros(MOST_VALUES + 1), "more than 2,000,000"),
    ],
)
def test_what_is_no_signal_gets_a_sentence(values, says):
    with pytest.raises(SignalError, match=says):
        signals.signal(values, "mine")


def test_filtering_is_scipys_correlation_and_keeps_the_rate():
    source = signals.signal(RNG.normal(size=50), rate=8000)
    weights = (0.25, -0.5, 1.0)
    made = filtered(source, weights, padding="valid")
    np.testing.assert_allclose(made.values, scipy_signal.correlate(source.values, weights, "valid"), atol=1e-12)
    assert made.rate == 8000
    spread = filtered(source, weights, padding="valid", dilation=3)
    np.testing.assert_allclose(spread.values, made_apart(source.values, weights, 3), atol=1e-12)


def made_apart(x, w, d):
    return [sum(weight * x[i + d * j] for j, weight in enumerate(w)) for i in range(len(x) - d * (len(w) - 1))]


@pytest.mark.parametrize(("length", "rate"), [(240, 0.0), (5120, 1000.0)])
def test_a_wave_of_height_3_stands_3_high_in_the_spectrum_at_its_frequency(length, rate):
    wave = 3 * np.sin(2 * np.pi * 0.125 * np.arange(length)) + 7
    frequencies, heights = spectrum(signals.signal(wave, rate=rate))
    assert heights.max() == pytest.approx(3, rel=1e-6)
    assert frequencies[heights.argmax()] == pytest.approx(0.125 * (rate or 1))


@pytest.mark.parametrize("name", line_kernels.LINE_KERNELS)
def test_the_response_is_what_a_filter_does_to_waves(name):
    weights = line_kernels.matched(RNG.normal(size=60)) if name == "matched" else line_kernels.LINE_KERNELS[name]()
    frequencies = np.array([0.0, 0.05, 0.2, 0.5])
    _, expected = scipy_signal.freqz(weights, worN=2 * np.pi * frequencies)
    np.testing.assert_allclose(response(weights, frequencies), np.abs(expected), atol=1e-9)
    apart = response(weights, frequencies, dilation=2)
    np.testing.assert_allclose(apart, response(weights, 2 * frequencies), atol=1e-9)


def test_the_response_refuses_what_is_no_kernel():
    with pytest.raises(KernelError, match="finite"):
        response([1, np.nan], [0.1])


def test_the_busiest_stretch_holds_the_burst():
    quiet = np.zeros(4000)
    quiet[2500:2600] = RNG.normal(size=100)
    start = signals.busiest(signals.signal(quiet), 320)
    assert start <= 2500
    assert start + 320 >= 2600


def test_a_kernel_of_the_past_answers_after_the_step_as_scipy_filters_it():
    source = signals.step()
    first = int(np.argmax(source.values > 0))
    for name in line_kernels.CAUSAL:
        weights = tuple(line_kernels.LINE_KERNELS[name]().tolist())
        result = signals.filtered(source, weights, padding="zero", causal=True).values
        np.testing.assert_allclose(result, scipy_signal.lfilter(weights[::-1], [1.0], source.values), atol=1e-12)
        assert not result[:first].any()
        assert result[first] > 0
        centred = signals.filtered(source, weights, padding="zero").values
        assert centred[first - 1] > 0  # it would answer before the step
        valid = signals.filtered(source, weights, padding="valid", causal=True).values
        np.testing.assert_array_equal(valid, signals.filtered(source, weights, padding="valid").values)
