"""What is maximized beside one unit, and what the pixels undergo: known maxima, known operations, known errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import Generator, nn

import explorer
from explorer.cache import content_key
from explorer.maximization import (
    METHODS,
    Between,
    Caricature,
    Direction,
    MaximizationSettings,
    MaximizeError,
    Preset,
    Unit,
    diverse_pictures,
    maximize,
)
from explorer.maximization.ensemble import ensemble_of, scores_of_views
from explorer.maximization.gradient_ascent import ascended
from explorer.maximization.objectives import LEAST_COSINE, scores_of, style_layer, style_similarity
from explorer.maximization.optimizers import DesiredProgress, NormalizedGradient
from explorer.maximization.parameterizations import Fourier, Maco, Pixels
from explorer.maximization.redirected_relu import ascent_gradient
from explorer.maximization.regularizers import Regularizer, blurred
from explorer.networks.loading import NetworkError
from explorer.pictures.images import from_array


def last(steps):
    *_, step = steps
    return step


# --- under a norm bound ---

CONTRAST, SIDE = 0.1, 6
BOUNDED = Preset("", Pixels(contrast=CONTRAST), None, NormalizedGradient(0.01))


def away(image):
    return (image.pixels.astype(np.float64) - 0.5).transpose(2, 0, 1).ravel()


@pytest.mark.parametrize("minimize", [False, True])
def test_the_maximizer_of_a_linear_unit_under_a_norm_bound_is_its_weights(minimize):
    body = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 2, bias=False))
    weights = np.random.default_rng(0).normal(size=(2, 3 * SIDE * SIDE))
    body[1].load_state_dict({"weight": torch.from_numpy(weights)})
    network = explorer.wrap_network(body, input_size=SIDE)
    step = last(maximize(network, Unit("1", 1), size=SIDE, steps=120, method=BOUNDED, minimize=minimize))
    w = -weights[1] if minimize else weights[1]
    best = CONTRAST * np.sqrt(len(w)) * w / np.linalg.norm(w)
    assert np.linalg.norm(away(step.image) - best) < 0.02 * np.linalg.norm(best)
    gain = (step.score - 0.5 * weights[1].sum()) * (-1 if minimize else 1)
    assert gain == pytest.approx(CONTRAST * np.sqrt(len(w)) * np.linalg.norm(w), rel=0.02)


class Form(nn.Module):
    """(x − ½)ᵀ A (x − ½)."""

    def __init__(self, matrix: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        away = x.flatten(1) - 0.5
        return torch.einsum("ni,ij,nj->n", away, self.matrix, away).unsqueeze(1)


def test_the_maximizer_of_a_quadratic_unit_under_a_norm_bound_is_its_first_eigenvector():
    source = np.random.default_rng(1)
    basis, _ = np.linalg.qr(source.normal(size=(3 * SIDE * SIDE,) * 2))
    values = np.r_[4.0, source.uniform(-3, 3, 3 * SIDE * SIDE - 1)]
    network = explorer.wrap_network(Form(torch.from_numpy((basis * values) @ basis.T).float()), input_size=SIDE)
    step = last(maximize(network, Unit("output", 1), size=SIDE, steps=250, method=BOUNDED))
    largest = 4 * CONTRAST**2 * 3 * SIDE * SIDE
    assert step.score == pytest.approx(largest, rel=0.02)
    assert abs(away(step.image) @ basis[:, 0]) > 0.98 * np.linalg.norm(away(step.image))
    assert np.sqrt(np.mean(away(step.image) ** 2)) == pytest.approx(CONTRAST, rel=0.02)


# --- directions ---


def test_between_two_units_the_score_is_mixed(small):
    first, second = Unit("0", 2), Unit(small.layers[-1].name, 4)
    x = torch.rand(1, 3, 32, 32)
    a, b = (float(scores_of_views(small, x, [unit])[0]) for unit in (first, second))
    for share in (0.0, 0.3, 1.0):
        assert float(scores_of_views(small, x, [Between(first, second, share)])[0]) == pytest.approx(
            (1 - share) * a + share * b, abs=1e-5
        )
    assert (
        last(maximize(small, Between(first, second, 0.0), size=32, steps=3)).image
        == last(maximize(small, first, size=32, steps=3)).image
    )


def test_a_direction_is_the_dot_product_with_the_unit_vector_times_the_cosine_at_each_place(small):
    x, vector = torch.rand(1, 3, 32, 32), np.random.default_rng(3).normal(size=8)
    maps = explorer.responses.activations.outputs(small, x, ["2"])["2"][0].double().numpy()
    along = np.einsum("c,chw->hw", vector / np.linalg.norm(vector), maps)
    cosines = np.maximum(LEAST_COSINE, along / np.linalg.norm(maps, axis=0))
    assert cosines.min() == LEAST_COSINE < cosines.max()
    for power in (0.0, 1.0, 4.0):
        score = along * cosines**power
        for length in (0.1, 7.0):
            everywhere = Direction("2", tuple((length * vector).tolist()), power)
            assert float(scores_of_views(small, x, [everywhere])[0]) == pytest.approx(score.mean(), rel=1e-4)
            there = replace(everywhere, position=(3, 5))
            assert float(scores_of_views(small, x, [there])[0]) == pytest.approx(score[3, 5], rel=1e-4)


def test_a_directions_gradient_is_that_of_finite_differences(small):
    direction = Direction("2", tuple(np.random.default_rng(5).normal(size=8).tolist()), 2.0)
    layer = small.layer("2")
    maps = torch.randn(8, *layer.places, dtype=torch.float64, requires_grad=True)

    def score(given):
        return scores_of(small, {"2": given[None]}, [direction], {})[0]

    (gradient,) = torch.autograd.grad(score(maps), maps)
    source, step = torch.Generator().manual_seed(0), 1e-6
    for _ in range(5):
        way = torch.randn(maps.shape, dtype=torch.float64, generator=source)
        with torch.no_grad():
            slope = (score(maps + step * way) - score(maps - step * way)) / (2 * step)
        assert float((gradient * way).sum()) == pytest.approx(float(slope), rel=1e-5)


def test_along_a_direction_the_picture_gets_more_like_it(small):
    vector = np.random.default_rng(7).uniform(0, 1, 8)
    start, *_, end = maximize(small, Direction("2", tuple(vector.tolist())), size=32, steps=12, method="robust")

    def along(step):
        return np.einsum("c,chw->hw", vector, explorer.feature_maps(small, step.image, "2")).mean()

    assert along(end) > 1.2 * along(start) > 0


@pytest.mark.parametrize("vector", [(1.0,) * 7, (0.0,) * 8, (float("nan"),) * 8])
def test_a_direction_is_one_number_for_each_channel(small, vector):
    with pytest.raises(NetworkError, match=f"is 8 finite numbers.*these are {len(vector)}"):
        maximize(small, Direction("2", vector))


def test_a_direction_is_known_by_its_numbers():
    one, same, other = (Direction("2", (1.0, 2.0, third)) for third in (3.0, 3.0, 3.5))
    assert content_key(one) == content_key(same) != content_key(other)


# --- caricatures ---


@pytest.fixture(scope="module")
def photograph():
    return from_array(np.random.default_rng(2).random((48, 40, 3)), "holiday")


def test_a_caricature_is_the_dot_product_times_the_cosine(small, photograph):
    x = torch.rand(1, 3, 32, 32)
    output = explorer.responses.activations.outputs(small, x, ["2"])["2"][0].double().flatten()
    wanted = torch.tensor(explorer.feature_maps(small, photograph, "2")).double().flatten()
    cosine = float(output @ wanted / output.norm() / wanted.norm())
    assert cosine > LEAST_COSINE
    for power in (0.0, 2.0):
        caricature = Caricature("2", photograph, power)
        found = float(scores_of_views(small, x, [caricature])[0])
        expected = float((output * wanted).mean() / wanted.square().mean().sqrt()) * cosine**power
        assert found == pytest.approx(expected, rel=1e-4)


def test_a_caricature_starts_from_the_photograph_and_goes_on(small, photograph):
    steps = list(maximize(small, Caricature("2", photograph), size=32, steps=6, method="robust"))
    middle = explorer.pictures.crops.resize_crop(photograph, 32, 32)
    assert np.abs(steps[0].image.pixels - np.clip(middle.pixels, 0.02, 0.98)).max() < 0.01
    assert steps[-1].score > 1.1 * steps[0].score


def test_a_caricatures_photograph_is_seen_in_the_same_view(small, photograph):
    """So a picture that is the photograph is like it in every view: turned with it, the cosine stays 1."""
    preset = METHODS["robust"]
    still = replace(preset.transform, noise=0.0)
    views = still.draw([Generator().manual_seed(seed) for seed in range(2)], 32)
    caricature = Caricature("0", photograph, 5.0)
    seen = views.of(small.tensor(photograph).expand(2, -1, -1, -1))
    there = explorer.responses.activations.outputs(small, seen[1:], ["0"])["0"]
    found = scores_of_views(small, seen, [Unit("0", 0), caricature], views)
    assert float(found[1]) == pytest.approx(float(there.square().mean().sqrt()), rel=1e-4)


# --- pictures that differ ---


def test_likeness_is_the_mean_cosine_of_gram_matrices():
    maps = torch.randn(3, 4, 5, 5, dtype=torch.float64)
    maps[1] = maps[0].flip(1)  # the same style: the same values elsewhere
    flat = maps.flatten(2).numpy()
    grams = [(m @ m.T).ravel() / np.linalg.norm(m @ m.T) for m in flat]
    expected = [np.mean([grams[i] @ grams[j] for j in range(3) if j != i]) for i in range(3)]
    torch.testing.assert_close(style_similarity(maps), torch.tensor(expected))
    assert grams[0] @ grams[1] == pytest.approx(1)
    assert style_similarity(maps[:1]).tolist() == [0]


def test_pictures_are_compared_where_there_are_places(small):
    assert style_layer(small, Unit("2.first", 0)) == "2.first"
    assert style_layer(small, Unit(small.layers[-1].name, 0)) == "4"


def test_diversity_makes_answers_differ_and_none_makes_them_independent(small):
    unit = Unit("2", 1)

    def four(diversity):
        return last(diverse_pictures(small, unit, MaximizationSettings(32, 12, "pixels"), diversity=diversity))

    def alike(steps):
        x = torch.cat([small.tensor(step.image) for step in steps])
        return float(style_similarity(explorer.responses.activations.outputs(small, x, ["2"])["2"]).mean())

    apart, free = four(3.0), four(0.0)
    assert len(apart) == 4
    assert alike(apart) < alike(free) - 0.01
    for seed, step in enumerate(free):
        alone = last(maximize(small, unit, size=32, steps=12, seed=seed, method="pixels"))
        np.testing.assert_allclose(step.image.pixels, alone.image.pixels, atol=2 / 255)


# --- pixels after a step ---


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.3])
def test_blur_is_scipys(sigma):
    x = torch.rand(2, 3, 40, 40, dtype=torch.float64)
    expected = gaussian_filter(x.numpy(), (0, 0, sigma, sigma), mode="mirror", truncate=round(4 * sigma + 0.5) / sigma)
    np.testing.assert_allclose(blurred(x, sigma), expected, atol=1e-4)


def test_each_regularizer_does_what_it_says():
    x, g = torch.rand(2, 3, 10, 10), torch.randn(2, 3, 10, 10)
    decayed = Regularizer(decay=0.3).applied(x, g, 1)
    torch.testing.assert_close(decayed - 0.5, 0.7 * (x - 0.5))
    soft = Regularizer(blur=1.0, every=3)
    assert torch.equal(soft.applied(x, g, 2), x - 0.5 + 0.5)
    torch.testing.assert_close(soft.applied(x, g, 6), blurred(x, 1.0), atol=1e-5, rtol=0)
    for clipped, weight in [
        (Regularizer(small_norm=30).applied(x, g, 1), (x - 0.5).norm(dim=1)),
        (Regularizer(small_contribution=30).applied(x, g, 1), ((x - 0.5) * g).sum(1).abs()),
    ]:
        grey = (clipped == 0.5).all(1)
        assert grey.flatten(1).sum(1).tolist() == [30, 30]
        for one, mask in zip(weight, grey, strict=True):
            assert one[mask].max() < one[~mask].min()
        kept = ~grey[:, None].expand_as(x)
        torch.testing.assert_close(clipped[kept], x[kept])


def test_the_regularizer_is_left_out_of_the_last_step(small):
    sharp = replace(METHODS["pixels"], regularizer=Regularizer(small_norm=100))
    steps = list(maximize(small, Unit("0", 1), size=32, steps=3, method=sharp))
    greys = [float((step.image.uint8 == 128).all(2).mean()) for step in steps]
    assert greys[1] > 0.99
    assert greys[3] < 0.5


def test_progress_raises_a_linear_score_by_what_is_desired_until_a_step_is_long_enough():
    gradient = torch.stack([torch.full((3, 4, 4), 0.5), torch.full((3, 4, 4), 1e-6), torch.zeros(3, 4, 4)]).double()
    change = DesiredProgress(2.0, 0.1).begin()(gradient)
    assert float((change[0] * gradient[0]).sum()) == pytest.approx(2.0)
    assert float(change[1].square().mean().sqrt()) == pytest.approx(0.1)
    assert change[2].abs().max() == 0


# --- a picture to start from ---


@pytest.mark.parametrize("size", [15, 16])
def test_parameters_of_a_picture_give_it_back(size):
    pictures = 0.1 + 0.8 * torch.rand(2, 3, size, size, dtype=torch.float64)
    for form in (Pixels(), Fourier()):
        torch.testing.assert_close(form.pictures(form.of(pictures), size), pictures, atol=1e-4, rtol=0)
    phases = Maco().of(pictures)
    torch.testing.assert_close(Maco().of(Maco().pictures(phases, size)).cos(), phases.cos(), atol=1e-3, rtol=0)


def test_every_method_starts_from_the_same_picture(small, photograph):
    starts = {
        name: next(iter(maximize(small, Unit("0", 1), size=32, steps=1, start=photograph, method=name)))
        for name in ("pixels", "blur", "robust")
    }
    images = [step.image.pixels for step in starts.values()]
    for other in images[1:]:
        assert np.abs(other - images[0]).max() < 0.03


# --- gradients and errors ---


@pytest.mark.parametrize("method", ["pixels", "robust", "maco"])
@pytest.mark.parametrize("kind", ["between", "caricature", "direction", "diverse"])
def test_gradients_of_other_objectives_are_finite_differences(method, kind):
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Softplus(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    network = explorer.wrap_network(body.double(), input_size=8)
    picture = from_array(np.random.default_rng(0).random((8, 8, 3)))
    objective = {
        "between": Between(Unit("0", 1, (2, 2)), Unit("4", 0), 0.4),
        "caricature": Caricature("1", picture, 1.5),
        "direction": Direction("1", (0.5, -1.0, 2.0, 0.25), 1.5),
        "diverse": Unit("1", 2),
    }[kind]
    preset, sources = METHODS[method], [Generator().manual_seed(seed) for seed in (1, 2)]
    x = torch.stack([preset.parameterization.start(7, source).double() for source in sources])
    views = preset.transform and preset.transform.draw(sources, 8, preset.views)
    settings = MaximizationSettings(7, method=method)
    ensemble = ensemble_of(network, [objective] * 2, preset)
    if kind == "diverse":  # its scale is held still within a step, so the slope is that of style_similarity alone

        def height(x):
            return -style_similarity(
                explorer.responses.activations.outputs(network, preset.parameterization.pictures(x, 7), ["1"])["1"]
            ).sum()

        y = x.clone().requires_grad_()
        gradient = torch.autograd.grad(height(y), y)[0]
    else:

        def height(x):
            return ascended(ensemble, settings, preset.parameterization.pictures(x, 7), [views]).sum()

        y = x.clone().requires_grad_()
        gradient, _ = ascent_gradient(height(y), y, redirect=False)
    for _ in range(3):
        direction = torch.randn(x.shape, generator=sources[0], dtype=torch.float64)
        slope = float(height(x + 1e-6 * direction) - height(x - 1e-6 * direction)) / 2e-6
        assert float((gradient * direction).sum()) == pytest.approx(slope, rel=1e-3, abs=1e-8)


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (Between(Unit("0", 0), Unit("0", 8), 0.5), "channels 0 to 7, not 8"),
        (Between(Unit("0", 0), Unit("0", 1), 1.5), "share is 0 to 1, not 1.5"),
        (Caricature("2.frist", from_array(np.zeros((2, 2, 3)))), "2.first"),
    ],
)
def test_unknown_objectives_are_refused(small, unit, words):
    with pytest.raises(NetworkError, match=words):
        maximize(small, unit)


def test_settings_that_cannot_be_used_are_refused(small):
    with pytest.raises(MaximizeError, match="At least one picture"):
        diverse_pictures(small, Unit("0", 0), count=0)
    with pytest.raises(MaximizeError, match="done to pixels"):
        replace(METHODS["robust"], regularizer=Regularizer(decay=0.1))
