"""Before 2012: HOG and SIFT of the picture, what each number means, and matching by them."""

import streamlit as st

from explorer.classical.descriptors import DescriptorError
from pages.parts.classical.hog_view import hog_view
from pages.parts.classical.matches_view import matches_view
from pages.parts.classical.sift_view import sift_view
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.widgets.views import choose_view

VIEWS = {"HOG": hog_view, "SIFT": sift_view, "Matches": matches_view}
CLOSINGS = {
    "HOG": {
        "look_for": "The outline of the thing in the bright lines, and the cells where no direction wins.",
        "try_": "Another picture; smaller cells; fewer directions.",
        "it_means": "This is a layer of edge filters, a pooling over squares and a division, all by hand (Dalal & "
        "Triggs 2005). A network of 2012 learned the filters instead, and won.",
        "formula": r"$h_b = \sum_{\theta(p) \in b} |\nabla x(p)|$"
        "\n\n"
        "In each cell, the bar $h_b$ of a range $b$ of directions sums how steep the picture $x$ is, "
        r"$|\nabla x(p)|$, over those pixels $p$ whose direction $\theta(p)$ lies in $b$ (Dalal & Triggs "
        "2005).",
    },
    "SIFT": {
        "look_for": "Blobs and corners, each with the size and direction at which it stands out.",
        "try_": "A keypoint on the rim of the thing, then one in its texture: compare their grids.",
        "it_means": "Gradients are summed by direction over 4 × 4 squares, in a frame turned and scaled with the "
        "keypoint "
        "(Lowe 2004): the same numbers come out when the picture is turned or seen from farther away.",
    },
    "Matches": {
        "look_for": "The same corner found at both sizes, and the orange lines: what was confused with what?",
        "try_": "A strong turn and a small scale; then *brick*, where every joint looks like the next.",
        "it_means": "What was built to stay the same under a turn and a change of scale does so, up to a point. "
        "Photographs are joined to panoramas this way.",
    },
}

corner = frame.heading(
    "Before 2012",
    "Until networks learned their own features, people designed them: count which way edges run, square by square. "
    "Cars, faces and pedestrians were found with HOG, pictures were matched with SIFT.",
)
image = picture.current()


@live
def screen() -> None:
    """The view that is chosen, and what it means."""
    view = choose_view(list(VIEWS), key="descriptors_view")
    try:
        VIEWS[view](image, corner)
    except DescriptorError as error:
        st.info(plain(str(error)), icon=":material/info:")
    closing(**CLOSINGS[view])


screen()
