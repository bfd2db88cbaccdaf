"""Neurons: the input that excites one unit most, climbed to by gradient and looked for in photographs."""

import numpy as np
import streamlit as st

import explorer
from explorer import plots, render
from explorer.samples import sample_names
from pages.parts import frame, job, network, picture, show
from pages.parts.takeaway import take_code, take_picture
from pages.parts.words import plain

SIZE, STEPS = 128, 96
SLOT = "maximization"

corner = frame.heading(
    "Neurons",
    "What does one unit look for? Start from grey noise and climb its gradient; "
    "then look for what excites it in photographs.",
)
net, image = network.current(), picture.current()
from explorer.maximize import DEFAULT, METHODS  # noqa: E402 - after the spinner: it loads torch


def choose_unit() -> explorer.Unit:
    left, right = st.columns([2, 5], vertical_alignment="bottom")
    kind = left.segmented_control(
        "Unit", ["channel", "class"], default="channel", required=True, key="unit_kind", bind="query-params"
    )
    if kind == "class":
        said = net.predict(image)[0][0]
        label = right.selectbox("Class", net.labels, net.labels.index(said), key="unit_class", bind="query-params")
        return explorer.Unit(net.layers[-1].name, net.class_index(label))
    layers = {layer.name: layer for layer in net.layers if len(layer.shape) == 3 and layer.shape[1] > 1}
    names = list(layers)
    start = names.index("blocks.3") if "blocks.3" in names else len(names) // 2
    where, which = right.columns([3, 2])
    name = where.selectbox("Layer", names, start, key="unit_layer", bind="query-params")
    last = layers[name].shape[0] - 1
    if st.session_state.get("unit_channel", 0) > last:  # of a layer with more channels
        st.session_state["unit_channel"] = last
    number = which.number_input(f"Channel, 0 to {last}", 0, last, min(4, last), key="unit_channel", bind="query-params")
    return explorer.Unit(name, int(number))


def draw(running: job.Job[explorer.Step, float]) -> None:
    if running.error is not None:
        st.error(plain(str(running.error)))
        return
    step = running.latest
    if step is None:
        st.caption("Drawing the start picture …")
        return
    done = running.finished.is_set()
    show.frame(render.enlarge(step.image.uint8, 384), "The picture that excites the unit")
    if not done:
        st.progress(step.number / STEPS, f"Step {step.number} of {STEPS}")
    if step.dead:
        st.warning("This unit is dead here: no gradient reaches it, so there is nothing to climb.")
    else:
        st.markdown(
            f"Its value went from **{running.kept[0]:.2f}** for grey noise to **{step.score:.2f}** "
            f"in {step.number} steps" + (" (stopped)." if running.stopped else ".")
        )
    show.chart(plots.lines({"": running.kept}, x="step", y="value", height=150), key=f"curve_{done}")


def patches(title: str, found: list[explorer.Example]) -> None:
    st.markdown(title)
    for example, cell in zip(found, st.columns(max(3, len(found)), gap="small"), strict=False):
        with cell:
            show.picture(render.enlarge(example.image.uint8, 96), f"From {example.source}, value {example.score:.2f}")
            st.caption(f"**{example.score:.1f}** {plain(example.source)}")


@st.fragment
def in_photographs(unit: explorer.Unit) -> None:
    from explorer.examples import random_examples

    with st.spinner("Looking through the photographs …"):
        images = (*(explorer.sample(name) for name in sample_names()), *own())
        best = explorer.top_examples(net, unit, images, count=6)
        control = random_examples(net, unit, images, count=6, seed=0)
    patches("**In photographs** it is excited most by these places:", best)
    patches("**The control**, places drawn at random:", control)
    mine = float(np.mean(explorer.feature_maps(net, image, unit.layer)[unit.channel]))
    st.caption(f"In your picture its mean value is {mine:.2f}. Values above are those at the patch itself.")


def own() -> tuple[explorer.Image, ...]:
    return () if image.name in sample_names() else (image,)


left, right = st.columns([2, 3], gap="large")
with right:
    unit = choose_unit()
    how, which = st.columns([3, 1], vertical_alignment="bottom")
    method = how.segmented_control(
        "How to climb", list(METHODS), default=DEFAULT, required=True, key="unit_method", bind="query-params",
    )  # fmt: skip
    seed = which.number_input("Seed", 0, 9999, 0, key="unit_seed", bind="query-params", help="Another start.")
    st.caption(METHODS[str(method)].summary)
with left:
    key = ("maximize", net, unit, method, int(seed))
    running = job.run(
        SLOT,
        key,
        lambda: explorer.maximize(net, unit, size=SIZE, steps=STEPS, seed=int(seed), method=str(method)),
        lambda step: step.score,
    )
    job.watch(SLOT, draw)
    if running.stopped:
        st.button("Run again", on_click=job.again, args=(SLOT,), icon=":material/replay:")
with right:
    in_photographs(unit)
network.note(net)
with corner:
    if running.latest is not None:
        take_picture(running.latest.image.uint8, f"unit-{unit.channel}.png", "The picture")
    take_code(
        network.code(net) + f"unit = explorer.Unit({unit.layer!r}, {unit.channel})\n"
        f"*_, last = explorer.maximize(network, unit, size={SIZE}, steps={STEPS}, seed={int(seed)},\n"
        f"                             method={method!r})\n"
        "last.image.pixels"
    )
st.markdown(
    "**Look for** the same thing in both: what gradient ascent paints and what the photographs show. **Try** an early "
    "layer, then a late one, then a class; and *random* weights. **It means** $x^* = \\arg\\max_x h(x) + g(x)$, where "
    "$g$ keeps the picture natural: here by its spectrum, and by asking that the unit stays excited when the picture "
    "is turned, scaled and shifted (Olah et al. 2017). A high value alone proves little: compare *pixels*."
)
