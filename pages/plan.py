"""Plan: the network as one drawing to scale, what each part costs, and why convolutions cost so little."""

from typing import Any

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.architecture.plan import Block, plan
from explorer.architecture.sharing import LECTURE, Sharing, convolution_matrix
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError
from explorer.networks.layers import module_name
from pages.parts.network.plan import choose_block, gives, moves_by, sees
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import linked, show
from pages.parts.widgets.takeaway import take_array, take_code

KERNELS = {
    "the lecture's": "0 1 2 / 2 2 0 / 0 1 2",
    "Sobel": "1 0 -1 / 2 0 -2 / 1 0 -1",
    "mean": "1 1 1 / 1 1 1 / 1 1 1",
    "edge, 1-D": "1 -1",
    "smooth, 1-D": "1 2 4 2 1",
}
LARGEST_KERNEL = 7

corner = frame.heading(
    "Plan",
    "The whole network on one sheet: a block is as tall as its maps and as thick as there are many of them. "
    "Beneath each stands what it costs.",
)
net = network.current()


@live
def look() -> None:
    root = plan(net)
    first = next((b.name for b in root.walk() if b.role == "convolution" and not b.children), "")
    kept = linked.linked("plan_layer", str, first)
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
    st.subheader(plain(block.name), anchor=False)
    step = moves_by(block)
    st.markdown(
        f"{plain(block.kind)}: gives **{gives(block)}**.  \n"
        f"**{block.parameters:,}** parameters ({percent(block.parameters / max(1, root.parameters))} of all), "
        f"**{words(block.multiply_adds)}** multiply-adds ({percent(block.multiply_adds / max(1, root.multiply_adds))})."
        f"  \nReceptive field **{sees(block, net.input_size)}**" + (f", stride {step}." if step else ".")
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
    st.subheader("What sharing weights saves", anchor=False)
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
    rows = "".join(
        f'<div class="bar"><span>{name}</span><span>{words(count)}</span>'
        f'<i style="width: {100 * np.log10(max(count, 1)) / most:.1f}%"></i></div>'
        for name, count in steps.items()
    )
    st.html(f'<div class="bars">{rows}</div>')
    st.caption("Weights, on a logarithmic scale.")


def weights_of(block: Block) -> Sharing | None:
    """The weights of a block that is a single convolution."""
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
    """A large number as people say it."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:.{digits}g} {word}"
    return f"{number:,.0f}"


@live
def as_matrix() -> None:
    st.subheader("The same convolution as a matrix", anchor=False)
    left, right = st.columns([2, 3], gap="large")
    with left:
        preset = st.selectbox("Kernel", list(KERNELS), key="plan_kernel", bind="query-params")
        text = st.text_input(
            "Its weights: separate rows with /", KERNELS[preset], key=f"plan_weights_{preset}",
            help="One row makes a signal, several make a picture.",
        )  # fmt: skip
        size = st.slider("Side of the input", 3, 12, 6, key="plan_side", bind="query-params")
        padding = st.segmented_control(
            "Padding", ["valid", "zero", "reflect", "replicate"], default="valid", required=True, key="plan_padding",
            bind="query-params", help="valid: only where the whole kernel fits. The others keep the size.",
        )  # fmt: skip
    with right:
        try:
            kernel = read_kernel(text)
            shape = (size,) * kernel.ndim
            matrix = convolution_matrix(kernel, shape, padding=padding or "valid")
        except KernelError as error:
            st.info(plain(str(error)))
            return
        show.chart(plots.heatmap(matrix, x="input", y="output", height=300), key="plan_matrix")
        show.signed_scale(render.largest(matrix))
        full = int(np.count_nonzero(matrix))
        st.caption(
            f"{matrix.shape[0]} outputs × {matrix.shape[1]} inputs = {matrix.size:,} entries, {full:,} of them not 0 "
            f"({percent(full / matrix.size)}), made of {kernel.size} weights. Empty is 0."
        )
    x = np.random.default_rng(0).integers(0, 4, shape).astype(float)
    same = np.allclose(matrix @ x.ravel(), convolve(x, kernel, padding=padding or "valid").ravel())
    left.caption(
        f"Tried on {' × '.join(map(str, shape))} random numbers: matrix times values "
        + ("equals the convolution." if same else "differs from the convolution!")
    )
    with corner:
        take_array(matrix, "matrix.npy", "The matrix as numbers")
        take_code(
            "from explorer.architecture.sharing import convolution_matrix\n\n"
            f"matrix = convolution_matrix({kernel.tolist()}, {shape}, padding={padding!r})"
        )


def read_kernel(text: str) -> np.ndarray:
    """A kernel typed as "0 1 2 / 2 2 0": rows apart by a slash, weights by blanks or commas.

    Raises KernelError on anything else.
    """
    rows = [row.replace(",", " ").split() for row in text.replace(";", "/").split("/")]
    try:
        kernel = np.array([[float(weight) for weight in row] for row in rows])
    except ValueError:
        raise KernelError("Type numbers only, with as many in each row, such as “1 0 -1 / 2 0 -2 / 1 0 -1”.") from None
    if kernel.size == 0 or max(kernel.shape) > LARGEST_KERNEL or not np.isfinite(kernel).all():
        raise KernelError(f"A kernel here has 1 to {LARGEST_KERNEL} rows and columns of finite numbers.")
    return kernel if len(kernel) > 1 else kernel[0]


look()
network.note(net)
as_matrix()
closing(
    look_for="The place where maps shrink and their number grows, and the layer that costs most.",
    try_="AlexNet or VGG: most parameters sit in one fully connected layer, most work in the convolutions.",
    it_means="A convolution as networks have it, $y_i = \\sum_j x_{i+j} w_j$ (a cross-correlation: the kernel isn't "
    "flipped), is a matrix $y = Wx$ whose rows are one kernel moved along. Most of $W$ is 0, the rest is shared, so a "
    "layer of $n$ kernels of $k \\times k$ on $c$ maps learns $n \\, c \\, k^2$ numbers however large the picture is.",
)
