"""Model cells of the visual cortex and the visitor's kernel before bars and gratings: what they answer, and why."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.classical import eye
from pages.parts.pickers.own_kernel import own_kernel
from pages.parts.shell import theme
from pages.parts.shell.live import live
from pages.parts.widgets import show
from pages.parts.widgets.player import forget, play
from pages.parts.widgets.takeaway import take_array, take_code

Tunings = dict[str, eye.TuningCurve]  # by the name of the cell
FRAME = 246  # pixels
FRAME_LEFT = "eye_frame"  # in the session and the link: the stimulus at which the player was left


@live
def model_cells(corner: DeltaGenerator) -> None:
    """A simple and a complex cell and the visitor's kernel before a stimulus: how each is tuned."""
    kind, angle, wavelength, kernel = _choices()
    shown = [eye.simple_cell(angle, wavelength), eye.complex_cell(angle, wavelength), eye.own_cell(kernel)]
    size = wavelength if kind == "grating" else wavelength / 2
    angles = {cell.name: eye.angle_tuning(cell, kind, size) for cell in shown}
    sizes = {cell.name: eye.size_tuning(cell, kind, angles[cell.name].best) for cell in shown}
    places = {cell.name: eye.place_tuning(cell, kind, angles[cell.name].best, size) for cell in shown}
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        _turning(kind, size, angles, angle)
    with right:
        _three_charts(kind, angles, sizes, places)
    st.markdown(_says(angles, places, kind))
    with corner:
        take_array(np.stack([t.responses for t in angles.values()]), "tuning.npy", "The tuning curves as numbers")
        take_code(
            "import numpy as np\n\nfrom explorer.classical import eye\n\n"
            f"kernel = np.array({np.asarray(kernel, np.float64).tolist()}, np.float32)\n"
            f"cells = [eye.simple_cell({angle}, {wavelength:g}), eye.complex_cell({angle}, {wavelength:g}), "
            "eye.own_cell(kernel)]\n"
            f"tunings = [eye.angle_tuning(cell, {kind!r}, {size:g}) for cell in cells]\n"
            "curves = np.stack([tuning.responses for tuning in tunings])\n"
            "print([(tuning.best, eye.half_width(tuning, 180)) for tuning in tunings])"
        )


def _choices() -> tuple[str, int, float, np.ndarray]:
    """The kind of stimulus, the angle (in degrees) and wavelength of the Gabor cells, and the visitor's kernel."""
    cells = st.columns([1, 1.5, 1.5, 1.3], gap="medium", vertical_alignment="bottom")
    kind = cells[0].segmented_control(
        "Show a", eye.STIMULI, default="grating", required=True, key="eye_stimulus", bind="query-params"
    )
    angle = cells[1].slider("Preferred angle θ of the Gabor cells, in °", 0, 175, 45, 5, key="eye_angle",
                            bind="query-params", on_change=forget, args=(FRAME_LEFT,))  # fmt: skip
    wavelength = cells[2].slider("Their wavelength λ, in pixels", 3.0, 12.0, 6.0, 0.5, key="eye_wavelength",
                                 bind="query-params")  # fmt: skip
    kernel, name = own_kernel()
    cells[3].caption(f"Your kernel: {name}, the one in *Convolution*")
    return str(kind), angle, wavelength, kernel


def _turning(kind: str, size: float, angles: Tunings, start: int) -> None:
    stimuli = [eye.grating(a, size) if kind == "grating" else eye.bar(a, size) for a in eye.ANGLES]
    relative = np.stack([tuning.relative for tuning in angles.values()])
    frames = [render.png(_frame(stimulus, relative[:, i])) for i, stimulus in enumerate(stimuli)]
    captions = [
        f"{a}°: " + ", ".join(f"{name} {100 * relative[n, i]:.0f} %" for n, name in enumerate(angles))
        for i, a in enumerate(eye.ANGLES)
    ]
    play(frames, captions, alt=f"A {kind} turning before the cells", key="eye_player",
         start=eye.ANGLES.index(start), link=FRAME_LEFT)  # fmt: skip


def _frame(stimulus: np.ndarray, shares: np.ndarray) -> render.Picture:
    """The stimulus, and beneath it a bar for each cell's response, in the colours of the curves."""
    shown = render.enlarge(render.grey((stimulus + 1) / 2), FRAME)
    rows = []
    for colour, share in zip(theme.curves(len(shares)), shares, strict=True):
        row = np.empty((14, shown.shape[1], 3), np.uint8)
        row[:] = theme.field()
        row[:, : round(share * shown.shape[1])] = colour
        row[:3] = theme.page()
        rows.append(row)
    return np.concatenate([shown, *rows])


def _three_charts(kind: str, angles: Tunings, sizes: Tunings, places: Tunings) -> None:
    """How each cell is tuned: to angles, and beneath to sizes and to places."""
    of_size, of_place = (
        ("wavelength in pixels", "phase in degrees")
        if kind == "grating"
        else ("width of the bar in pixels", "offset in pixels")
    )
    _curves(angles, "angle in degrees", "eye_angles", 235)
    left, right = st.columns(2, gap="medium")
    with left:
        _curves(sizes, of_size, "eye_sizes", 205, legend=False)
    with right:
        _curves(places, of_place, "eye_places", 205, legend=False)


def _curves(tunings: Tunings, title: str, key: str, height: int, *, legend: bool = True) -> None:
    figure = plots.lines(
        {name: tuning.relative for name, tuning in tunings.items()}, x=title, y="share of its best",
        at=next(iter(tunings.values())).at, dashed=["complex cell"], height=height,
    )  # fmt: skip
    figure.update_layout(showlegend=legend)
    if title.endswith("degrees"):
        figure.update_xaxes(dtick=45 if legend else 90)
    show.chart(figure, key=key)


def _says(angles: Tunings, places: Tunings, kind: str) -> str:
    simple, complex_, own = angles.values()
    silent = own.responses.max() < 1e-9
    theirs = "Your kernel does not respond here." if silent else (
        f"Your kernel prefers {own.best:.0f}° and is {eye.half_width(own, 180):.1f}° wide.")  # fmt: skip
    return (
        f"Both Gabor cells prefer **{simple.best:.0f}°** and answer at half strength or more over "
        f"{eye.half_width(simple, 180):.1f}° and {eye.half_width(complex_, 180):.1f}°. {theirs} "
        f"{_where(list(places.values())[:2], kind)} Responses are the largest while the stimulus drifts over the cell, "
        "at the angle that each prefers."
    )


def _where(places: list[eye.TuningCurve], kind: str) -> str:
    """What a simple and a complex cell care about the place: over a period of stripes, or where a bar is."""
    if kind == "grating":
        simple, complex_ = (100 * tuning.relative.min() for tuning in places)
        return (
            f"While the stripes shift, the simple cell falls to {simple:.0f} % of its best, the complex cell "
            f"{'stays at' if complex_ > 99 else 'only to'} **{complex_:.0f} %**."
        )
    simple, complex_ = (eye.half_width(tuning) for tuning in places)
    return (
        f"As the bar moves across, the simple cell answers at half strength or more over {simple:.1f} pixels, the "
        f"complex cell over **{complex_:.1f}**: it cares less where the bar is."
    )
