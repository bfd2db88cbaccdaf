"""Many pictures: how often an attack works, against ε, beside random changes of the same size."""

import base64

import cv2
import numpy as np
import streamlit as st

import explorer
from explorer import plots, render
from explorer.attack_studies.checks import sanity_checks
from explorer.attack_studies.many_pictures import rates, success_rates, to_csv
from explorer.attack_studies.universal import universal
from explorer.cache import memo
from explorer.pictures.images import Image, ImageError, from_array, open_image
from explorer.pictures.samples import sample_names
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.takeaway import take_file

LEVELS, SIZES = (0.5, 1.0, 2.0, 4.0, 8.0), (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
FOR_ALL, CHECKED = (2, 4, 8, 12, 16, 24), (1, 2, 4, 8)
VIEWS = ["Each its own", "One for all", "Sanity checks"]
MOST, THUMB = 60, 48  # files; pixels

corner = frame.heading(
    "Many pictures",
    "One fooled picture may be luck. Here every picture is attacked, and every attack stands beside noise of its size.",
)
net = network.current()


def choose_pictures() -> tuple[Image, ...]:
    """The gallery, or files of the visitor's own: those that are no pictures are named and left out."""
    with st.popover("Use your own", icon=":material/add_photo_alternate:", width="stretch"):
        files = st.file_uploader(
            f"Up to {MOST} pictures", max_upload_size=50, accept_multiple_files=True, key="many_files"
        )
    own = []
    for file in files[:MOST]:
        try:
            own.append(open_image(file, max_side=512))
        except ImageError as error:
            st.warning(plain(str(error)))
    if len(files) > MOST:
        st.warning(f"Only the first {MOST} of {len(files)} files are used.")
    return tuple(own) or tuple(explorer.sample(name) for name in sample_names())


cells = st.columns([3, 1, 1, 1.2], vertical_alignment="bottom")
view = cells[0].segmented_control("What", VIEWS, default=VIEWS[0], required=True, key="many_view", bind="query-params")
if view == VIEWS[0]:
    measure = cells[1].selectbox("Measured by", ["L∞", "L2"], key="many_norm", bind="query-params")
elif view == VIEWS[1]:
    level = int(cells[1].selectbox("ε, of 255 levels", FOR_ALL, 0, key="many_epsilon", bind="query-params"))
else:
    level = int(cells[1].selectbox("ε, of 255 levels", CHECKED, 1, key="many_check_epsilon", bind="query-params"))
steps = int(cells[2].number_input("Steps", 1, 50, 10, key="many_steps", bind="query-params"))
with cells[3]:
    images = choose_pictures()
norm = "l2" if view == VIEWS[0] and measure == "L2" else "linf"


def thumbs() -> list[str]:
    """The different pictures, in the order in which they are attacked, small enough for a table."""
    return memo(("thumbs", net, images), lambda: [_thumb(one) for one in dict.fromkeys(map(net.prepare, images))])


def _thumb(image: Image) -> str:
    small = np.asarray(cv2.resize(image.pixels, (THUMB, THUMB), interpolation=cv2.INTER_AREA), np.float32)
    return "data:image/png;base64," + base64.b64encode(render.png(render.to_uint8(small))).decode()


def each_its_own() -> None:
    sizes = [level / 255 for level in LEVELS] if norm == "linf" else list(SIZES)
    running = job.run("many", ("many", net, images, norm, steps),
            lambda: success_rates(net, images, norm=norm, epsilons=sizes, steps=steps), lambda one: one)  # fmt: skip
    progress = job.counted(len(images), "pictures")
    job.watch("many", draw_rates, progress=progress, waiting="Attacking the first pictures …")
    with corner:
        take_file(lambda: to_csv(list(running.kept)).encode(), "fooled.csv", "All results as CSV", "text/csv")


def draw_rates(running: job.Job) -> None:
    kept = list(running.kept)  # it grows meanwhile
    left, right = st.columns(2, gap="medium")
    with left:
        curve(rates(kept), len(kept))
    with right:
        scale = 255 if norm == "linf" else 1
        st.dataframe(
            {
                "picture": thumbs()[: len(kept)],
                "seen as": [f"{one.label} {percent(one.probability)}" for one in kept],
                "from ε": ["not" if one.smallest is None else f"{scale * one.smallest:g}" for one in kept],
                "becomes": [one.became[-1] if one.fooled[-1] else "" for one in kept],
            }, hide_index=True, width="stretch", height=470, row_height=52,
            column_config={"picture": st.column_config.ImageColumn(width=60), "from ε": {"width": 60}},
        )  # fmt: skip


def curve(found: list, count: int) -> None:
    scale = 255 if norm == "linf" else 1
    attack, noise = "attack", "random noise"
    bands = {
        attack: tuple(zip(*(rate.interval for rate in found), strict=True)),
        noise: tuple(zip(*(rate.noise_interval for rate in found), strict=True)),
    }
    figure = plots.lines(
        {attack: [rate.share for rate in found], noise: [rate.noise_share for rate in found]},
        x="ε, of 255 levels" if norm == "linf" else "ε, L2 norm", y="share fooled",
        at=[scale * rate.epsilon for rate in found], bands=bands, dashed=[noise], height=300,
    )  # fmt: skip
    show.chart(figure, key=f"many_curve_{count}")
    middle = found[len(found) // 2]
    low, high = middle.interval
    st.markdown(
        f"At ε = {scale * middle.epsilon:g}, **{middle.fooled} of {middle.pictures}** pictures are fooled (95 %: "
        f"{percent(low)} to {percent(high)}); of {middle.noises} random changes **{middle.noise_fooled}** are enough. "
        "Shades are 95 % intervals (Wilson 1927), as if the pictures had been drawn at random from all pictures."
    )


def one_for_all() -> None:
    job.run("many_universal", ("universal", net, images, level, steps),
            lambda: universal(net, images, epsilon=level / 255, steps=steps), lambda step: step)  # fmt: skip

    def draw(running: job.Job) -> None:
        step = running.newest
        (a, n), (b, m), (c, k) = step.seen, step.unseen, step.noise
        left, middle, right = st.columns([5, 5, 4], gap="medium")
        with left:
            st.markdown(f"**The one change**, {127 / level:.0f} ×")
            show.frame(render.signed(step.change / 255, level / 255), "The universal change, zero at mid-grey")
        with middle:
            st.markdown("**On your first picture**")
            first = net.prepare(images[0])
            both = from_array(np.clip(first.uint8 + step.change, 0, 255).astype(np.uint8), "with the change")
            show.frame(both.uint8, "The first picture with the change")
            (was, sure), (now, sure_now) = net.predict(first, 1)[0], net.predict(both, 1)[0]
            st.caption(plain(f"{was} {percent(sure)} → {now} {percent(sure_now)}"))
        with right:
            st.markdown("**Fooled by it**")
            st.metric("of those it was made on", f"{a} of {n}")
            st.metric("of those it never saw", f"{b} of {m}")
            st.metric("Control: noise of its size fools", f"{c} of {k}")

    job.watch("many_universal", draw, progress=job.numbered(steps), waiting="Looking at all pictures …")
    st.markdown(
        "One change, added to every picture (Moosavi-Dezfooli et al. 2017): made on every second picture and judged "
        "by the others, so the middle number is the honest one. Compare it with the control's share."
    )


def checks() -> None:
    st.caption("On the first 8 pictures. An attack that fails these proves nothing (Carlini et al. 2019).")
    if not st.toggle("Run the checks", key="many_checks", bind="query-params"):
        return
    job.run("many_checks_job", ("checks", net, images, level, steps),
            lambda: sanity_checks(net, images, epsilon=level / 255, steps=steps), lambda check: check)  # fmt: skip

    def draw(running: job.Job) -> None:
        for check in list(running.kept):
            box, icon = (st.success, "check_circle") if check.passed else (st.warning, "warning")
            box(f"**{check.question}** {'Yes' if check.passed else 'No'}. {check.said}", icon=f":material/{icon}:")

    job.watch("many_checks_job", draw, progress=job.counted(6, "checks"), waiting="The first check …")


{VIEWS[0]: each_its_own, VIEWS[1]: one_for_all, VIEWS[2]: checks}[str(view)]()
network.note(net)
with corner:
    st.code(
        network.code(net) + "from explorer.attack_studies.many_pictures import rates, success_rates\n\n"
        "images = [explorer.sample(name) for name in explorer.sample_names()]\n"
        f"results = list(success_rates(network, images, norm={norm!r}, epsilons=[1/255, 2/255, 4/255], "
        f"steps={steps}))\n"
        "rates(results)",
        language="python",
    )
st.markdown(
    "**Look for** the gap between the two curves. **Try** your own pictures, more steps, *One for all*. **It means** "
    "that the share of pictures $x$ with some $\\|\\delta\\| \\le \\epsilon$ and $f(x + \\delta) \\ne f(x)$ goes to 1 "
    "at sizes where random $\\delta$ changes almost nothing. The label is what the network says of the clean picture, "
    "right or wrong, and all is judged after rounding to 8 bits. **It does not mean** that these rates hold for all "
    "pictures: the intervals say how little so few pictures tell."
)
