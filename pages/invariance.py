"""Invariance: change the picture by more and more and see at which layer the change disappears."""

from collections.abc import Iterator
from itertools import chain

import numpy as np
import streamlit as st

import explorer
from explorer import plots, render
from explorer.responses import ranking
from explorer.responses.invariance import AMOUNTS, Change, contrast, fades, moved, sweep
from pages.parts.pickers import network, picture, second_picture
from pages.parts.shell import frame
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.takeaway import take_code, take_picture

SLOT = "sweep"
GONE = 0.25  # of what another picture changes
KINDS = {"Slide": "slide", "Rotate": "rotate", "Scale": "scale"}
UNITS = {"slide": "{:g} pixels", "rotate": "{:g}°", "scale": "{:g} ×"}
USUAL = {"slide": 8.0, "rotate": 15.0, "scale": 1.25}
ANOTHER = "Another picture"
MEASURES = {"at the same place": "in_place", "moved along": "along", "each map's mean": "pooled"}

corner = frame.heading(
    "Invariance",
    "A daisy is a daisy wherever it stands. Change the picture, and see at which layer the network no longer notices.",
)
net, image = network.current(), picture.current()


def settings() -> tuple[str, explorer.Image]:
    cells = st.columns([3, 1.6], vertical_alignment="bottom")
    kind = cells[0].segmented_control(
        "Change it: ", [*KINDS, ANOTHER], default="Slide", required=True, key="change_kind", bind="query-params"
    )
    with cells[1]:
        return str(kind), second_picture.pick(image, key="change_other")


def pair(after: explorer.Image, title: str) -> None:
    """Both pictures with what the network says."""
    left, right = st.columns(2)
    for cell, name, one in ((left, "Your picture", net.prepare(image)), (right, title, net.prepare(after))):
        with cell:
            st.markdown(f"**{name}**")
            show.picture(one.uint8, name)
            show.predictions(net.predict(one, top=3))


def reading(measure: str, change: Change, most: Change) -> str:
    """In words: where the change disappears, by the same measure of another picture."""
    first = fades(getattr(change, measure), getattr(most, measure), GONE)
    if first is None:
        return f"It never falls under {percent(GONE)} of what another picture changes: the answer itself notices."
    if first == 0:
        return f"From the first layer on it is under {percent(GONE)} of what another picture changes."
    return (
        f"From **{plain(change.layers[first])}** on (layer {first + 1} of {len(change.layers)}) it stays under "
        f"{percent(GONE)} of what another picture changes."
    )


def start(kind: str) -> Iterator[Change]:
    """The sweep of this network, then that of the one with the other weights, which only the page can look up."""
    both = networks()
    return chain.from_iterable(sweep(one, image, KINDS[kind], AMOUNTS[KINDS[kind]]) for one in both)  # type: ignore[arg-type, index]


def networks() -> list[explorer.Network]:
    other = network.counterpart(net)
    return [net] if other is None else [net, other]


def draw(running: job.Job[Change, Change]) -> None:
    """The curves over depth and over amount, as far as they are known."""
    kind = KINDS[str(st.session_state["change_kind"])]
    amounts = AMOUNTS[kind]  # type: ignore[index]
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        amount = st.select_slider(
            "By how much", amounts, USUAL[kind], key=f"change_{kind}", format_func=UNITS[kind].format,
            bind="query-params",
        )  # fmt: skip
        pair(moved(net, image, kind, amount), UNITS[kind].format(amount))  # type: ignore[arg-type]
    mine = {change.amount: change for change in running.kept[: len(amounts)]}
    others = {change.amount: change for change in running.kept[len(amounts) :]}
    with right:
        title = st.segmented_control(
            "Compare values", list(MEASURES), default="at the same place", required=True, key="change_measure",
            bind="query-params",
        )  # fmt: skip
        measure = MEASURES[str(title)]
        if amount in mine:
            over_depth(mine[amount], others.get(amount), measure)
    if len(mine) == len(amounts):
        over_amount(mine, measure, kind)


def progress(running: job.Job[Change, Change]) -> tuple[float, str]:
    total = len(AMOUNTS[KINDS[str(st.session_state["change_kind"])]]) * len(networks())  # type: ignore[index]
    return len(running.kept) / total, f"Pass {len(running.kept)} of {total}"


def over_depth(change: Change, other: Change | None, measure: str) -> None:
    most = contrast(net, image, second)
    name = "this change"
    series = {name: getattr(change, measure), f"control: {second.name}": getattr(most, measure)}
    if other is not None:
        series["control: " + ("random" if net.trained else "trained") + " weights"] = getattr(other, measure)
    depth_chart(series, change.layers, key="change_depth")
    st.markdown(reading(measure, change, most))


def depth_chart(series: dict[str, np.ndarray], layers: tuple[str, ...], *, key: str) -> None:
    figure = plots.lines(series, x="layer, first to last", y="how far apart", at=list(layers), height=270)
    figure.update_xaxes(showticklabels=False, type="category")
    figure.update_yaxes(rangemode="tozero")
    show.chart(figure, key=key)


def over_amount(mine: dict[float, Change], measure: str, kind: str) -> None:
    """The same by amount, for a few depths."""
    st.markdown("**By how much it is changed**, at four depths")
    layers = next(iter(mine.values())).layers
    places = np.unique(np.linspace(0, len(layers) - 1, 4).round().astype(int))
    series = {layers[i]: [getattr(change, measure)[i] for change in mine.values()] for i in places}
    figure = plots.lines(series, x=UNITS[kind].format(0).replace("0", "amount in").strip(), y="how far apart",
                         at=list(mine), height=240)  # fmt: skip
    show.chart(figure, key="change_amount")


def two_pictures() -> None:
    """The picture in use and another one, layer by layer, with the maps that differ most."""
    with st.spinner("One pass each through all layers …"):
        change = contrast(net, image, second)
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        pair(second, second.name)
    with right:
        series = {"at the same place": change.in_place, "each map's mean": change.pooled}
        if len(networks()) > 1:
            other = contrast(networks()[1], image, second)
            name = "random" if net.trained else "trained"
            series[f"control: {name} weights, same place"] = other.in_place
        depth_chart(series, change.layers, key="change_pictures")
        st.caption("0: the layer can't tell them apart. 1: their values have nothing in common.")
    most_apart()


@live
def most_apart() -> None:
    """For one layer, the maps by which the two pictures differ most, and least."""
    names = [layer.name for layer in net.layers if layer.has_maps]
    if not names:
        return
    name = st.selectbox("Layer", names, len(names) // 2, key="change_layer", bind="query-params", width=320)
    first, others = (explorer.feature_maps(net, one, name) for one in (image, second))
    apart = ranking.differences(first, others)
    order = np.argsort(-apart, kind="stable")
    strong = order[np.maximum(np.abs(first[order]).max((1, 2)), np.abs(others[order]).max((1, 2))) > 0]
    for title, numbers in (("**These maps differ most**", strong[:6]), ("**These differ least**", strong[::-1][:6])):
        st.markdown(f"{title}: above your picture's, below those of {plain(second.name)}, each pair on one scale")
        for cell, number in zip(st.columns(6), numbers.tolist(), strict=False):
            with cell:
                both = np.concatenate([first[number], others[number]])
                drawn = render.map_tiles(both[None])[0]
                height = drawn.shape[0] // 2
                gap = np.full((max(1, height // 14), drawn.shape[1], 3), 255, np.uint8)
                joined = np.concatenate([drawn[:height], gap, drawn[height:]])
                show.picture(render.enlarge(joined, 240), f"Map {number} for both pictures")
                st.caption(f"map {number}, {100 * apart[number]:.0f} % apart")


kind, second = settings()
if kind == ANOTHER:
    two_pictures()
else:
    key = ("sweep", net, image, kind)
    running = job.run(SLOT, key, lambda: start(kind), lambda change: change)
    job.watch(SLOT, draw, progress=progress)
network.say_tokens(net)
network.note(net)
with corner:
    if kind != ANOTHER:
        short = KINDS[kind]
        amount = float(st.session_state.get(f"change_{short}", USUAL[short]))
        take_picture(moved(net, image, short, amount).uint8, "changed.png", "The changed picture")  # type: ignore[arg-type]
        take_code(
            network.code(net) + "from explorer.responses.invariance import sweep\n\n"
            f"for change in sweep(network, explorer.open_image('picture.jpg'), {short!r}, [{amount:g}]):\n"
            "    print(dict(zip(change.layers, change.in_place)))"
        )
    else:
        take_code(
            network.code(net) + "from explorer.responses.invariance import contrast\n\n"
            "change = contrast(network, explorer.open_image('one.jpg'), explorer.open_image('two.jpg'))"
        )
st.markdown(
    "**Look for** the layer where the curve comes down: until there the change is still in the values, after it only "
    "its trace. **Try** *moved along*: a convolution's maps move with the picture, so little is left even in the first "
    "layers, until strides skip pixels. Then *Rotate*: nobody built that in. "
    "**It means** $d(a, b) = \\|a - b\\| / \\sqrt{\\|a\\|^2 + \\|b\\|^2}$ between the layer's values for both "
    "pictures: 0 for equal, 1 for unrelated. Pooling and strides make a network forget where things are; what another "
    "picture changes, and what random weights do, stand beside it."
)
