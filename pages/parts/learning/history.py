"""Every network of the census as a point: when it was published, how deep it is, what it costs, how well it does."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from explorer import plots
from explorer.networks.specs import Spec, all_specs, search
from pages.parts.pickers import network
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import counted, number, plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_code, take_file

AXES = {
    "year": ("year", False), "depth": ("layers with weights", False), "parameters": ("million parameters", True),
    "multiply_adds": ("billion multiply-adds", True), "accuracy": ("ImageNet top-1, %", False),
}  # fmt: skip
LIBRARIES = {"all": "", "torchvision": "torchvision", "timm": "timm"}
#: Of one name each, those that the lecture's story is told with
LANDMARKS = {
    "torchvision/alexnet": "AlexNet", "torchvision/vgg16": "VGG-16", "torchvision/googlenet": "GoogLeNet",
    "torchvision/resnet152": "ResNet-152", "torchvision/densenet201": "DenseNet-201",
    "torchvision/convnext_large": "ConvNeXt-L", "torchvision/vit_b_16": "ViT-B",
}  # fmt: skip
_LISTED = 10


@live
def points(corner) -> None:
    """The chart with its filters, and the networks found, each with a link to its plan."""
    one, two, three, four = st.columns([2, 2, 3, 3], vertical_alignment="bottom")
    across = str(one.selectbox("Across", list(AXES), 0, key="depth_across", bind="query-params", format_func=_title))
    up = str(two.selectbox("Up", list(AXES), 1, key="depth_up", bind="query-params", format_func=_title))
    words = three.text_input("Search", key="depth_search", bind="query-params", max_chars=80,
                             placeholder="resnet, vit, 2022, timm …")  # fmt: skip
    years = four.slider("Years", 2012, 2025, (2012, 2025), key="depth_years", bind="query-params")
    left, right = st.columns([5, 2], gap="large")
    found = chosen(words, years, (across, up))
    with left:
        if found:
            show.chart(_chart(found, across, up), key="depth_history")
        st.caption(_counted(found, across, up))
    with right:
        _list(found)
    with corner:
        take_file(lambda: _table(found).encode(), "networks.csv", "The table", "text/csv")
        take_code(
            "from explorer.networks.catalogue import build\nfrom explorer.networks.longest_way import cost_of\n\n"
            'module, given = build("alexnet")\ncost = cost_of(module, given.input_size)\n'
            "print(cost.depth, cost.multiply_adds)"
        )


def chosen(words: str, years: tuple[int, int], axes: tuple[str, ...]) -> dict[str, Spec]:
    """The networks that hold all words, of these years, of which what the axes show is known."""
    specs = all_specs()
    return {
        name: specs[name]
        for name in search(words)
        if all(getattr(specs[name], axis) is not None for axis in axes)
        and (specs[name].year is None or years[0] <= (specs[name].year or 0) <= years[1])
    }


def _title(axis: str) -> str:
    return AXES[axis][0]


def _chart(found: dict[str, Spec], across: str, up: str) -> go.Figure:
    groups: dict[str, tuple[list[float], list[float], list[str]]] = {}
    named = {LANDMARKS.get(name, "") for name in found}
    for name, spec in found.items():
        places = groups.setdefault(name.partition("/")[0] if "/" in name else "with the app", ([], [], []))
        places[0].append(getattr(spec, across))
        places[1].append(getattr(spec, up))
        places[2].append(LANDMARKS.get(name, spec.title))
    figure = plots.scatter(groups, x=_title(across), y=_title(up), named=sorted(named - {""}), height=430)
    figure.update_traces(marker={"size": 7, "opacity": 0.75})
    for axis, update in ((across, figure.update_xaxes), (up, figure.update_yaxes)):
        update(type="log" if AXES[axis][1] else "linear")
        if axis == "year":
            update(dtick=2)
    return figure


def _counted(found: dict[str, Spec], across: str, up: str) -> str:
    known = sum(spec.depth is not None for spec in all_specs().values())
    if not found:
        return "No network holds all these words, or nothing is known of it on these axes: take a word away."
    return (
        f"{counted(len(found), 'network')}, hover for names. Accuracy is on ImageNet's test pictures, where the "
        f"publisher says it. Depth and multiply-adds: counted by a pass through each network, so far {known:,} of "
        f"{len(all_specs()):,}."
    )


def _list(found: dict[str, Spec]) -> None:
    st.markdown(f"**Open the plan of …**{'' if len(found) <= _LISTED else f' the first {_LISTED}; search for others'}")
    landmarks = [name for name in LANDMARKS if name in found]
    for name in [*landmarks, *(name for name in found if name not in landmarks)][:_LISTED]:
        spec = found[name]
        deep = counted(spec.depth, "layer") if spec.depth is not None else "depth not counted"
        st.page_link(
            file_of("plan"), label=f"{plain(_short(name, spec))} · {spec.year or '?'} · {deep}",
            query_params={"network": network.title(name)},
        )  # fmt: skip


def _short(name: str, spec: Spec) -> str:
    """What it is called without its library's name."""
    return LANDMARKS.get(name, spec.title).rpartition("/")[2]


def _table(found: dict[str, Spec]) -> str:
    rows = [",".join(["name", *AXES])]
    for name, spec in found.items():
        values = (getattr(spec, axis) for axis in AXES)
        rows.append(",".join([name, *("" if value is None else f"{value:g}" for value in values)]))
    return "\n".join(rows) + "\n"


def _landmark(name: str) -> str:
    spec = all_specs()[name]
    return f"**{spec.depth}** layers and **{number(spec.parameters)}** million parameters"


def history(corner) -> None:
    """The tab."""
    points(corner)
    closing(
        look_for="How fast depth grew from 2012 to 2016, and that it has not grown since as the rest has.",
        try_="Multiply-adds across, accuracy up: what a percent costs. Search for *resnet*, then open one's plan.",
        it_means=f"AlexNet has {_landmark('torchvision/alexnet')}, ResNet-152 {_landmark('torchvision/resnet152')}: "
        "depth, not size, was what changed. Depth is counted, not typed in: the most convolutions and learned matrices "
        "that lie on one way from the picture to the answer. Normalizations don't count, nor do products of two things "
        "that both come from the picture, as in attention.",
        tab="history",
    )
