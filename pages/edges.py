"""Edges: filters at any angle, how steep the picture is, and which way its edges run."""

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.filtering import edges
from explorer.pictures.reduced import grey
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import number
from pages.parts.widgets import show
from pages.parts.widgets.markup import colour_scale
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture

SIDE = 320  # pixels of the longer side
SECTORS = 18
HUES = "linear-gradient(to right, red, yellow, lime, cyan, blue, magenta, red)"  # once around in 180°

corner = frame.heading(
    "Edges",
    "A difference of neighbours answers where brightness changes. Turned to any angle, it asks for edges that run that "
    "way; two of them together know every edge's strength and direction.",
)
image = picture.current()


def choices() -> tuple[str, int, float]:
    """The filter, the angle of the edges it asks for, in degrees, and how wide a Gaussian is, in pixels."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.segmented_control(
            "Filter", edges.SLOPES, default="Sobel", required=True, key="edges_filter", bind="query-params"
        )
        angle = st.slider("Angle of the edge θ in degrees", 0, 355, 90, 5, key="edges_angle", bind="query-params",
                          help="Counter-clockwise from horizontal: 90 is upright, brighter at the left, as Sobel's.",
                          width=300)  # fmt: skip
        sigma = 1.5
        if name == "Gaussian":  # the others have no width to choose
            sigma = st.slider("σ in pixels, exp(−r²/σ²)", 0.5, 4.0, 1.5, 0.5, key="edges_sigma", bind="query-params",
                              width=190, help="σ is √2 standard deviations.")  # fmt: skip
    return str(name), angle, sigma


@live
def screen() -> None:
    """The filter at an angle, what it answers, and the gradient, whatever the angle."""
    name, angle, sigma = choices()
    values = grey(image, SIDE)
    kernel = edges.slope(name, angle, sigma)
    response = edges.response(values, kernel)
    found = edges.edges_of(image, SIDE, name, sigma, SECTORS)
    answers = render.signed(response)
    pictures(response, answers, found, angle)
    kernel_and_shares(kernel, found, angle)
    with corner:
        take_picture(answers, f"{file_name(image.name, 'edges')}.png", "The response")
        take_picture(found.directions, f"{file_name(image.name, 'directions')}.png", "The directions as hues")
        take_array(response, "response.npy", "The response as numbers (NPY)")
        steep = np.stack([found.gradient.magnitude, found.gradient.direction_deg])
        take_array(steep, "gradient.npy", "Magnitude and direction (NPY)")
        take_code(
            "import explorer\nfrom explorer.filtering import edges\nfrom explorer.pictures.reduced import grey\n\n"
            f"values = grey({picture.code()}, {SIDE})\n"
            f"response = edges.response(values, edges.slope({name!r}, {angle}, {sigma:g}))\n"
            f"found = edges.gradient(values, {name!r}, {sigma:g})"
        )


def pictures(response: np.ndarray, answers: render.Picture, found: edges.Edges, angle: int) -> None:
    """The response at the angle, and the gradient's magnitude and direction."""
    magnitude = found.gradient.magnitude
    cells = st.columns(3, gap="small")
    limit = render.largest(response)
    with cells[0]:
        show.picture(answers, f"Response to edges at {angle} degrees")
        show.signed_scale(limit, decimals=2)
        st.markdown(f"**Edges at {angle}°**: mean |response| {number(np.abs(response).mean(), decimals=4)}")
    with cells[1]:
        show.picture(found.magnitudes, "Magnitude of the gradient")
        show.scale_bar("sequential", "0", f"{magnitude.max():.2f}")
        st.markdown(f"**Magnitude**, any angle: mean {number(magnitude.mean(), decimals=4)}")
    with cells[2]:
        show.picture(found.directions, "Direction of the edges as hue, magnitude as brightness")
        colour_scale(HUES, "0°", "90°", "180°")
        st.markdown("**Direction** as hue, magnitude as brightness")


def kernel_and_shares(kernel: np.ndarray, found: edges.Edges, angle: int) -> None:
    """The kernel, the key to the hues, and which share of the picture's edges runs at which angle."""
    small, right = st.columns([2, 3], gap="large", vertical_alignment="center")
    left, middle = small.columns(2, gap="large", wrap=False)
    with left:
        show.picture(render.enlarge(render.signed(kernel), 150), "The kernel, zero at mid-grey")
        st.caption(f"The kernel, {kernel.shape[0]} × {kernel.shape[1]}, zero at mid-grey")
    with middle:
        show.picture(edges.wheel(150), "Each spoke has the hue of an edge that runs along it")
        st.caption("The hue of an edge that runs along a spoke")
    with right:
        shares = 100 * found.shares
        shares = np.append(shares, shares[0])  # 180° is 0° again
        at = np.arange(SECTORS + 1) * 180 / SECTORS
        mark = {"θ": (float(angle % 180), float(np.interp(angle % 180, at, shares)))}
        figure = plots.lines({"": shares}, x="direction of the edge in degrees", y="% of all magnitude", at=at,
                             marks=mark, height=210)  # fmt: skip
        show.chart(figure.update_xaxes(dtick=45), key="edges_shares")
        st.caption(
            f"How much of the picture's edges runs which way, counter-clockwise from horizontal. {100 / SECTORS:.1f} % "
            f"everywhere would be no preference; "
            f"here most runs at {at[shares.argmax()]:.0f}°."
        )


screen()
closing(
    look_for="An edge that fades as you turn θ away from it, and vanishes at right angles.",
    try_="*Brick*, then *china*: which directions did people build?",
    it_means="Ask twice, how the picture changes from side to side and from top to bottom, and you have the answer "
    "for every angle (steerable filters, Freeman & Adelson 1991). The angle with the largest answer is the "
    "way the edge runs.",
    formula=r"$r_\theta = \sin\theta\, r_{90} + \cos\theta\, r_0$"
    "\n\n"
    r"Here $r_{90}$ and $r_0$ are the responses to upright and to level edges, and $r_\theta$ that to edges "
    r"at the angle $\theta$ (Freeman & Adelson 1991). The largest over all angles is the magnitude "
    r"$\sqrt{r_{90}^2 + r_0^2}$, at the direction $\operatorname{atan2}(r_{90}, r_0)$.",
)
