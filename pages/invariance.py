"""Invariance: change the picture by more and more and see at which layer the change disappears."""

from collections.abc import Iterator
from itertools import chain

import numpy as np
import streamlit as st

import explorer
from explorer import plots
from explorer.responses.invariance import (
    AMOUNTS,
    Change,
    change_between,
    first_layer_below,
    relative_change,
    sweep,
    transformed,
)
from pages.parts.network import by_hand, conclusions, two_pictures
from pages.parts.pickers import network, picture, second_picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import file_name, take_code, take_picture

SLOT = "sweep"
GONE = 0.25  # of what another picture changes
KINDS = {"Slide": "slide", "Rotate": "rotate", "Scale": "scale"}
UNITS = {"slide": "{:g} pixels", "rotate": "{:g}°", "scale": "{:g} ×"}
AXES = {"slide": "pixels to the right", "rotate": "degrees counter-clockwise", "scale": "times as large"}
SHARE = "of another picture's change"
USUAL = {"slide": 8.0, "rotate": 15.0, "scale": 1.25}
ANOTHER = "Another picture"
MEASURES = {"at the same place": "in_place", "moved along": "along", "each map's mean": "pooled"}

corner = frame.heading(
    "Invariance",
    "A daisy is a daisy wherever it stands. Change the picture, and see at which layer the network no longer notices.",
)
net, image = network.current(), picture.current()


def settings() -> tuple[str, explorer.Image]:
    """The kind of change, a name in KINDS or ANOTHER, and the other picture that changes are measured by."""
    cells = st.columns([3, 1.6], vertical_alignment="bottom")
    kind = cells[0].segmented_control(
        "Change", [*KINDS, ANOTHER], default="Slide", required=True, key="change_kind", bind="query-params"
    )
    with cells[1]:
        return str(kind), second_picture.pick(image, key="change_other")


def in_words(shares: np.ndarray, layers: tuple[str, ...]) -> str:
    """A sentence on the layer from which shares (one a layer) stay under GONE."""
    first = first_layer_below(shares, GONE)
    if first is None:
        return f"It never stays under {percent(GONE)} of what another picture changes: even the output differs."
    if first == 0:
        return f"From the first layer on it is under {percent(GONE)} of what another picture changes."
    return (
        f"From **{plain(layers[first])}** on (layer {first + 1} of {len(layers)}) it stays under "
        f"{percent(GONE)} of what another picture changes."
    )


def start(kind: str) -> Iterator[Change]:
    """The sweep of this network, then that of the one with the other weights, which only the page can look up."""
    both = networks()
    return chain.from_iterable(sweep(one, image, KINDS[kind], AMOUNTS[KINDS[kind]]) for one in both)  # type: ignore[arg-type, index]


def networks() -> list[explorer.Network]:
    """The network in use, and the same with the other weights where it is at hand."""
    other = network.counterpart(net)
    return [net] if other is None else [net, other]


def draw(running: job.Job[Change, Change]) -> None:
    """The curves over depth and over amount, as far as they are known."""
    kind = KINDS[str(st.session_state["change_kind"])]
    amounts = AMOUNTS[kind]  # type: ignore[index]
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        amount = st.select_slider(
            "Amount", amounts, USUAL[kind], key=f"change_{kind}", format_func=UNITS[kind].format,
            bind="query-params",
        )  # fmt: skip
        after = transformed(net, image, kind, amount)  # type: ignore[arg-type]
        two_pictures.draw_pair(net, image, after, UNITS[kind].format(amount))
    mine = {change.amount: change for change in running.kept[: len(amounts)]}
    others = {change.amount: change for change in running.kept[len(amounts) :]}
    with right:
        with more("change_measure"):
            title = st.segmented_control(
                "Compare values", list(MEASURES), default="at the same place", required=True, key="change_measure",
                bind="query-params",
            )  # fmt: skip
        measure = MEASURES[str(title)]
        if amount in mine:
            over_depth(mine[amount], others.get(amount), measure)
    if len(mine) == len(amounts):
        over_amount(mine, measure, kind)
    take_changed(kind, amount)


def progress(running: job.Job[Change, Change]) -> tuple[float, str]:
    """The share of all passes that is done, in [0, 1], and the words for it."""
    total = len(AMOUNTS[KINDS[str(st.session_state["change_kind"])]]) * len(networks())  # type: ignore[index]
    return len(running.kept) / total, f"Pass {len(running.kept)} of {total}"


def over_depth(change: Change, other: Change | None, measure: str) -> None:
    """The curve of one change from layer to layer, with the control `other`, and what follows from both."""
    shares = share_of(net, change, measure)
    series = {"your network" if net.trained else "random weights": shares}
    if other is not None:
        name = "control: " + ("random" if net.trained else "trained") + " weights"
        series[name] = share_of(networks()[1], other, measure)
    series[f"another picture: {second.name}"] = np.ones(len(shares))
    two_pictures.draw_depth_chart(series, change.layers, y=f"share {SHARE}", key="change_depth")
    st.markdown(in_words(shares, change.layers))
    if other is not None:
        kind = "random" if net.trained else "trained"
        theirs = list(series.values())[1]
        st.caption(
            f"From the first layer to the last: {shares[0]:.2f} to {shares[-1]:.2f}; with {kind} weights "
            f"{theirs[0]:.2f} to {theirs[-1]:.2f}. Each network is measured by what {plain(second.name)} in place of "
            "your picture changes in it: to random weights all pictures look much alike. "
            + conclusions.of_a_change(float(shares[-1]), float(theirs[-1]), trained=net.trained)
        )


def share_of(one: explorer.Network, change: Change, measure: str) -> np.ndarray:
    """A change as a share of what the other picture changes in the same network."""
    return relative_change(getattr(change, measure), getattr(change_between(one, image, second), measure))


def over_amount(mine: dict[float, Change], measure: str, kind: str) -> None:
    """The same by amount, for a few depths."""
    st.markdown("**By how much it is changed**, at four depths")
    layers = next(iter(mine.values())).layers
    places = np.unique(np.linspace(0, len(layers) - 1, 4).round().astype(int))
    shares = [share_of(net, change, measure) for change in mine.values()]
    series = {layers[i]: [share[i] for share in shares] for i in places}
    figure = plots.lines(series, x=AXES[kind], y=f"share {SHARE}", at=list(mine), height=240)
    show.chart(figure, key="change_amount")


def take_changed(kind: str, amount: float) -> None:
    """The changed picture and its numbers; from the block that holds the amount, so that they follow it."""
    with corner:
        changed = transformed(net, image, kind, amount).uint8  # type: ignore[arg-type]
        take_picture(changed, f"{file_name(image.name, kind)}-{amount:g}.png", "The changed picture")
        take_code(
            network.code(net) + "from explorer.responses.invariance import change_between, relative_change, sweep\n\n"
            f"image, other = {picture.code()}, explorer.sample({second.name!r})\n"
            f"(change,) = sweep(network, image, {kind!r}, [{amount:g}])\n"
            "shares = relative_change(change.in_place, change_between(network, image, other).in_place)\n"
            "print(dict(zip(change.layers, shares)))"
        )


kind, second = settings()
if second == image:
    st.info("Choose another picture than your own to compare with: what that changes is the measure here.")
    frame.end_page()
if kind == ANOTHER:
    two_pictures.compare(net, image, second, corner)
else:
    key = ("sweep", net, image, kind)
    running = job.run(SLOT, key, lambda: start(kind), lambda change: change)
    job.watch(SLOT, draw, progress=progress)
by_hand.draw(net, image, second)
network.explain_tokens(net)
network.note(net)
closing(
    look_for="The layer where the curve comes down: until there the change is in the values, after it only a trace.",
    try_="*Moved along*: a convolution's maps move with the picture, so little is left even in the first layers, until "
    "strides skip pixels. Then *Rotate*: nobody built that in. *By hand*: how far can you go before the "
    "label changes?",
    it_means="The curve is 1 where a layer takes the change to be as large as another picture, and 0 where it "
    "notices nothing. Pooling and strides make a network forget where things are; how much of it was "
    "learned, the other weights show.",
    formula=r"$d(a, b) = \|a - b\| / \sqrt{\|a\|^2 + \|b\|^2}$"
    "\n\n"
    "Here $a$ and $b$ are a layer's values for both pictures; the curve is this distance, divided by the "
    "same for another picture in the same network.",
)
