"""What maximization is made of: parameterizations, random views, optimizers and gates, each against an oracle."""

from __future__ import annotations

import math
import subprocess
import sys
from threading import Thread

import numpy as np
import pytest
import torch
from torch import Generator, nn
from torch.nn import functional

import explorer
from explorer.maximization.natural_spectra import COLOURS
from explorer.maximization.opacity import PAPER, faded
from explorer.maximization.optimizers import Adam, NAdam, NormalizedGradient, falling
from explorer.maximization.parameterizations import START_DEVIATION, Fourier, FreeSpectrum, Maco, Pixels
from explorer.maximization.redirected_relu import RedirectedReLU
from explorer.maximization.transforms import RandomResizedCrops, Transform, resized
from explorer.pictures.images import from_array

PHOTOGRAPHS = ("flower", "coffee", "cat", "astronaut", "china", "rocket", "motorcycle")


def start(form, size, seed=0):
    return form.start(size, Generator().manual_seed(seed))


def before_sigmoid_and_colours(pictures):
    """The three independent channels (N, S, S, 3) that a picture was made of."""
    logits = torch.logit(pictures.double()).permute(0, 2, 3, 1).numpy()
    return logits @ np.linalg.inv(np.array(COLOURS)).T


# --- parameterizations ---


def test_colours_are_the_square_root_of_the_photographs_covariance():
    pixels = [explorer.sample(name).pixels.reshape(-1, 3).T.astype(np.float64) for name in PHOTOGRAPHS]
    covariance = np.mean([np.cov(p) for p in pixels], axis=0)
    matrix = np.array(COLOURS)
    np.testing.assert_allclose(matrix @ matrix, covariance * 3 / np.trace(covariance), atol=1e-3)


@pytest.mark.parametrize("form", [Pixels(), Fourier(), Fourier(gain=1.0)], ids=str)
@pytest.mark.parametrize("size", [31, 64])
def test_pictures_start_mid_grey_with_little_contrast(form, size):
    starts = torch.stack([start(form, size, seed) for seed in range(8)])
    pictures = form.pictures(starts, size)
    assert pictures.shape == (8, 3, size, size)
    assert float(pictures.mean()) == pytest.approx(0.5, abs=0.005)
    assert float(pictures.std()) == pytest.approx(START_DEVIATION, rel=0.12)


@pytest.mark.parametrize("size", [31, 64])
def test_the_phases_start_mid_grey_with_the_contrast_asked_for(size):
    starts = torch.stack([start(Maco(contrast=0.1), size, seed) for seed in range(8)])
    pictures = Maco(contrast=0.1).pictures(starts, size)
    assert float(pictures.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(pictures.std()) == pytest.approx(0.1, rel=0.12)


@pytest.mark.parametrize("size", [9, 12])
def test_fourier_pictures_are_numpys_inverse_transform_of_coefficients_over_frequency(size):
    x = start(Fourier(), size)[None]
    found = before_sigmoid_and_colours(Fourier().pictures(x, size))[0]
    rows, columns = np.meshgrid(np.fft.fftfreq(size), np.fft.rfftfreq(size), indexing="ij")
    coefficients = (x[0, ..., 0] + 1j * x[0, ..., 1]).numpy() / np.maximum(np.hypot(rows, columns), 1 / size)
    expected = np.fft.irfft2(coefficients, s=(size, size)).transpose(1, 2, 0)
    np.testing.assert_allclose(found / found.std(), expected / expected.std(), atol=1e-4)


def test_only_phases_move_so_every_magnitude_stays():
    size, form = 16, Maco(decay=1.2)
    moved = torch.stack([start(form, size, seed) for seed in range(2)]) * 1.7 + 0.3
    channels = before_sigmoid_and_colours(form.pictures(moved, size))
    magnitudes = np.abs(np.fft.rfft2(channels, axes=(1, 2)))[:, :, 1:-1]  # the outer columns average two phases
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size))[None, :, 1:-1, None]
    np.testing.assert_allclose(magnitudes * frequency**1.2, (magnitudes * frequency**1.2).mean(), rtol=1e-3)


def test_a_free_spectrum_begins_as_the_phases_do_and_its_strengths_move_too():
    form, phases = FreeSpectrum(), Maco()
    x = start(form, 16)[None]
    torch.testing.assert_close(form.pictures(x, 16), phases.pictures(start(phases, 16)[None], 16))
    photograph = explorer.sample("cat").pixels[:48, :48].transpose(2, 0, 1)[None].clip(0.05, 0.95)
    given = torch.from_numpy(photograph)
    torch.testing.assert_close(form.pictures(form.of(given), 48), given, atol=1e-3, rtol=0)
    stronger = x.clone()
    stronger[..., 1] += math.log(2) / form.pace
    ratio = before_sigmoid_and_colours(form.pictures(stronger, 16)) / before_sigmoid_and_colours(form.pictures(x, 16))
    np.testing.assert_allclose(ratio, 2, rtol=0.02)


# --- random views ---


def test_a_view_without_freedom_is_the_picture():
    still = Transform(angle_deg=0, smallest=1, largest=1, shift=0, noise=0)
    pictures = torch.rand(2, 3, 12, 12)
    views = still.draw([Generator().manual_seed(seed) for seed in range(2)], 12)
    torch.testing.assert_close(views.of(pictures), pictures, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"angle_deg": 90.0}, lambda x, p: torch.rot90(x, -1, (2, 3))),
        ({"shift": 0.25}, lambda x, p: functional.pad(x, (0, 4, 0, 4), mode="replicate")[..., 4:, 4:]),
        ({"largest": 2.0}, lambda x, p: functional.interpolate(x, scale_factor=2, mode="bilinear")[..., 8:24, 8:24]),
    ],
    ids=["turned", "shifted", "scaled"],
)
def test_the_furthest_view_is_turned_shifted_or_scaled_so_far(monkeypatch, settings, expected):
    furthest = Transform(**{"angle_deg": 0, "smallest": 1, "largest": 1, "shift": 0, "noise": 0, **settings})
    monkeypatch.setattr(torch, "rand", lambda *shape, generator: torch.ones(*shape))
    views = furthest.draw([Generator()], 16)
    x = torch.from_numpy(np.random.default_rng(0).random((1, 3, 16, 16), dtype=np.float32))
    inner = (..., slice(0, 12), slice(0, 12))  # where no mirrored edge shows
    torch.testing.assert_close(views.of(x)[inner], expected(x, 16)[inner], atol=1e-4, rtol=0)


def test_outside_the_picture_is_its_mirror_image():
    apart = Transform(angle_deg=0, smallest=0.5, largest=0.5, shift=0, noise=0)
    x = torch.rand(1, 3, 8, 8)
    seen = apart.draw([Generator()], 16).of(x)
    mirrored = np.pad(x[0].numpy(), ((0, 0), (4, 4), (4, 4)), mode="symmetric")
    np.testing.assert_allclose(seen[0].numpy(), mirrored, atol=1e-5)


def test_draws_lie_in_their_ranges_and_differ_from_picture_to_picture():
    sources = [Generator().manual_seed(seed) for seed in range(200)]
    views = Transform().draw(sources, 8)
    turned = views.maps[:, :, :2]
    scale = 1 / torch.linalg.det(turned).sqrt()
    angle = torch.rad2deg(torch.atan2(turned[:, 0, 1], turned[:, 0, 0]))
    shift = views.maps[:, :, 2] / 2
    for drawn, low, high in [(scale, 0.8, 1.15), (angle, -12, 12), (shift, -0.12, 0.12)]:
        margin = 0.1 * (high - low)
        assert low - 1e-5 <= float(drawn.min()) < low + margin
        assert high - margin < float(drawn.max()) <= high + 1e-5
    assert float(views.noise.std()) == pytest.approx(0.04, rel=0.05)
    assert len({tuple(m.flatten().tolist()) for m in views.maps}) == 200


def test_a_picture_of_the_right_size_is_not_resampled():
    x = torch.rand(1, 3, 8, 8)
    assert resized(x, 8) is x
    assert resized(x, 5).shape == (1, 3, 5, 5)


def test_windows_lie_in_the_picture_some_mirrored_with_noise_that_falls():
    sources = [Generator().manual_seed(seed) for seed in range(100)]
    views = RandomResizedCrops(angle_deg=0).draw(sources, 8, count=3)
    assert views.maps.shape == (300, 2, 3)
    sides, flipped = views.maps[:, 1, 1], views.maps[:, 0, 0] < 0
    assert 0.45 <= float(sides.min()) < 0.47
    assert 1.03 < float(sides.max()) <= 1.05
    assert 100 < int(flipped.sum()) < 200
    inside = sides < 1
    reach = views.maps[:, :, 2].abs().amax(1) + sides
    assert float(reach[inside].max()) <= 1 + 1e-5
    late = RandomResizedCrops().draw(sources, 8, done=1.0)
    assert float(views.noise.std()) == pytest.approx(0.07, rel=0.05)
    assert float(late.noise.std()) == pytest.approx(0.01, rel=0.05)


def test_a_mirrored_window_is_the_picture_mirrored(monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda *shape, generator: torch.tensor([0.5, 0.0, 0.5, 0.5, 0.1]))
    x = torch.from_numpy(np.random.default_rng(0).random((1, 3, 8, 8), dtype=np.float32))
    whole = RandomResizedCrops(smallest=1.0, largest=1.5, noise=0, last_noise=0)
    torch.testing.assert_close(whole.draw([Generator()], 8).of(x), x.flip(3), atol=1e-5, rtol=0)


# --- what mattered ---


def test_a_picture_fades_where_its_gradient_was_small():
    image = from_array(np.zeros((64, 64, 3)))
    mattered = np.zeros((64, 64), np.float32)
    mattered[:, 40:] = 1
    shown = faded(image, mattered).pixels
    assert shown[32, 4] == pytest.approx(PAPER, abs=0.01)
    assert shown[32, 60] == pytest.approx(0, abs=0.01)
    assert np.array_equal(faded(image, np.ones_like(mattered)).pixels, image.pixels)


# --- optimizers ---


def test_a_rate_falls_by_half_a_cosine():
    assert [falling(0.2, 0.02, done) for done in (0, 0.5, 1, 2)] == pytest.approx([0.2, 0.11, 0.02, 0.02])
    steps, change = 10, NAdam(0.2, last=0.02).begin(10)
    usual = NAdam(0.2).begin()
    for number in range(steps):
        gradient = torch.randn(2, 3, generator=Generator().manual_seed(number))
        share = change(gradient) / usual(gradient)
        torch.testing.assert_close(share, torch.full_like(share, falling(1, 0.1, number / steps)))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Adam(0.05), lambda p: torch.optim.Adam(p, lr=0.05, eps=1e-10, maximize=True)),
        (NAdam(0.2), lambda p: torch.optim.NAdam(p, lr=0.2, eps=1e-10, maximize=True)),
    ],
    ids=["Adam", "NAdam"],
)
def test_optimizers_step_as_torchs_do(ours, theirs):
    x = torch.randn(2, 5, generator=Generator().manual_seed(0), dtype=torch.float64)
    other, change = x.clone().requires_grad_(), ours.begin()
    optimizer = theirs([other])
    for _ in range(12):
        x = x + change(torch.cos(3 * x))
        other.grad = torch.cos(3 * other.detach())
        optimizer.step()
    torch.testing.assert_close(x, other.detach())


def test_the_first_optimizer_loads_no_compiler():
    """torch.optim's classes import torch's compiler when the first is made: seconds, of a screen's first picture."""
    code = """
import sys, torch
from explorer.maximization.optimizers import Adam, NAdam
for optimizer in (Adam(0.05), NAdam(0.2)):
    optimizer.begin()(torch.ones(2, 3))
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_plain_step_has_the_same_length_for_every_picture_and_zero_stays_zero():
    gradient = torch.stack([torch.randn(3, 4, 4), 1e-20 * torch.randn(3, 4, 4), torch.zeros(3, 4, 4)])
    change = NormalizedGradient(0.01).begin()(gradient.double())
    assert change.square().mean((1, 2, 3)).sqrt().tolist() == pytest.approx([0.01, 0.01, 0])


# --- gates ---

GATES = {
    "relu": functional.relu,
    "relu in place": lambda x: functional.relu(x * 1, inplace=True),
    "ReLU6": functional.relu6,
    "ReLU6 in place": lambda x: nn.ReLU6(inplace=True)(x * 1),
    "hardtanh": functional.hardtanh,
    "hardswish": functional.hardswish,
    "hardsigmoid": functional.hardsigmoid,
    "clamp": lambda x: x.clamp(min=0, max=6),
    "clamp_min": lambda x: x.clamp_min(0),
    "where": lambda x: torch.where(x > 0, x, 0.0),
}


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES.keys())
def test_a_shut_gate_lets_opening_gradients_through_in_the_block_only(gate):
    x = torch.tensor([-9.0], requires_grad=True)

    def derivative():
        return torch.autograd.grad(gate(x).sum(), x)[0].item()

    assert derivative() == 0
    with RedirectedReLU():
        assert derivative() == 1
    assert derivative() == 0


@pytest.mark.parametrize("name", ["relu", "relu in place", "ReLU6", "ReLU6 in place", "hardtanh", "hardsigmoid"])
def test_gradients_that_would_shut_a_gate_further_stay_blocked(name):
    low, high = torch.tensor([-9.0], requires_grad=True), torch.tensor([9.0], requires_grad=True)
    with RedirectedReLU():
        assert torch.autograd.grad(-GATES[name](low).sum(), low)[0].item() == 0
        if "relu" not in name:
            assert torch.autograd.grad(GATES[name](high).sum(), high)[0].item() == 0
            assert torch.autograd.grad(-GATES[name](high).sum(), high)[0].item() == -1


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES.keys())
def test_only_samples_that_nothing_passes_are_redirected(gate):
    x = torch.tensor([[0.5, -9.0], [-9.0, -9.0]], requires_grad=True)
    with RedirectedReLU():
        gradient = torch.autograd.grad(gate(x).sum(), x)[0]
    assert gradient[0, 1] == 0
    assert gradient[1].tolist() == [1, 1]


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES.keys())
def test_gates_that_something_passes_stay_as_they_are(gate):
    x = torch.tensor([[0.5, -9.0], [0.2, 0.9]], requires_grad=True)
    ordinary = torch.autograd.grad(gate(x).sum(), x)[0]
    with RedirectedReLU():
        assert torch.equal(torch.autograd.grad(gate(x).sum(), x)[0], ordinary)


def test_other_threads_keep_ordinary_gradients():
    found = []

    def elsewhere():
        x = torch.tensor([-1.0], requires_grad=True)
        found.append(torch.autograd.grad(x.relu().sum(), x)[0].item())

    with RedirectedReLU():
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
        x = torch.tensor([-1.0], requires_grad=True)
        assert torch.autograd.grad(x.relu().sum(), x)[0].item() == 1
    assert found == [0]
