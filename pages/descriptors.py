"""Before 2012: HOG and SIFT of the picture, what each number means, and matching by them."""

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.classical import descriptor_pictures as draw
from explorer.classical import descriptors
from explorer.classical.descriptors import DescriptorError, keypoints, matches
from explorer.pictures.reduced import grey
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import counted, plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile
from pages.parts.widgets.views import choose_view

SIDE, MATCH_SIDE = 192, 144  # pixels of the longer side
VIEWS = ("HOG", "SIFT", "Matches")
MOST_POINTS = 24

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
    view = choose_view(VIEWS, key="descriptors_view")
    try:
        {"HOG": hog, "SIFT": sift, "Matches": matched}[view]()
    except DescriptorError as error:
        st.info(plain(str(error)), icon=":material/info:")
    closing(**CLOSINGS[view])


def hog() -> None:
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        cells = st.columns(2)
        cell = cells[0].select_slider("Cell, in pixels", [8, 12, 16, 24], 16, key="descriptors_cell",
                                      bind="query-params")  # fmt: skip
        count = cells[1].select_slider("Directions", [4, 6, 8, 9, 12], 9, key="descriptors_directions",
                                       bind="query-params")  # fmt: skip
    values = grey(image, SIDE)
    found = descriptors.hog_of(values, cell, count)
    with left:
        row, column = _chosen_cell(found, cell)
    with right:
        crop = values[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        small, words = st.columns([1, 2.2], vertical_alignment="center", wrap=False)
        with small:
            show.picture(render.enlarge(render.grey(crop), 120), "The pixels of the chosen cell")
        words.markdown(_number_words(found, row, column))
        _directions(found, row, column)
    with corner:
        take_array(found.blocks.ravel(), "hog.npy", f"All {found.blocks.size:,} numbers")
        take_code(
            "import explorer\nfrom explorer.classical.descriptors import hog_of\n"
            "from explorer.pictures.reduced import grey\n\n"
            f"found = hog_of(grey({picture.code()}, {SIDE}), {cell}, {count})\n"
            "descriptor = found.blocks.ravel()"
        )


def _chosen_cell(found: descriptors.Hog, cell: int) -> tuple[int, int]:
    """All cells as tiles, and the row and column of the one chosen."""
    rows, columns, count = found.cells.shape
    middle = rows // 2 * columns + columns // 2
    start = before if (before := kept_tile("hog_cell", middle)) < rows * columns else middle
    names = [f"cell at row {n // columns}, column {n % columns}" for n in range(rows * columns)]
    number = choose_tile(draw.cell_tiles(found, cell), names, start, alt=f"HOG: {rows} × {columns} cells",
                         columns=columns, key=f"hog_sheet_{image.digest[:8]}_{cell}_{count}")  # fmt: skip
    keep_tile("hog_cell", number, middle)
    st.caption(f"{rows} × {columns} cells of {cell} × {cell} pixels: bright lines where edges run.")
    row, column = divmod(number, columns)
    return row, column


def _directions(found: descriptors.Hog, row: int, column: int) -> None:
    """A cell's numbers as bars, by the direction of the edge."""
    shares = found.cells[row, column]
    order = np.argsort(found.edge_angles_deg)
    names = [f"{angle:.0f}°" for angle in found.edge_angles_deg[order]]
    show.chart(
        plots.bars(list(100 * shares[order]), names, y="% of its gradient", height=200), key="descriptors_cell_bars"
    )
    st.caption("The direction in which the edge runs, counter-clockwise from horizontal: 90° is upright.")


def _number_words(found: descriptors.Hog, row: int, column: int) -> str:
    count = found.cells.shape[2]
    starts = found.numbers_of(row, column)
    spans = ", ".join(f"{n}–{n + count - 1}" for n in starts)
    flat = " This cell is flat: all are zero." if found.cells[row, column].sum() < 1e-6 else ""
    return (
        f"**Row {row}, column {column}.** Its {count} numbers stand {len(starts)} times among the "
        f"{found.blocks.size:,} of the descriptor ({spans}), each time divided by the strength of another "
        f"block of 2 × 2 cells, so that light and shade don't matter.{flat}"
    )


def sift() -> None:
    values = grey(image, SIDE)
    points = keypoints(image, SIDE)
    count = counted(len(points.sigmas), "keypoint")
    left, middle, right = st.columns([2, 1.1, 1.5], gap="medium")
    with middle:
        number = _chosen_keypoint(values, points)
    with left:
        show.picture(draw.keypoints_drawn(values, points, number), f"{count} on the picture")
        st.caption(f"{count} in all: a circle as large as what is described, its main direction.")
    with right:
        upright = descriptors.patch(values, points, number)
        show.picture(draw.grid(upright, points.grids[number]), "The keypoint's 4 × 4 × 8 grid")
        row, column = points.positions[number]
        st.markdown(
            f"**4 × 4 squares × 8 directions = 128 numbers**, each 0 to 255: how much the picture "
            f"brightens that way. Keypoint {number}: row {row:.0f}, column {column:.0f}, σ {points.sigmas[number]:.1f}."
        )
    with corner:
        take_array(points.descriptors, "sift.npy", "All descriptors, (n, 128)")
        take_code(
            "import explorer\nfrom explorer.classical.descriptors import sift_of\n"
            "from explorer.pictures.reduced import grey\n\n"
            f"points = sift_of(grey({picture.code()}, {SIDE}))\nprint(points.descriptors.shape)"
        )


def _chosen_keypoint(values: np.ndarray, points: descriptors.Keypoints) -> int:
    """The coarsest keypoints as tiles, and the number of the one chosen."""
    shown = min(MOST_POINTS, len(points.sigmas))
    tiles = np.stack([render.grey(descriptors.patch(values, points, n, 32)) for n in range(shown)])
    names = [f"keypoint {n}, σ {points.sigmas[n]:.1f} pixels" for n in range(shown)]
    number = choose_tile(tiles, names, min(kept_tile("sift_point"), shown - 1), alt="The coarsest keypoints, upright",
                         columns=4, key=f"sift_sheet_{image.digest[:8]}")  # fmt: skip
    keep_tile("sift_point", number)
    st.caption(f"The {counted(shown, 'coarsest keypoint')}, each turned upright; σ is a standard deviation. Click one.")
    return number


def matched() -> None:
    cells = st.columns([1.5, 1.5, 2], gap="large", vertical_alignment="bottom")
    angle = cells[0].slider("Turn by, in degrees", 0, 180, 30, 5, key="descriptors_turn", bind="query-params")
    scale = cells[1].select_slider("Scale by", [0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5], 0.8, key="descriptors_scale",
                                   bind="query-params")  # fmt: skip
    found = matches(image, MATCH_SIDE, angle, scale)
    correct, count = int(found.correct.sum()), len(found.pairs)
    share = f"{100 * correct / count:.0f} %" if count else "none"
    cells[2].metric("Correct matches", f"{share} of {count}" if count else "none matched")
    drawn = draw.matches_drawn(grey(image, MATCH_SIDE), found)
    middle, _ = st.columns([3, 1])
    with middle:
        show.picture(drawn, "Lines between matched keypoints, blue right, orange wrong")
    st.markdown(
        f"{counted(len(found.first.sigmas), 'keypoint')} here, {len(found.second.sigmas)} there, **{count}** "
        f"matched: each "
        f"other's nearest by the 128 numbers, and the second nearest at least {1 / descriptors.RATIO:.2f} times as far "
        f"(Lowe's ratio). We turned the picture ourselves, so we know where each belongs: **{correct}** are within "
        f"{descriptors.NEAR:g} pixels of it (blue lines; orange ones are wrong)."
    )
    with corner:
        take_picture(drawn, f"{file_name(picture.current().name, 'matches')}.png", "The matches")
        take_code(
            "import explorer\nfrom explorer.classical.descriptors import match, sift_of\n"
            "from explorer.pictures.reduced import grey\n\n"
            f"values = grey({picture.code()}, {MATCH_SIDE})\n"
            f"found = match(values, sift_of(values), {angle}, {scale:g})\nprint(found.correct.mean())"
        )


screen()
