"""Plan: the network as one drawing to scale, what each part costs, and why convolutions cost so little."""

from typing import Any

import numpy as np
import streamlit as st

from explorer.architecture.plan import Block, plan
from explorer.architecture.sharing import LECTURE, Sharing
from explorer.networks.layers import module_name
from pages.parts.network.plan import choose_block, field_words, output_words, stride_words
from pages.parts.network.weight_matrix import weight_matrix
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import linked
from pages.parts.widgets.markup import Bar, bars

corner = frame.heading(
    "Plan",
    "The whole network on one sheet: a block is as tall as its maps and as thick as there are many of them. "
    "Beneath each stands what it costs.",
)
net = network.current()


@live
def screen() -> None:
    """The drawing of the network, what its chosen block costs, and what sharing weights saves there."""
    root = plan(net)
    first = next((b.name for b in root.walk() if b.role == "convolution" and not b.children), "")
    kept = linked.value("plan_layer", str, first)
    block = choose_block(net, root, kept, key=f"plan_{net.key}")
    if block.name != kept:
        linked.keep("plan_layer", block.name)
    layers = root.layers
    convolutions = sum(b.role == "convolution" for b in layers)
    st.markdown(
        f"**{len(layers)} layers**, of them {convolutions} convolution{'s' * (convolutions != 1)} and "
        f"{sum(b.role == 'dense' for b in layers)} fully connected: **{words(root.parameters)}** parameters and "
        f"**{words(root.multiply_adds)}** multiply-adds for one picture of {net.input_size} × {net.input_size}. "
        "Click a block to choose it, a group to open or close it; or use the arrow keys and Enter."
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        card(root, block)
    with right:
        sharing(block)


def card(root: Block, block: Block) -> None:
    """A block's output, cost and receptive field, with links to its maps and units."""
    st.header(plain(block.name), anchor=False)
    step = stride_words(block)
    st.markdown(
        f"{plain(block.kind)}: output **{output_words(block)}**.  \n"
        f"**{block.parameters:,}** parameters ({percent(block.parameters / max(1, root.parameters))} of all), "
        f"**{words(block.multiply_adds)}** multiply-adds ({percent(block.multiply_adds / max(1, root.multiply_adds))})."
        f"  \nReceptive field **{field_words(block, net.input_size)}**" + (f", stride {step}." if step else ".")
    )
    with st.container(horizontal=True):
        if block.layer and len(block.places) == 2 and block.places[0] > 1:
            open_in("feature_maps", "Its maps", "maps_layer", block.layer)
            open_in("neurons", "What excites it", "unit_layer", block.layer)


def open_in(page: str, label: str, field: str, layer: str) -> None:
    """A link that opens another screen at this layer, with the same picture and network."""
    link = network.in_link() | {field: layer}
    st.page_link(file_of(page), label=label, icon=":material/arrow_forward:", query_params=link)


def sharing(block: Block) -> None:
    """The weights of a convolution beside those of a fully connected layer from and to the same maps."""
    st.header("What sharing weights saves", anchor=False)
    found = weights_of(block)
    if found is not None:
        (c, height, width), (n, h, w), (k1, k2) = found.inputs, found.outputs, found.kernel
        each = "" if found.groups == 1 else f", each kernel over {c // found.groups} of them"
        st.markdown(
            f"This convolution slides {n:,} kernels of {k1} × {k2} over {c:,} maps{each}: {n} · {c // found.groups} · "
            f"{k1} · {k2} = **{found.shared:,}** weights. A fully connected layer from {c:,} maps of {height} × "
            f"{width} to the same {n:,} maps of {h} × {w} needs {c} · {height} · {width} · {n} · {h} · {w} = "
            f"**{words(found.connected)}**: **about {words(found.ratio, 2)} times** as many."
        )
        ladder(found)
    else:
        st.markdown("Choose a single convolution above, and its weights are counted here.")
    lecture = LECTURE
    st.markdown(
        "The lecture's example, *n* kernels of 5 × 5 on a picture of 28 × 28: "
        f"{lecture.shared} · *n* weights, against 28 · 28 · 24 · 24 · *n* = {lecture.connected:,} · *n* fully "
        f"connected: **{lecture.ratio:,.0f} times** as many."
    )


def ladder(found: Sharing) -> None:
    """From fully connected to shared, step by step, as bars on a logarithmic scale."""
    steps = {
        "fully connected": found.connected,
        "only nearby inputs": found.sparse,
        "the same weights everywhere": found.shared,
    }
    most = np.log10(max(steps.values()))
    bars([Bar(name, words(count), np.log10(max(count, 1)) / most) for name, count in steps.items()])
    st.caption("Weights, on a logarithmic scale.")


def weights_of(block: Block) -> Sharing | None:
    """The weights of a block that is a single two-dimensional convolution; None for any other block."""
    layer = next((one for one in net.layers if one.name == block.layer), None)
    if layer is None or block.children or block.role != "convolution" or len(layer.shape) != 3:
        return None
    convolution = net.module.get_submodule("body").get_submodule(module_name(layer.name))
    if len(getattr(convolution, "kernel_size", ())) != 2 or getattr(convolution, "transposed", False):
        return None
    kernel: Any = convolution.kernel_size
    groups: Any = convolution.groups
    inputs: Any = layer.input_shape
    outputs: Any = layer.shape
    return Sharing(inputs, outputs, tuple(kernel), groups)


def words(number: float, digits: int = 3) -> str:
    """A number in words from a million on: 4.65 million; `digits` are significant ones."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:.{digits}g} {word}"
    return f"{number:,.0f}"


screen()
network.note(net)
weight_matrix(corner)
closing(
    look_for="The place where maps shrink and their number grows, and the layer that costs most.",
    try_="AlexNet or VGG: most parameters sit in one fully connected layer, most work in the convolutions.",
    it_means="A convolution is a layer most of whose connections are missing and whose others share their weights. "
    "So it learns as few numbers for a large picture as for a small one.",
    formula=r"$y_i = \sum_j x_{i+j} w_j$"
    "\n\n"
    "A convolution as networks have it (a cross-correlation: the kernel $w$ isn't flipped) is a matrix, "
    "$y = Wx$, whose rows are one kernel moved along. Most of $W$ is 0, the rest is shared, so a layer of "
    r"$n$ kernels of $k \times k$ on $c$ maps learns $n \, c \, k^2$ numbers however large the picture $x$ "
    "is.",
)
