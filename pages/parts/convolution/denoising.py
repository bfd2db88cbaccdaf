"""Noise on the picture, and three filters that take it away, with what each costs."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.filtering import smoothing
from explorer.pictures.images import Image
from pages.parts.convolution import clean_picture
from pages.parts.shell import theme
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import file_name, take_code, take_picture

# Of each kind of noise: unit and label of its strength, low, high, start, step.
STRENGTHS = {
    "Gaussian": ("levels", "Standard deviation, in 8-bit levels", 0, 100, 30, 5),
    "salt and pepper": ("percent", "Share of values lost, in %", 0, 50, 10, 1),
    "shot": ("photons", "Photons per white pixel", 5, 200, 30, 5),
}
NAMES = {"uniform": "Uniform", "Gaussian": "Gaussian", "median": "Median"}


def noise(clean: Image, corner: DeltaGenerator) -> None:
    """Noise, and what three filters with windows of one size make of it; how that changes with the size."""
    kind, strength, size = _choices()
    noisy = smoothing.noisy(clean, kind, strength)
    results = {name: smoothing.smooth(noisy, name, size) for name in smoothing.FILTERS}
    curves = {name: smoothing.quality_curve(clean, noisy, name) for name in smoothing.FILTERS}
    _four(noisy, results, curves, size)
    st.markdown(_winner(curves))
    _two_charts(clean, curves)
    with corner:
        for name, values in results.items():
            take_picture(
                render.to_uint8(values),
                f"{file_name(clean.name, name.lower(), str(size))}.png",
                f"{NAMES[name]}, as a picture",
            )
        take_picture(noisy.uint8, f"{file_name(clean.name, 'noisy')}.png", "The noisy picture")
        take_code(
            "import explorer\nfrom explorer.filtering import smoothing\n"
            "from explorer.pictures.reduced import reduced\n\n"
            f"{clean_picture.code_of(clean)}"
            f"noisy = smoothing.noisy(clean, {kind!r}, {strength:g})\n"
            f"for name in {smoothing.FILTERS}:\n"
            f"    print(name, smoothing.quality(clean, smoothing.smooth(noisy, name, {size})))"
        )


def _choices() -> tuple[str, float, int]:
    """The kind of noise, how strong it is, as `smoothing.noisy` takes it, and the window of the filters, in pixels."""
    cells = st.columns([1.5, 1.5, 1.2], gap="medium", vertical_alignment="bottom")
    kind = cells[0].segmented_control("Noise", smoothing.NOISES, default="Gaussian", required=True,
                                      key="smoothing_noise", bind="query-params") or "Gaussian"  # fmt: skip
    unit, label, low, high, start, step = STRENGTHS[kind]
    amount = cells[1].slider(label, low, high, start, step, key=f"smoothing_{unit}", bind="query-params")
    size = cells[2].select_slider("Window k", smoothing.SIZES[1:], 5, key="smoothing_k", bind="query-params")
    return kind, amount / 100 if unit == "percent" else float(amount), size


def _four(noisy: Image, results: dict, curves: dict[str, smoothing.QualityCurve], size: int) -> None:
    cells = st.container(key="smoothing_four").columns(4, gap="small")
    with cells[0]:
        show.picture(noisy.uint8, "The noisy picture")
        st.markdown(f"**Noisy**  \n{_words(curves['median'].qualities[0])}")
    for cell, (name, values) in zip(cells[1:], results.items(), strict=True):
        with cell:
            show.picture(render.to_uint8(values), f"The noisy picture after the {name} filter")
            found = curves[name].qualities[smoothing.SIZES.index(size)]
            st.markdown(f"**{NAMES[name]}, {size} × {size}**  \n{_words(found)}")


def _words(found: smoothing.Quality) -> str:
    psnr = "the clean picture" if np.isinf(found.psnr) else f"{found.psnr:.1f} dB"
    return psnr if np.isnan(found.ssim) else f"{psnr}, SSIM {found.ssim:.2f}"


def _winner(curves: dict[str, smoothing.QualityCurve]) -> str:
    best = {name: curve.best("psnr") for name, curve in curves.items()}
    name = max(best, key=lambda one: best[one][1])
    size, value = best[name]
    if size == 1:
        return "Nothing is to be gained here: the picture is nearest to the clean one as it is."
    sort = "It is no convolution: it sorts the window and takes the middle, so a wild value has no say." if (
        name == "median") else "It is a convolution: a weighted mean, the same at every place."  # fmt: skip
    return f"Nearest to the clean picture: **{NAMES[name]} with k = {size}** ({value:.1f} dB). {sort}"


def _two_charts(clean: Image, curves: dict[str, smoothing.QualityCurve]) -> None:
    """Quality by the size of the window, by both measures."""
    for cell, (measure, title) in zip(
        st.columns(2, gap="medium"), (("psnr", "PSNR in dB"), ("ssim", "SSIM")), strict=True
    ):
        series = {NAMES[n]: [getattr(q, measure) for q in c.qualities] for n, c in curves.items()}
        marks = _marks([c.best(measure) for c in curves.values()])
        shown = np.array([*series.values()])[np.isfinite([*series.values()])]
        with cell:
            figure = plots.lines(
                series, x="window k in pixels (1: as it is)", y=title, at=smoothing.SIZES, marks=marks, height=230
            )
            for mark, colour in zip(figure.data[len(series) :], theme.curves(len(series)), strict=True):
                mark.marker.color = f"rgb{colour}"  # that of its curve
            if shown.size:  # room for what the marks say
                span = float(np.ptp(shown)) or 1.0
                figure.update_yaxes(range=[shown.min() - 0.06 * span, shown.max() + 0.2 * span])
            show.chart(figure, key=f"smoothing_{measure}")
    st.caption(
        "Against the clean picture, higher is better; the best size of each filter is marked. PSNR is −10 log₁₀ of the "
        f"mean squared error; SSIM compares brightness, contrast and structure in small windows. The Gaussian has "
        f"σ = k/{smoothing.SPAN} in the lecture's form exp(−r²/σ²). Measured on {clean.width} × {clean.height} pixels."
    )


def _marks(best: list[tuple[int, float]]) -> dict[str, tuple[int, float]]:
    """A mark for each curve's best (size, value), by a name of its own; those at one size have one label."""
    highest = {size: max(value for other, value in best if other == size) for size, _ in best}
    return {
        (f"k = {size}" if value == highest[size] else "") + " " * place: (size, value)
        for place, (size, value) in enumerate(best)
    }
