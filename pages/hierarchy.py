"""Hierarchy: stages built on stages, the lecture's experiment, and a classifier on what they measure."""

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.classical import texture_classes as classes
from explorer.filtering import pipeline
from explorer.filtering.pipeline import EDGES, KINDS, LONG_LINES, Stage
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.reduced import grey
from explorer.pictures.samples import sample, sample_names
from pages.parts import frame, picture, show
from pages.parts.takeaway import take_array, take_code
from pages.parts.words import plain

SIDE = 256  # pixels of the longer side
NONE = "nothing"
VIEWS = ("A pipeline", "Built or grown?", "Two classes")
STARTS = ("edge", "absolute", "line", "ReLU", "max pool")
BUILT = ("brick", "china", "page", "text", "camera", "rocket", "motorcycle", "clock")
GROWN = ("grass", "gravel", "flower", "cat", "moon", "hubble", "cell", "retina", "immunohistochemistry")
MOST_FILES = 100
_FILES = ("hierarchy_first_files", "hierarchy_second_files")

corner = frame.heading(
    "Hierarchy",
    "A filter on a filter's output asks a larger question: not “is there an edge?” but “do edges "
    "stand in a long line?”",
)
image = picture.current()


@st.fragment
def screen() -> None:
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="hierarchy_view", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    {VIEWS[0]: stages, VIEWS[1]: built_or_grown, VIEWS[2]: two_classes}[view or VIEWS[0]]()


def stages() -> None:
    first, *cells = st.columns(pipeline.MOST_STAGES + 1, gap="small")
    places = [cell.container() for cell in cells]  # the pictures stand above what sets them
    chosen = [(n, stage) for n, cell in enumerate(cells) if (stage := _stage(n, cell)) is not None]
    values = grey(image, SIDE)
    results = pipeline.run(values, [stage for _, stage in chosen])
    with first:
        show.picture(render.to_uint8(np.stack([values] * 3, -1)), "The picture's brightness")
        st.markdown(f"mean **{values.mean():.4f}**  \n{values.shape[0]} × {values.shape[1]}")
        st.markdown("**Your picture**")
    for (number, stage), result in zip(chosen, results, strict=True):
        with places[number]:
            show.picture(_drawn(result.values, values.shape), f"After stage {number + 1}, {stage.kind}")
            height, width = result.values.shape
            st.markdown(f"mean **{round(result.mean, 4) + 0:.4f}**  \n{height} × {width}")
    st.caption(
        "Each stage works on what the one at its left made. Blue is below zero, amber above; without negative values "
        "dark blue is zero and yellow the largest."
    )
    if results:
        with corner:
            take_array(results[-1].values, "pipeline.npy", "The last stage as numbers")
            lines = ",\n    ".join(repr(stage) for _, stage in chosen)
            take_code(
                "import explorer\nfrom explorer.filtering.pipeline import Stage, run\n"
                "from explorer.pictures.reduced import grey\n\n"
                f"stages = [\n    {lines},\n]\n"
                f"results = run(grey(explorer.open_image('picture.jpg'), {SIDE}), stages)\nprint(results[-1].mean)"
            )


def _stage(number: int, cell: st.delta_generator.DeltaGenerator) -> Stage | None:
    """The widgets of one stage; None when it does nothing."""
    names = [NONE, *KINDS]
    with cell:
        start = names.index(STARTS[number])
        kind = st.selectbox(f"Stage {number + 1}", names, start, key=f"hierarchy_stage{number + 1}",
                            bind="query-params")  # fmt: skip
        if kind == NONE:
            return None
        amount, angle = 0.0, 90
        if (limits := KINDS[kind].amount) is not None:
            name, low, high, first = limits
            step = 1.0 if high > 8 else 0.01 if high == 1 else 0.5
            key = f"hierarchy_{kind}{number + 1}".replace(" ", "_")
            amount = st.number_input(name, low, high, first, step, key=key,
                                     bind="query-params")  # fmt: skip
        if KINDS[kind].turns:
            angle = st.number_input("Angle", 0, 175, 90, 5, key=f"hierarchy_angle{number + 1}", bind="query-params")
    return Stage(kind, float(amount), float(angle))


def _drawn(values: np.ndarray, shape: tuple[int, ...]) -> render.Picture:
    """Around zero when there are negative values; a pooled map is enlarged to about its picture's size."""
    drawn = render.signed(values) if values.size and values.min() < 0 else render.sequential(values, 0.0)
    return render.enlarge(drawn, max(shape))


def built_or_grown() -> None:
    names = sample_names()
    first_cell, second_cell, right = st.columns([1, 1, 1.7], gap="medium")
    means = []
    for cell, label, start, key in ((first_cell, "Built", "brick", "hierarchy_built"),
                                    (second_cell, "Grown", "grass", "hierarchy_grown")):  # fmt: skip
        with cell:
            name = st.selectbox(label, names, names.index(start), key=key, bind="query-params")
            results = pipeline.run(grey(sample(name), SIDE), LONG_LINES)
            edges, lines = results[1], results[3]
            show.picture(render.enlarge(render.to_uint8(sample(name).pixels), 256), f"The sample {name}")
            show.picture(_drawn(lines.values, (SIDE,)), f"Long vertical lines of edges in {name}")
            st.markdown(f"mean |vertical edges| **{edges.mean:.4f}**  \nmean long lines **{lines.mean:.4f}**")
            means.append((name, edges.mean, lines.mean))
    with right:
        st.markdown(_says(*means))
        points = measures()
        groups = {
            title: ([points[n][0] for n in group], [points[n][1] for n in group], group)
            for title, group in (("built", [n for n in BUILT if n in points]),
                                 ("grown", [n for n in GROWN if n in points]))
        }  # fmt: skip
        figure = plots.scatter(
            groups, x="mean |vertical edges|", y="mean long vertical lines", named=[m[0] for m in means], height=360
        )
        show.chart(figure, key="hierarchy_measures")
        st.caption(
            "All samples by both measures; neither tells all that was built from all that grew. "
            "Edges: a Gaussian's slope at 90°, then absolute. Lines: a line of 8 pixels at 90° "
            "over those edges, then ReLU."
        )
    with corner:
        take_code(
            "from explorer.filtering.pipeline import LONG_LINES, run\nfrom explorer.pictures.reduced import grey\n"
            "from explorer.pictures.samples import sample\n\n"
            f"for name in ({means[0][0]!r}, {means[1][0]!r}):\n"
            f"    results = run(grey(sample(name), {SIDE}), LONG_LINES)\n"
            "    print(name, results[1].mean, results[3].mean)"
        )


@st.cache_data(show_spinner=False)
def measures() -> dict[str, tuple[float, float]]:
    """Both measures of every sample."""
    found = {name: pipeline.run(grey(sample(name), SIDE), LONG_LINES) for name in sample_names()}
    return {name: (results[len(EDGES) - 1].mean, results[-1].mean) for name, results in found.items()}


def _says(built: tuple[str, float, float], grown: tuple[str, float, float]) -> str:
    if built[0] == grown[0]:
        return "Choose two different pictures."
    edges, lines = built[1] > grown[1], built[2] > grown[2]
    first = "puts the built one first" if edges else "**misleads**: the grown one has more"
    second = "puts the built one first" if lines else "puts the grown one first, too"
    return (
        f"Which one was built? **Vertical edges** alone: {built[1]:.4f} for {built[0]} against {grown[1]:.4f} for "
        f"{grown[0]}: it {first}. **Long vertical lines of edges**: {built[2]:.4f} against {grown[2]:.4f}: it {second}."
        + ("\n\nThe second question is asked of the answers to the first: that is a hierarchy."
           if lines and not edges else "")
    )  # fmt: skip


def two_classes() -> None:
    names = sample_names()
    cells = st.columns([1, 1, 2], gap="medium", vertical_alignment="bottom")
    chosen = [
        cell.selectbox(label, names, names.index(start), key=key, bind="query-params")
        for cell, label, start, key in ((cells[0], "First class: squares of", "brick", "hierarchy_first"),
                                        (cells[1], "Second class: squares of", "grass", "hierarchy_second"))
    ]  # fmt: skip
    with cells[2].popover("Use two folders of yours", icon=":material/folder_open:"):
        own = [_files(label, key) for label, key in zip(("First class", "Second class"), _FILES, strict=True)]
    try:
        if any(own):
            sets = [classes.shuffled(pictures) for pictures in own]
            titles = ["your first folder", "your second folder"]
        else:
            sets, titles = [classes.crops(sample(name)) for name in chosen], list(chosen)
        found = classes.compare(*sets)
    except ImageError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    result(found, sets, titles)


def _files(label: str, key: str) -> list[Image]:
    """The pictures of one class; what is none is named and left out."""
    files = st.file_uploader(f"{label}: at least {classes.LEAST} pictures", key=key, accept_multiple_files=True)
    pictures, refused = [], []
    for file in files[:MOST_FILES]:
        try:
            pictures.append(_opened(file.getvalue(), file.name))
        except ImageError as error:
            refused.append(str(error))
    if refused:
        st.warning(plain(f"{len(refused)} left out. {refused[0]}"))
    if len(files) > MOST_FILES:
        st.warning(f"Only the first {MOST_FILES} are used.")
    return pictures


@st.cache_data(show_spinner=False, max_entries=400)
def _opened(data: bytes, name: str) -> Image:
    return open_image(data, max_side=classes.SIDE, name=name)


def result(found: classes.Comparison, sets: list[classes.Pictures], titles: list[str]) -> None:
    left, middle, right = st.columns([1.2, 2, 1.2], gap="large")
    with left:
        for pictures, title in zip(sets, titles, strict=True):
            tiles = np.stack([render.to_uint8(_square(one)) for one in pictures[:8]])
            show.picture(render.mosaic(tiles, columns=4, gap=4), f"Some of {title}")
            st.caption(f"{len(pictures)} of {plain(title)}")
    with middle:
        st.metric("Right with 8 features of edges and lines", _share(found.by_features))
        figure = plots.bars(list(found.by_features.weights), list(classes.FEATURES), y="weight", height=250)
        show.chart(figure, key="hierarchy_weights")
        st.caption(
            f"Above zero speaks for {plain(titles[1])}, below for {plain(titles[0])}; each feature is a mean, divided "
            "by its spread."
        )
    with right:
        st.metric(f"Right with {classes.RAW_SIDE**2} raw pixels", _share(found.by_pixels))
        weights = found.by_pixels.weights.reshape(classes.RAW_SIDE, classes.RAW_SIDE)
        show.picture(render.enlarge(render.signed(weights), 192), "The weights of the raw pixels")
        limit = render.largest(weights)
        show.scale_bar("signed", plain(titles[0]), plain(titles[1]), "0")
        st.caption(f"One weight for each pixel, at most {limit:.2f} in size")
    st.markdown(_verdict(found))
    with corner:
        take_array(found.by_features.weights, "weights.npy", "The weights of the features")
        take_code(
            "from explorer.classical import texture_classes as classes\n"
            "from explorer.pictures.samples import sample\n\n"
            "found = classes.compare(classes.crops(sample('brick')), classes.crops(sample('grass')))\n"
            "print(found.by_features.accuracy, found.by_pixels.accuracy)"
        )


def _square(one: Image) -> np.ndarray:
    side = min(one.height, one.width)
    step = np.arange(64) * side // 64
    return one.pixels[np.ix_(step, step)]


def _share(trained: classes.Trained) -> str:
    return f"{100 * trained.accuracy:.0f} % of {trained.tested}"


def _verdict(found: classes.Comparison) -> str:
    spans = [f"{100 * t.interval[0]:.0f} to {100 * t.interval[1]:.0f} %" for t in (found.by_features, found.by_pixels)]
    apart = found.by_features.interval[0] > found.by_pixels.interval[1]
    sure = "The intervals are apart: the features are better." if apart else (
        "The intervals overlap: this many pictures can't tell which is better.")  # fmt: skip
    return (
        f"Learned from {found.learned_from} pictures, tested on {found.by_features.tested} others"
        f" (of samples: left half and right half). With 95 % confidence the true share right lies within "
        f"**{spans[0]}** with features and **{spans[1]}** with raw pixels (Wilson's interval). {sure}"
    )


screen()
st.markdown(
    "**Look for** what each stage throws away. **Try** turning both angles of the pipeline to 0; another pair of "
    "pictures; *grass* against *gravel*, which is harder. **It means** that each stage computes "
    r"$v_{i+1} = s(w_i \circledast v_i)$, and since $\text{mean}(V) = v^\top \beta$ with $\beta = 1/n$, a linear "
    "classifier can use what the last stage says. A network builds the same, and learns the filters as well."
)
