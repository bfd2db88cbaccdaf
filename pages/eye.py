"""The eye: bars and gratings before model cells, the visitor's kernel and a network's first layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.classical import eye
from explorer.filtering.kernels import KERNELS
from pages.parts import frame, network, presets, show
from pages.parts.player import play
from pages.parts.takeaway import take_array, take_code
from pages.parts.tiles import choose_tile, keep, linked

if TYPE_CHECKING:
    from explorer.anatomy.oriented_filters import LayerTuning
    from explorer.networks.loading import Network

FRAME = 246  # pixels
COLOURS = ((0, 114, 178), (213, 94, 0), (0, 158, 115))  # as the curves in the light theme
VIEWS = ("Model cells", "A network's first layer")

corner = frame.heading(
    "The eye",
    "Show a bar or a grating at every angle and note how strongly a cell answers: its tuning curve. "
    "Cells of the visual cortex, your kernel and a network's filters all take the same test.",
)


@st.fragment
def cells() -> None:
    controls = st.columns([1, 1.5, 1.5, 1.3], gap="medium", vertical_alignment="bottom")
    kind = controls[0].segmented_control(
        "Show a", eye.STIMULI, default="grating", required=True, key="eye_stimulus", bind="query-params"
    )
    angle = controls[1].slider("The Gabor cells prefer the angle θ", 0, 175, 45, 5, key="eye_angle",
                               bind="query-params")  # fmt: skip
    wavelength = controls[2].slider("… and stripes of λ pixels", 3.0, 12.0, 6.0, 0.5, key="eye_wavelength",
                                    bind="query-params")  # fmt: skip
    own, name = _own()
    controls[3].caption(f"Your kernel: {name}, the one in *Convolution*")
    shown = [eye.simple_cell(angle, wavelength), eye.complex_cell(angle, wavelength), own]
    size = wavelength if kind == "grating" else wavelength / 2
    angles = {cell.name: eye.angle_tuning(cell, str(kind), size) for cell in shown}
    sizes = {cell.name: eye.size_tuning(cell, str(kind), angles[cell.name].best) for cell in shown}
    places = {cell.name: eye.place_tuning(cell, str(kind), angles[cell.name].best, size) for cell in shown}
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        turning(str(kind), size, angles, angle)
    with right:
        curves(angles, "angle in degrees", "eye_angles", 235)
        half = st.columns(2, gap="medium")
        with half[0]:
            title = "wavelength in pixels" if kind == "grating" else "width of the bar in pixels"
            curves(sizes, title, "eye_sizes", 205, legend=False)
        with half[1]:
            title = "phase in degrees" if kind == "grating" else "offset in pixels"
            curves(places, title, "eye_places", 205, legend=False)
    st.markdown(_says(angles, places, str(kind)))
    with corner:
        take_array(np.stack([t.responses for t in angles.values()]), "tuning.npy", "The tuning curves as numbers")
        take_code(
            f"from explorer.classical import eye\n\ncell = eye.complex_cell({angle}, {wavelength:g})\n"
            f"tuning = eye.angle_tuning(cell, {kind!r}, {size:g})\nprint(tuning.best, eye.half_width(tuning))"
        )


def _own() -> tuple[eye.Cell, str]:
    """The kernel that is in the editor now, and what it is called."""
    settings = st.session_state.get(presets.LAST)
    if settings is None:
        return eye.own_cell(KERNELS["Sobel"]()), "Sobel"
    return eye.own_cell(settings.kernel), presets.name_of(settings) or "of your own making"


def turning(kind: str, size: float, angles: dict[str, eye.Tuning], start: int) -> None:
    stimuli = [eye.grating(a, size) if kind == "grating" else eye.bar(a, size) for a in eye.ANGLES]
    relative = np.stack([tuning.relative for tuning in angles.values()])
    frames = [render.png(_frame(stimulus, relative[:, i])) for i, stimulus in enumerate(stimuli)]
    captions = [
        f"{a}°: " + ", ".join(f"{name} {100 * relative[n, i]:.0f} %" for n, name in enumerate(angles))
        for i, a in enumerate(eye.ANGLES)
    ]
    play(frames, captions, alt=f"A {kind} turning before the cells", key="eye_player", start=eye.ANGLES.index(start))


def _frame(stimulus: np.ndarray, shares: np.ndarray) -> render.Picture:
    """The stimulus, and beneath it a bar for each cell's response, in the colours of the curves."""
    field = np.repeat(render.to_uint8((stimulus + 1) / 2)[..., None], 3, 2)
    field = render.enlarge(field, FRAME)
    rows = []
    for colour, share in zip(COLOURS, shares, strict=True):
        row = np.full((14, field.shape[1], 3), 235, np.uint8)
        row[3:, : round(share * field.shape[1])] = colour
        row[:3] = 255
        rows.append(row)
    return np.concatenate([field, *rows])


def curves(tunings: dict[str, eye.Tuning], title: str, key: str, height: int, *, legend: bool = True) -> None:
    figure = plots.lines(
        {name: tuning.relative for name, tuning in tunings.items()}, x=title, y="share of its best",
        at=next(iter(tunings.values())).at, height=height,
    )  # fmt: skip
    figure.data[1].line.dash = "dash"  # the complex cell's curve often lies on the simple one's
    figure.update_layout(showlegend=legend)
    show.chart(figure, key=key)


def _says(angles: dict[str, eye.Tuning], places: dict[str, eye.Tuning], kind: str) -> str:
    simple, complex_, own = angles.values()
    silent = own.responses.max() < 1e-9
    theirs = "Your kernel answers nothing here." if silent else (
        f"Your kernel prefers {own.best:.0f}° and is {eye.half_width(own):.0f}° wide.")  # fmt: skip
    least = [100 * tuning.relative.min() for tuning in list(places.values())[:2]]
    place = "a shift of the stripes" if kind == "grating" else "a move of the bar"
    return (
        f"Both Gabor cells prefer **{simple.best:.0f}°** and answer at half strength or more over "
        f"{eye.half_width(simple):.0f}° and {eye.half_width(complex_):.0f}°. {theirs} Under {place} the simple cell "
        f"falls to {least[0]:.0f} % of its best, the complex cell to **{least[1]:.0f} %**. Responses are the largest "
        "while the stimulus drifts over the cell, at the angle that each prefers."
    )


@st.fragment
def first_layer() -> None:
    net = network.current()
    import explorer
    from explorer.anatomy.oriented_filters import TUNED, WAVELENGTHS, layer_tuning

    try:
        found = layer_tuning(net)
    except explorer.NetworkError as error:
        st.info(str(error))
        return
    other = _control(net)
    filters = explorer.first_layer_filters(net)
    left, right = st.columns([1, 1.6], gap="large")
    order = np.argsort(-found.selectivity, kind="stable")
    with left:
        place = min(linked("eye_rank"), len(order) - 1)
        colours = filters.transpose(0, 2, 3, 1) if filters.shape[1] == 3 else np.stack([filters.mean(1)] * 3, -1)
        tiles = np.stack([render.signed(colours[n]) for n in order])
        names = [f"filter {n}, selectivity {found.selectivity[n]:.2f}" for n in order]
        place = choose_tile(tiles, names, place, alt="The filters, most oriented first", key=f"eye_sheet_{net.key}")
        number = int(order[place])
        keep("eye_rank", place)
        st.caption(f"The {len(order)} filters, the most oriented first. Click one, or use the arrow keys.")
    with right:
        count = len(found.selectivity)
        cells = st.columns(2)
        cells[0].metric(f"Tuned to orientation, {'trained' if net.trained else 'random'}", f"{found.tuned} of {count}")
        if other is not None:
            cells[1].metric(f"The same with {'random' if net.trained else 'trained'} weights",
                            f"{other.tuned} of {count}")  # fmt: skip
        series = {f"filter {number}": found.responses[number]}
        if other is not None:
            series[f"filter {number}, {'random' if net.trained else 'trained'} weights"] = other.responses[number]
        at = found.angles_deg
        show.chart(plots.lines(series, x="angle of the grating in degrees", y="response", at=at, height=230),
                   key="eye_layer")  # fmt: skip
        waves = ", ".join(f"{w:g}" for w in WAVELENGTHS)
        st.markdown(
            f"Filter {number}: selectivity **{found.selectivity[number]:.2f}**, best at "
            f"{at[int(found.responses[number].argmax())]}°. A filter counts as tuned when 1 − circular variance, "
            rf"$|\sum_\theta r_\theta e^{{2i\theta}}| / \sum_\theta r_\theta$, is above {TUNED}, for grey gratings of "
            f"{waves} pixels: $r$ is the mean amplitude over these."
        )
        st.markdown(_honest(found.tuned_at_best, other.tuned_at_best if other else None, count, net.trained))
    network.note(net)
    with corner:
        take_array(found.responses, "layer-tuning.npy", "All filters' tuning curves")
        take_code(
            network.code(net) + "from explorer.anatomy.oriented_filters import layer_tuning\n\n"
            "found = layer_tuning(network)\nprint(found.tuned, 'of', len(found.selectivity))"
        )


def _control(net: Network) -> LayerTuning | None:
    """The same layer with the other weights, if they are here or need no fetching."""
    from explorer.anatomy.oriented_filters import layer_tuning

    other = network.counterpart(net)
    return None if other is None else layer_tuning(other)


def _honest(mine: int, others: int | None, count: int, trained: bool) -> str:
    if others is None:
        return ""
    learned, drawn = (mine, others) if trained else (others, mine)
    return (
        f"At each filter's best wavelength alone, {learned} of {count} trained and {drawn} of {count} random filters "
        "would count: on few pixels even chance prefers some direction at one wavelength. The mean asks for one "
        "direction at all of them. Grey gratings don't see what a filter does with colour."
    )


view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="eye_view", bind="query-params", label_visibility="collapsed"
)
if view == VIEWS[1]:
    first_layer()
else:
    cells()
st.markdown(
    "**Lettvin et al. 1959** (*What the frog's eye tells the frog's brain*) found fibres in the frog's optic nerve "
    "that report edges and small dark moving things, not brightness. **Hubel & Wiesel 1959** (*Receptive fields of "
    "single neurones in the cat's striate cortex*) found cells that answer to a bar at one angle and fall silent when "
    "it turns. **Hubel & Wiesel 1962** named those *simple* that care where the bar is and *complex* that don't."
)
st.markdown(
    "**Look for** the complex cell's flat line while stripes shift. **Try** a longer wavelength, a bar, another kernel "
    "in *Convolution*. **It means** that a simple cell is a convolution and a ReLU, "
    r"$\max(0, \sum w_{\text{even}}\, x)$, and a complex cell pools two of them, "
    r"$\sqrt{(\sum w_{\text{even}}\, x)^2 + (\sum w_{\text{odd}}\, x)^2}$: what a layer and its pooling do."
)
