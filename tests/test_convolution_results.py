"""The convolution screen: what it says of a result, what is taken away of it, and what computes it in the browser."""

from __future__ import annotations

import contextlib
import re
from dataclasses import asdict

import numpy as np
import PIL.Image
import pytest

from explorer.pictures.images import from_array
from explorer.pictures.reduced import LUMA
from pages.parts.convolution.convolver import FOLDER, SCRIPTS, bundle
from pages.parts.convolution.result import apply, shown, table, values_of
from pages.parts.pickers.kernel_settings import DISPLAYS, KernelSettings
from pages.parts.widgets.component import SHARED
from tests.support.compile_sums import BINARY, compiled
from tests.support.convolution_screen import FAR, FILTER, SMALL, by_itself, screen, settle, words

__all__ = ["by_itself"]
RNG = np.random.default_rng(0)


def test_flip_says_how_far_apart_the_two_are():
    at = screen(own=np.array([[[0] * 3, [255] * 3]], np.uint8))
    settle(at, kernel=[[1, 0, 0]], padding="zero", colour="grey")  # correlation 0 0 against 1 0
    assert "**128** grey levels" in words(at)
    settle(at, kernel=[[1, 2, 1]])
    assert "flipping it changes nothing" in words(at)
    settle(at, kernel=[[1, 0, -1]])
    assert "changes the sign" in words(at)


def test_a_filter_over_the_colours_is_explained_and_computed():
    at = screen()
    settle(at, **asdict(FILTER))
    assert not at.exception
    assert "One filter of 1 × 2 × 3 weights" in words(at)
    x = values_of(from_array(SMALL), "filter").astype(float)
    result = apply(x, FILTER, flip=False)
    padded = np.pad(x, ((0, 0), (0, 1), (0, 0)))
    wanted = np.einsum("hwkc,kc->hw", np.stack([padded[:, :-1], padded[:, 1:]], 2), FILTER.weights[0])
    np.testing.assert_allclose(result, 0.333333 * wanted, rtol=1e-6)
    settle(at, colour="filter", kernel=[[1.0]], rest=[[[-1.0]], [[0.0]]])
    assert "every flat grey area becomes 0" in words(at)
    assert "Waves of grey, of whatever length, leave no trace" in words(at)


def test_a_sharpening_kernel_only_partly_undoes_a_blur():
    at = screen()
    at.button(key="conv_try_5").click().run()
    assert "of the blur is undone" in words(at)
    settle(at, kernel=[[1.0]])
    assert "no nearer and no farther" in words(at)  # the identity undoes nothing
    settle(at, kernel=[[-1.0]])
    assert "farther than before" in words(at)
    settle(at, stride=2)
    assert "Keep the picture's size" in words(at)


@pytest.mark.parametrize(
    ("kernel", "says"),
    [
        ([[0.0]], "All weights are 0: every wave is multiplied by 0"),
        ([[0.0] * 3] * 3, "the result is 0 everywhere, whatever the picture"),
        ([[1.0]], "treats waves of every length alike (× 1)"),
        ([[0.0, 0.5, 0.0]], "treats waves of every length alike (× 0.5)"),
        ([[1.0, -1.0]], "answers most to waves of 2.0 pixels (× 2)"),
        ([[-0.367]], "multiplies what is flat by **−0.367**, the finest checkerboard by **−0.367**"),
        ([[1.0, 1.0]], "multiplies what is flat by **2**, the finest checkerboard by **0**"),
        ([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]], "the finest checkerboard by **9**"),
        ([[1.0, -2.0, 1.0]], "the finest checkerboard by **−4**"),
    ],
)
def test_the_words_on_waves(kernel, says):
    at = screen()
    settle(at, kernel=kernel)
    assert says in words(at)


def test_the_spectra_before_and_after_and_the_kernels_between():
    at = screen()
    settle(at, kernel=[[1.0, -1.0]], colour="grey")
    for title in ("The kernel's response", "The picture before", "The picture after"):
        assert f"**{title}**" in words(at)
    assert "multiplies what is flat by **0**, the finest checkerboard by **2**" in words(at)
    before, after = spectra_shown(at)
    assert before != after
    settle(at, kernel=[[1.0]], colour="grey")
    assert spectra_shown(at) == [before, before]


def spectra_shown(at):
    """The pictures of the spectra before and after, as they stand in the page."""
    bodies = [element.proto.body for element in at.get("html")]
    return [
        re.search(r'src="(.*)"', body)[1]
        for time in ("before", "after")
        for body in bodies
        if f'alt="The picture {time}' in body
    ]


@pytest.mark.parametrize("display", DISPLAYS)
def test_what_is_saved_is_what_is_shown(display):
    values = np.array([[-2.0, 0.0, 0.5, 1.0]])
    grey = {
        "signed": [0, 128, 159, 191],
        "absolute": [255, 0, 64, 128],
        "clipped": [0, 0, 128, 255],
    }
    picture = shown(values, display)
    assert picture.shape == (1, 4, 3)
    if display == "diverging":
        blue_first = picture[0].astype(int) @ [-1, 0, 1]
        assert blue_first[0] > 0 == blue_first[1] > blue_first[3]
    else:
        assert picture[0, :, 0].tolist() == grey[display]


def test_a_plain_picture_has_no_edges():
    """Rounding leaves ±2e-9, which in full contrast would look like edges."""
    edges = KernelSettings(((0.1, 0.2, 0.1), (0.0, 0.0, 0.0), (-0.1, -0.2, -0.1)))
    plain = np.full((8, 8, 3), 77 / 255, np.float32)
    assert np.unique(shown(apply(plain, edges, flip=False), "signed")).tolist() == [128]
    plain[4, 4] += 1 / 255
    assert apply(plain, edges, flip=False).any()


def test_table_can_be_read_again():
    plane, picture = RNG.normal(size=(3, 5)), RNG.normal(size=(3, 5, 3))
    np.testing.assert_allclose(np.loadtxt(table(plane).decode().splitlines(), delimiter=","), plane, rtol=1e-6)
    rows = np.loadtxt(table(picture).decode().splitlines(), delimiter=",", skiprows=1)
    assert rows[7, :2].tolist() == [1, 2]
    np.testing.assert_allclose(rows[7, 2:], picture[1, 2], rtol=1e-6)


def test_grey_is_what_the_component_says():
    assert pytest.approx([0.299, 0.587, 0.114]) == LUMA.tolist()


@pytest.mark.parametrize(
    "settings", [FAR, FILTER, KernelSettings(((1.0, 2.0),), "valid", flip=True, scale=2, bias=-0.5)]
)
def test_the_code_taken_away_gives_the_result(settings, tmp_path):
    at = screen()
    settle(at, **asdict(settings))
    PIL.Image.fromarray(SMALL).save(tmp_path / "picture.png")
    x = values_of(from_array(SMALL), settings.colour).astype(float)
    wanted = apply(x, settings, flip=settings.flip)
    codes = [code.value for code in at.code if "import" in code.value]
    assert len(codes) == 2
    for code in codes:
        names = {}
        with contextlib.chdir(tmp_path), contextlib.redirect_stdout(None):
            exec(code, names)
        np.testing.assert_allclose(names["result"], wanted, rtol=1e-4, atol=1e-5 * np.abs(wanted).max())


def test_the_binary_is_what_its_source_compiles_to():
    assert compiled() == BINARY.read_bytes(), "run `make wasm`"


def test_the_bundle_holds_every_module_once_and_no_name_twice():
    assert sorted(SCRIPTS) == sorted(path.stem for path in FOLDER.glob("*.js"))
    script = SHARED + bundle()
    assert not re.findall(r"^import ", script, flags=re.M)
    assert re.findall(r"^export .*", script, flags=re.M) == [
        "export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {"
    ]
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, flags=re.M)
    assert len(names) > 50
    assert sorted(names) == sorted(set(names))
