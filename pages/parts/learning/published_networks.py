"""Every network of the census as a point: when it was published, how deep it is, what it costs, how well it does."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from explorer import plots
from explorer.csv_table import to_csv
from explorer.networks.registry.specs import Spec, all_specs, search
from pages.parts.pickers import network
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import counted, number, plain
from pages.parts.widgets import linked, show
from pages.parts.widgets.takeaway import take_chart, take_code, take_file

AXES = {
    "year": ("year", False), "depth": ("layers with weights", False), "parameters": ("million parameters", True),
    "multiply_adds": ("billion multiply-adds", True), "accuracy": ("ImageNet top-1, %", False),
}  # fmt: skip
#: Of one name each, those that the lecture's story is told with
LANDMARKS = {
    "torchvision/alexnet": "AlexNet", "torchvision/vgg16": "VGG-16", "torchvision/googlenet": "GoogLeNet",
    "torchvision/resnet152": "ResNet-152", "torchvision/densenet201": "DenseNet-201",
    "torchvision/convnext_large": "ConvNeXt-L", "torchvision/vit_b_16": "ViT-B",
}  # fmt: skip
_BENEATH = "torchvision/vgg16"  # has its name: above it stands GoogLeNet
_LISTED = 10


@live
def points(corner) -> None:
    """The chart with its filters, and the networks found, each with a link to its plan; files go to `corner`."""
    across, up, found = _choices()
    left, right = st.columns([5, 2], gap="large")
    with left:
        figure = _chart(found, across, up)
        clicked = show.linked_chart(figure, key="depth_history") if found else None
        st.caption(_counted(found))
    with right:
        _list(found)
    with corner:
        if found:
            take_chart(figure, "networks.png")
        take_file(lambda: _table(found), "networks.csv", "The table", "text/csv")
        take_code(
            "from explorer.networks.registry.catalogue import build\n"
            "from explorer.networks.tracing.depth import cost_of\n\n"
            'module, given = build("alexnet")\ncost = cost_of(module, given.input_size)\n'
            "print(cost.depth, cost.multiply_adds)"
        )
    if clicked is not None and clicked in found:  # what came from a browser may be forged
        linked.open_screen(file_of("plan"), plan_of(clicked))


def _choices() -> tuple[str, str, dict[str, Spec]]:
    """The controls; returns both axes and the networks found."""
    one, two, three, four = st.columns([2, 2, 3, 3], vertical_alignment="bottom")
    across = str(
        one.selectbox("Horizontal axis", list(AXES), 0, key="depth_across", bind="query-params", format_func=_title)
    )
    up = str(two.selectbox("Vertical axis", list(AXES), 1, key="depth_up", bind="query-params", format_func=_title))
    words = three.text_input("Search", key="depth_search", bind="query-params", max_chars=80,
                             placeholder="resnet, vit, 2022, timm …")  # fmt: skip
    first, last = _years()
    years = four.slider("Years", first, last, (first, last), key="depth_years", bind="query-params")
    return across, up, chosen(words, years, (across, up))


def plan_of(name: str) -> dict[str, str]:
    """The link to a network's Plan, without the screen."""
    return {"network": network.title(name)}


def chosen(words: str, years: tuple[int, int], axes: tuple[str, ...]) -> dict[str, Spec]:
    """The networks that hold all words, of these years, of which what the axes show is known."""
    specs = all_specs()
    return {
        name: specs[name]
        for name in search(words)
        if all(getattr(specs[name], axis) is not None for axis in axes)
        and (specs[name].year is None or years[0] <= (specs[name].year or 0) <= years[1])
    }


def _years() -> tuple[int, int]:
    """The first and the last in which one was published."""
    years = [spec.year for spec in all_specs().values() if spec.year is not None]
    return min(years), max(years)


def _title(axis: str) -> str:
    return AXES[axis][0]


def _chart(found: dict[str, Spec], across: str, up: str) -> go.Figure:
    """A point for each network, which has the network's name as its `customdata`."""
    groups: dict[str, list[str]] = {}
    for name in found:
        groups.setdefault(name.partition("/")[0] if "/" in name else "with the app", []).append(name)
    points = {
        group: ([getattr(found[name], across) for name in names], [getattr(found[name], up) for name in names],
                [LANDMARKS.get(name, found[name].title) for name in names])
        for group, names in groups.items()
    }  # fmt: skip
    named = sorted(LANDMARKS[name] for name in found if name in LANDMARKS)
    figure = plots.scatter(points, x=_title(across), y=_title(up), named=named, height=430)
    figure.update_traces(marker={"size": 7, "opacity": 0.75})
    for trace, names in zip(figure.data, groups.values(), strict=True):
        trace.customdata = names
        trace.textposition = ["bottom center" if name == _BENEATH else "top center" for name in names]
    for axis, update in ((across, figure.update_xaxes), (up, figure.update_yaxes)):
        update(type="log" if AXES[axis][1] else "linear")
        if axis == "year":
            update(dtick=2)
    return figure


def _counted(found: dict[str, Spec]) -> str:
    if not found:
        return "No network holds all these words, or nothing is known of it on these axes: take a word away."
    return (
        f"{counted(len(found), 'network')}: point at one for its name, click it for its plan. Accuracy is on "
        "ImageNet's test pictures, where the publisher says it. Depth and multiply-adds are counted, by a pass "
        "through each network."
    )


def _list(found: dict[str, Spec]) -> None:
    """A link to the plan of each landmark, and of whichever other network is chosen: what clicks reach, for keys."""
    landmarks = [name for name in LANDMARKS if name in found]
    shown = [*landmarks, *(name for name in found if name not in landmarks)][:_LISTED]
    st.markdown("**Open the plan of …**")
    for name in shown:
        _to_plan(name, found[name])
    if len(found) > len(shown):
        other = st.selectbox("… or of another", list(found), None, key="depth_open", format_func=_called,
                             placeholder="Type a name")  # fmt: skip
        if other is not None:
            _to_plan(other, found[other])


def _to_plan(name: str, spec: Spec) -> None:
    deep = counted(spec.depth, "layer") if spec.depth is not None else "depth not counted"
    st.page_link(
        file_of("plan"), label=f"{plain(_short(name, spec))} · {spec.year or '?'} · {deep}", query_params=plan_of(name)
    )


def _called(name: str) -> str:
    """As people know it, and as the libraries call it."""
    spec = all_specs()[name]
    return f"{_short(name, spec)} ({name})"


def _short(name: str, spec: Spec) -> str:
    """What it is called without its library's name."""
    return LANDMARKS.get(name, spec.title).rpartition("/")[2]


def _table(found: dict[str, Spec]) -> bytes:
    rows = ((name, *(getattr(spec, axis) for axis in AXES)) for name, spec in found.items())
    return to_csv({"name": "", **dict.fromkeys(AXES, "g")}, rows)


def _landmark(name: str) -> str:
    spec = all_specs()[name]
    return f"**{spec.depth}** layers and **{number(spec.parameters)}** million parameters"


def history(corner) -> None:
    """The tab The history: the census as a chart with filters; files go to `corner`."""
    points(corner)
    closing(
        look_for="How fast depth grew from 2012 to 2016, and that it has not grown since as the rest has.",
        try_="Multiply-adds across, accuracy up: what a percent costs. Search for *resnet*, then click one: its plan.",
        it_means=f"AlexNet has {_landmark('torchvision/alexnet')}, ResNet-152 {_landmark('torchvision/resnet152')}: "
        "depth, not size, was what changed. Depth is counted, not typed in: the most convolutions and learned matrices "
        "that lie on one way from the picture to the answer. Normalizations don't count, nor do products of two things "
        "that both come from the picture, as in attention.",
        tab="history",
    )
