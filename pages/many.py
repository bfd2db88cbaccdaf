"""Many pictures: how often an attack works, against ε, beside random changes of the same size."""

import base64

import cv2
import numpy as np
import streamlit as st

import explorer
from explorer import plots, render
from explorer.attack_studies.checks import sanity_checks
from explorer.attack_studies.many_pictures import rates, success_rates, to_csv
from explorer.attack_studies.universal import NOISES, UniversalStep, universal
from explorer.cache import memo
from explorer.pictures.images import Image, ImageError, from_array, open_image
from explorer.pictures.samples import sample_names
from pages.parts.adversarial import printable
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.visit import own_things
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, link_choices, show
from pages.parts.widgets.takeaway import take_array, take_code, take_file, take_picture
from pages.parts.widgets.views import choose_view

LEVELS, SIZES = (0.5, 1.0, 2.0, 4.0, 8.0), (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
FOR_ALL, CHECKED = (2, 4, 8, 12, 16, 24), (1, 2, 4, 8)
VIEWS = ["Per image", "Universal", "A patch to print", "Sanity checks"]
MOST, THUMB = 60, 48  # files; pixels

corner = frame.heading(
    "Many pictures",
    "One fooled picture may be luck. Here every picture is attacked, and every attack stands beside noise of its size.",
)
frame.hide_pickers("picture")
net = network.current()

link_choices.follow(
    {
        "many_view": link_choices.among("View", VIEWS, {"Each its own": VIEWS[0], "One for all": VIEWS[1]}),
        "many_norm": link_choices.among("Measured by", ["L∞", "L2"], {"linf": "L∞", "l2": "L2"}),
        "many_epsilon": link_choices.among("ε", [str(one) for one in FOR_ALL]),
        "many_check_epsilon": link_choices.among("ε", [str(one) for one in CHECKED]),
        "many_steps": link_choices.between("Steps", 1, 50),
        "many_patch_steps": link_choices.between("Steps", 10, 300),
        "many_side": link_choices.among("Side", [str(one) for one in printable.SIDES]),
    },
    {
        key: {str(one): one for one in sizes}
        for key, sizes in (("many_epsilon", FOR_ALL), ("many_check_epsilon", CHECKED), ("many_side", printable.SIDES))
    },
)


def choose_pictures() -> tuple[Image, ...]:
    """The gallery, or files of the visitor's own: those that are no pictures are named and left out."""
    with st.popover("Use your own", icon=":material/add_photo_alternate:", width="stretch"):
        files = st.file_uploader(
            f"Up to {MOST} pictures", max_upload_size=50, accept_multiple_files=True, key="many_files"
        )
    own = []
    if files:
        own_things()
    for file in files[:MOST]:
        try:
            own.append(open_image(file, max_side=512))
        except ImageError as error:
            st.warning(plain(str(error)))
    if len(files) > MOST:
        st.warning(f"Only the first {MOST} of {len(files)} files are used.")
    return tuple(own) or tuple(explorer.sample(name) for name in sample_names())


def opened(images: tuple[Image, ...]) -> str:
    """The lines that open the pictures that are attacked."""
    names = [image.name for image in images]
    if names == list(sample_names()):
        return "images = [explorer.sample(name) for name in explorer.sample_names()]\n"
    return f"images = [explorer.open_image(file, max_side=512) for file in {names!r}]\n"


view = choose_view(VIEWS, key="many_view")
cells = st.columns([1.5, 1.2, 1, 1.4], vertical_alignment="bottom")
norm, level, target, side = "linf", 2, 0, 0
if view == VIEWS[0]:
    measure = cells[0].selectbox("Measured by", ["L∞", "L2"], 1, key="many_norm", bind="query-params")
    norm = "l2" if measure == "L2" else "linf"
elif view == VIEWS[1]:
    level = int(cells[0].selectbox("ε, of 255 levels", FOR_ALL, 0, key="many_epsilon", bind="query-params"))
elif view == VIEWS[2]:
    target, side = printable.settings(net, cells[0], cells[1])
else:
    level = int(cells[0].selectbox("ε, of 255 levels", CHECKED, 1, key="many_check_epsilon", bind="query-params"))
if view == VIEWS[2]:
    steps = int(cells[2].number_input("Steps", 10, 300, 60, 10, key="many_patch_steps", bind="query-params"))
else:
    steps = int(cells[2].number_input("Steps", 1, 50, 10, key="many_steps", bind="query-params"))
with cells[3]:
    images = choose_pictures()


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
    attack = "attack"
    noise = "noise, equal in its largest change" if norm == "linf" else "noise, equal in L2"
    bands = {
        attack: tuple(zip(*(rate.interval for rate in found), strict=True)),
        noise: tuple(zip(*(rate.noise_interval for rate in found), strict=True)),
    }
    figure = plots.lines(
        {attack: [rate.share for rate in found], noise: [rate.noise_share for rate in found]},
        x="ε, of 255 levels" if norm == "linf" else "ε, L2 norm", y="attack success rate",
        at=[scale * rate.epsilon for rate in found], bands=bands, dashed=[noise], height=300,
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1.02])
    show.chart(plots.marked(figure, [scale * rate.epsilon for rate in found]), key=f"many_curve_{count}")
    middle = found[len(found) // 2]
    (low, high), (down, up) = middle.interval, middle.noise_interval
    st.markdown(
        f"At ε = {scale * middle.epsilon:g}, **{middle.fooled} of {middle.pictures}** pictures are fooled (95 %: "
        f"{percent(low)} to {percent(high)}); of {middle.noises} random changes, {middle.draws} for each picture, "
        f"**{middle.noise_fooled}** fool ({percent(down)} to {percent(up)}). Shades are 95 % intervals (Wilson 1927), "
        "as if the pictures had been drawn at random from all pictures; that of noise counts pictures, not draws, "
        "since draws on one picture resemble each other."
    )


def one_for_all() -> None:
    running = job.run("many_universal", ("universal", net, images, level, steps),
            lambda: universal(net, images, epsilon=level / 255, steps=steps), lambda step: step)  # fmt: skip

    def draw(running: job.Job) -> None:
        step = running.newest
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
            shares(step)

    job.watch("many_universal", draw, progress=job.numbered(steps), waiting="Looking at all pictures …")
    if running.latest is not None and running.finished.is_set():
        with corner:
            take_array(running.latest.change, "universal.npy", "The change, in levels")
            take_picture(
                render.signed(running.latest.change / 255, level / 255), "universal.png", "The change, amplified"
            )
    st.markdown(
        "One change, added to every picture (Moosavi-Dezfooli et al. 2017): made on every second picture and judged "
        "by the others, beside noise of ±ε on those same others. Equal pictures count once."
    )


def shares(step: UniversalStep) -> None:
    """How many are fooled: of those it was made on, of the others, and by noise of the others."""
    (a, n), (b, m) = step.seen, step.unseen
    st.markdown("**Fooled by it**")
    st.metric("of those it was made on", f"{a} of {n}")
    st.metric("of those it never saw", f"{b} of {m}")
    st.caption(f"95 %: {percent(step.interval[0])} to {percent(step.interval[1])}")
    tries = NOISES * len(step.noise)
    st.metric(f"Control: noise of ±ε on those {m}, {NOISES} times each", f"{sum(step.noise)} of {tries}")
    st.caption(f"95 %, by picture: {percent(step.noise_interval[0])} to {percent(step.noise_interval[1])}")


def a_patch() -> None:
    printable.show_patch(net, images, target, side, steps, corner)


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


{VIEWS[0]: each_its_own, VIEWS[1]: one_for_all, VIEWS[2]: a_patch, VIEWS[3]: checks}[view]()
network.note(net)
NAMES = {  # view to what its code imports and runs
    VIEWS[0]: (
        "from explorer.attack_studies.many_pictures import rates, success_rates\n",
        f"sizes = [level / 255 for level in {list(LEVELS)}]\n" if norm == "linf" else f"sizes = {list(SIZES)}\n",
        f"results = list(success_rates(network, images, norm={norm!r}, epsilons=sizes, steps={steps}))\n"
        "for rate in rates(results):\n"
        "    print(rate.epsilon, rate.fooled, rate.pictures, rate.noise_fooled, rate.noises)",
    ),
    VIEWS[1]: (
        "from explorer.attack_studies.universal import universal\n",
        f"*_, last = universal(network, images, epsilon={level} / 255, steps={steps})\n",
        "print(last.seen, last.unseen, last.noise)",
    ),
    VIEWS[2]: (
        "from explorer.attack_studies.printable_patch import printable_patch\n",
        f"target = network.class_index({net.labels[target]!r})\n",
        f"*_, last = printable_patch(network, images, target=target, side={side}, steps={steps})\n",
        "print(last.seen, last.unseen, last.control)",
    ),
    VIEWS[3]: (
        "from explorer.attack_studies.checks import sanity_checks\n",
        f"for check in sanity_checks(network, images, epsilon={level} / 255, steps={steps}):\n",
        "    print(check.passed, check.question, check.said)",
    ),
}
with corner:
    imports, *lines = NAMES[view]
    take_code(network.code(net) + imports + opened(images) + "".join(lines))
CLOSING = {
    VIEWS[0]: {
        "look_for": "The gap between the two curves, and from which ε on each picture is fooled.",
        "try_": "L∞; more steps; your own pictures; the network with random weights.",
        "it_means": r"The share of pictures $x$ with some $\|\delta\| \le \epsilon$ and $f(x + \delta) \ne f(x)$ "
        "rises far sooner than random $\\delta$ of the same size fool. The label is what the network says of the clean "
        "picture, right or wrong; all is judged after rounding to 8 bits. It does not mean that these rates hold for "
        "all pictures: the intervals say how little so few pictures tell.",
    },
    VIEWS[1]: {
        "look_for": "How many of the pictures it never saw it fools, beside noise on those same pictures.",
        "try_": "A larger ε, more steps: where do the two intervals part?",
        "it_means": "Directions that fool are shared by many pictures, but such a change must be larger than one made "
        "for a single picture. Where the intervals overlap, these few pictures do not tell it from noise.",
    },
    VIEWS[2]: {
        "look_for": "How often the patch works on pictures it never saw, beside the photograph.",
        "try_": "A larger patch, more steps, another class; print it and hold it before the camera.",
        "it_means": "A patch need not be hidden: it only has to outshout what else is in the picture, wherever it "
        "stands. It is made for these weights; other networks, and cameras, weaken it.",
    },
    VIEWS[3]: {
        "look_for": "A question that is answered with No.",
        "try_": "One step: are many still at least as good? Your own pictures.",
        "it_means": "An attack that fails such a check is weak or misled by its gradient, and then what it does not "
        "find proves nothing (Carlini et al. 2019; Athalye et al. 2018).",
    },
}
closing(**CLOSING[view], tab="many")
