"""Smoothing: noise on the picture, three filters that take it away, and what each costs."""

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.filtering import smoothing
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KERNELS, gaussian, uniform
from explorer.filtering.separable import in_passes, separate
from explorer.pictures.images import Image
from explorer.pictures.reduced import reduced
from pages.parts import frame, picture, presets, show
from pages.parts.takeaway import take_array, take_code, take_picture
from pages.parts.words import plain

SIDE = 224  # pixels of the longer side: every control answers at once
VIEWS = ("Remove noise", "How large a window", "Scale space", "Two short passes")
SCALES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
# Of each kind of noise: key and label of its strength, low, high, start, step.
STRENGTHS = {
    "Gaussian": ("smoothing_levels", "Standard deviation, of 255 levels", 0, 100, 30, 5),
    "salt and pepper": ("smoothing_percent", "Share of values lost, in %", 0, 50, 10, 1),
    "shot": ("smoothing_photons", "Photons counted where it is white", 5, 200, 30, 5),
}
NAMES = {"uniform": "Uniform", "Gaussian": "Gaussian", "median": "Median"}

corner = frame.heading(
    "Smoothing",
    "A mean over a window takes noise away, because neighbours are alike and their noise is not. "
    "The larger the window, the less noise, and the less picture.",
)
image = picture.current()


@st.fragment
def screen() -> None:
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="smoothing_view", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    {VIEWS[0]: noise, VIEWS[1]: window, VIEWS[2]: scales, VIEWS[3]: passes}[view or VIEWS[0]](reduced(image, SIDE))


def noise(clean: Image) -> None:
    cells = st.columns([1.5, 1.5, 1.2], gap="medium", vertical_alignment="bottom")
    kind = cells[0].segmented_control(
        "Noise", smoothing.NOISES, default="Gaussian", required=True, key="smoothing_noise", bind="query-params"
    )
    key, label, low, high, start, step = STRENGTHS[kind or "Gaussian"]
    amount = cells[1].slider(label, low, high, start, step, key=key, bind="query-params")
    size = cells[2].select_slider("Window k", smoothing.SIZES[1:], 5, key="smoothing_k", bind="query-params")
    strength = amount / 100 if kind == "salt and pepper" else float(amount)
    noisy = smoothing.noisy(clean, str(kind), strength)
    results = {name: smoothing.smooth(noisy, name, size) for name in smoothing.FILTERS}
    before = smoothing.quality(clean, noisy.pixels)
    curves = {name: smoothing.curve(clean, noisy, name) for name in smoothing.FILTERS}
    four(noisy, before, results, curves, size)
    st.markdown(_winner(curves))
    two_charts(curves)
    with corner:
        for name, values in results.items():
            take_picture(render.to_uint8(values), f"{name.lower()}-{size}.png", f"{NAMES[name]}, as a picture")
        take_picture(noisy.uint8, "noisy.png", "The noisy picture")
        take_code(
            "import explorer\nfrom explorer.filtering import smoothing\n\n"
            "clean = explorer.open_image('picture.jpg')\n"
            f"noisy = smoothing.noisy(clean, {kind!r}, {strength:g})\n"
            f"result = smoothing.smooth(noisy, 'median', {size})\nprint(smoothing.quality(clean, result))"
        )


def four(noisy: Image, before: smoothing.Quality, results: dict, curves: dict, size: int) -> None:
    cells = st.columns(4, gap="small")
    with cells[0]:
        show.picture(noisy.uint8, "The noisy picture")
        st.markdown(f"**Noisy**  \n{_words(before)}")
    for cell, (name, values) in zip(cells[1:], results.items(), strict=True):
        with cell:
            show.picture(render.to_uint8(values), f"The noisy picture after the {name} filter")
            found = curves[name].qualities[smoothing.SIZES.index(size)]
            st.markdown(f"**{NAMES[name]}, {size} × {size}**  \n{_words(found)}")


def _words(found: smoothing.Quality) -> str:
    psnr = "the clean picture" if np.isinf(found.psnr) else f"{found.psnr:.1f} dB"
    return psnr if np.isnan(found.ssim) else f"{psnr}, SSIM {found.ssim:.2f}"


def _winner(curves: dict[str, smoothing.Curve]) -> str:
    best = {name: curve.best("psnr") for name, curve in curves.items()}
    name = max(best, key=lambda one: best[one][1])
    size, value = best[name]
    if size == 1:
        return "Nothing is to be gained here: the picture is nearest to the clean one as it is."
    sort = "It is no convolution: it sorts the window and takes the middle, so a wild value has no say." if (
        name == "median") else "It is a convolution: a weighted mean, the same at every place."  # fmt: skip
    return f"Nearest to the clean picture: **{NAMES[name]} with k = {size}** ({value:.1f} dB). {sort}"


def two_charts(curves: dict[str, smoothing.Curve]) -> None:
    for cell, (measure, title) in zip(
        st.columns(2, gap="medium"), (("psnr", "PSNR in dB"), ("ssim", "SSIM")), strict=True
    ):
        series = {NAMES[n]: [getattr(q, measure) for q in c.qualities] for n, c in curves.items()}
        best = [c.best(measure) for c in curves.values()]
        marks = {f"k = {size}" + " " * place: (size, value) for place, (size, value) in enumerate(best)}  # unique
        shown = np.array([*series.values()])[np.isfinite([*series.values()])]
        with cell:
            figure = plots.lines(
                series, x="window k in pixels (1: as it is)", y=title, at=smoothing.SIZES, marks=marks, height=230
            )
            if shown.size:  # room for what the marks say
                span = float(np.ptp(shown)) or 1.0
                figure.update_yaxes(range=[shown.min() - 0.06 * span, shown.max() + 0.2 * span])
            show.chart(figure, key=f"smoothing_{measure}")
    st.caption(
        "Against the clean picture, higher is better; the best size of each filter is marked. PSNR is −10 log₁₀ of the "
        f"mean squared error; SSIM compares brightness, contrast and structure in small windows. The Gaussian has "
        f"σ = k/{smoothing.SPAN} in the form exp(−r²/σ²). Measured on the picture at {SIDE} pixels."
    )


def window(clean: Image) -> None:
    left, middle, right = st.columns([1.1, 1.3, 1.6], gap="medium")
    with left:
        sigma = st.slider("σ in pixels", 0.5, 8.0, 4.0, 0.5, key="smoothing_sigma", bind="query-params")
        size = st.select_slider("Window k", list(range(1, 34, 2)), 5, key="smoothing_window", bind="query-params")
        lost = smoothing.lost_share(sigma, size)
        st.metric("Cut off by the window", f"{100 * lost:.1f} %")
        st.markdown(
            f"k = {size / sigma:.1f} σ. At the lecture's k = 2σ, {100 * smoothing.lost_share(1.0, 2):.0f} % is cut "
            f"off; at k = 4σ, {100 * smoothing.lost_share(1.0, 4):.1f} %."
        )
    with middle:
        cut = np.clip(convolve(clean.pixels, gaussian(sigma, size), padding="replicate"), 0, 1)
        show.picture(render.to_uint8(cut), "The picture blurred by the Gaussian cut to the window")
        st.markdown(f"**Gaussian cut to {size} × {size}**: {_shape(lost)}")
    with right:
        whole, within = smoothing.profile(sigma, size)
        at = np.arange(len(whole)) - len(whole) // 2
        figure = plots.lines(
            {"whole": whole, "cut to the window": within}, x="pixels from the middle", y="weight", at=at, height=200
        )
        show.chart(figure, key="smoothing_profile")
        ratios = np.linspace(0.5, 6, 56)
        shares = [100 * smoothing.lost_share(100.0, round(100 * r)) for r in ratios]
        marks = {"k = 2σ": (2.0, 100 * smoothing.lost_share(1.0, 2)), "yours": (size / sigma, 100 * lost)}
        figure = plots.lines({"": shares}, x="k / σ", y="cut off, in %", at=ratios, marks=marks, height=200)
        show.chart(figure, key="smoothing_lost")
    st.caption(
        "The lecture's convention: weights ∝ exp(−distance²/σ²), so σ is √2 standard deviations. Along each axis the "
        "share erf(k/2σ) lies within ±k/2; of the square window 1 − erf(k/2σ)² is outside."
    )
    with corner:
        take_array(gaussian(sigma, size), "gaussian.npy", "This kernel as numbers")
        take_code(f"from explorer.filtering.kernels import gaussian\n\nkernel = gaussian({sigma:g}, {size})")


def _shape(lost: float) -> str:
    if lost > 0.5:
        return "hardly a Gaussian: nearly all weights are alike, as in a mean."
    return "its rim is a step, so it is part Gaussian, part box." if lost > 0.05 else "the fall-off fits."


def scales(clean: Image) -> None:
    strip = smoothing.scale_space(clean, SCALES)
    cells = st.columns(len(SCALES), gap="small")
    counts = [smoothing.peaks(one) for one in strip]
    for cell, sigma, one, count in zip(cells, SCALES, strip, counts, strict=True):
        with cell:
            show.picture(one.uint8, f"The picture at scale {sigma:g}")
            st.markdown(f"**σ = {sigma:g}**  \n{count:,} bright spots")
    chosen = st.select_slider("Look at one scale", SCALES, 4.0, key="smoothing_scale", bind="query-params")
    left, right = st.columns(2, gap="medium")
    place = SCALES.index(chosen)
    with left:
        show.picture(render.enlarge(strip[place].uint8, 448), f"The picture at σ = {chosen:g}")
        st.caption(f"What is coarser than σ = {chosen:g}")
    with right:
        detail = clean.pixels - strip[place].pixels
        show.picture(render.enlarge(render.signed(detail), 448), f"What the blur of σ = {chosen:g} took away")
        st.caption("What the blur took away: the picture minus its blurred self, zero at mid-grey")
    st.markdown(
        "Each step blurs more, and small things vanish one after another: later features can look at coarse or at fine "
        "structure. A bright spot is a place brighter than all its eight neighbours."
    )
    with corner:
        take_picture(strip[place].uint8, "scale.png", "The picture at this scale")


def passes(clean: Image) -> None:
    left, right = st.columns([1, 2], gap="large")
    with left:
        which = st.segmented_control(
            "Kernel", ["uniform", "Gaussian", "yours"], default="Gaussian", required=True, key="smoothing_kernel",
            bind="query-params",
        )  # fmt: skip
        size = st.select_slider("Window k", smoothing.SIZES[1:], 9, key="smoothing_passes", bind="query-params",
                                disabled=which == "yours")  # fmt: skip
        kernel = _kernel(str(which), size)
        limit = render.largest(kernel)
        show.picture(render.enlarge(render.signed(kernel, limit), 180), "The kernel")
    parts = separate(kernel)
    whole, fewer = parts.products
    once = convolve(clean.pixels, kernel, padding="replicate")
    twice = in_passes(clean.pixels, parts)
    with right:
        cells = st.columns(3)
        k1, k2 = kernel.shape
        cells[0].metric("One square pass", f"{whole:,}", help=f"{k1} × {k2} products for each new value")
        cells[1].metric("Passes by rows, columns", f"{fewer:,}", help=f"{parts.terms} × ({k1} + {k2}) products")
        cells[2].metric("Largest difference", f"{np.abs(once - twice).max():.1e}")
        st.markdown(_verdict(parts.terms, whole, fewer, clean.pixels.size))
        sizes = np.arange(1, 32, 2)
        show.chart(
            plots.lines(
                {"one pass: k²": sizes**2, "two passes: 2k": 2 * sizes}, x="window k", y="products per value",
                at=sizes, height=230,
            ),
            key="smoothing_products",
        )  # fmt: skip
    with corner:
        take_array(kernel, "kernel.npy", "This kernel as numbers")
        take_code(
            "from explorer.filtering.separable import in_passes, separate\n\n"
            "parts = separate(kernel)   # of k × k weights\n"
            "result = in_passes(pixels, parts)"
        )


def _kernel(which: str, size: int) -> np.ndarray:
    if which == "yours":
        settings = st.session_state.get(presets.LAST)
        return np.array(settings.kernel if settings else KERNELS["Sobel"](), np.float32)
    return uniform(size) if which == "uniform" else gaussian(size / smoothing.SPAN, size)


def _verdict(terms: int, whole: int, fewer: int, values: int) -> str:
    if terms == 0:
        return "All weights are zero, so there is nothing to compute."
    if terms == 1:
        word = "the same" if fewer < whole else "no fewer: it pays from k = 3 on"
        saved = f"{whole / fewer:.1f} times fewer products" if fewer < whole else word
        return (
            f"This kernel is **separable**: a column times a row (rank 1). Two passes give the same result with "
            f"**{saved}**: {fewer * values:,} instead of {whole * values:,} on this picture."
        )
    return (
        f"This kernel is a sum of **{terms}** columns times rows (rank {terms}): {fewer} products in passes against "
        f"{whole} in one. " + ("Passes still pay." if fewer < whole else "One pass is cheaper.")
    )


try:
    screen()
except ValueError as error:
    st.info(plain(str(error)))
st.markdown(
    "**Look for** the size at which a curve turns down: from there on the filter takes more picture than noise. "
    "**Try** salt and pepper, where the median leaves the two means behind; then more noise: the best window grows. "
    r"**It means** $\text{out}_i = \sum_j w_j x_{i+j}$ with $\sum_j w_j = 1$: independent noise of variance $s^2$ is "
    r"left with $s^2 \sum_j w_j^2$, which for $k \times k$ equal weights is $s^2/k^2$."
)
