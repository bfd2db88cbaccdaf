"""Adversarial: a change too small to see makes the network see something else; noise of the same size does not."""

import numpy as np
import streamlit as st

import explorer
from explorer import render
from pages.parts import frame, job, network, picture, show
from pages.parts.takeaway import take_array, take_code, take_picture
from pages.parts.words import percent, plain

SLOT = "attack"
TARGET = "broccoli"
LEVELS = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 8.0, 16.0, 32.0]
L2_SIZES = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0]

corner = frame.heading(
    "Adversarial",
    "A change too small to see, chosen along the gradient, makes the network see something else. "
    "Noise of the very same size does not.",
)
net, image = network.current(), picture.current()
from explorer.attacks import AttackError, Iterate, find_goal, iterates, measure  # noqa: E402 - after the spinner


def settings() -> tuple[str, str, float, str | None, int]:
    cells = st.columns([1.2, 1, 2, 1.6, 1], vertical_alignment="bottom")
    method = cells[0].segmented_control("Method", ["PGD", "FGSM"], default="PGD", required=True, key="attack_method",
                                        bind="query-params")  # fmt: skip
    norm = cells[1].segmented_control("Size measured by", ["L∞", "L2"], default="L∞", required=True, key="attack_norm",
                                      bind="query-params")  # fmt: skip
    if norm == "L∞":
        level = cells[2].select_slider("ε: largest change of any value, of 255 levels", LEVELS, 2.0, key="attack_linf",
                                       bind="query-params", format_func="{:g}".format)  # fmt: skip
        epsilon = level / 255
    else:
        epsilon = cells[2].select_slider("ε: root of the summed squared changes", L2_SIZES, 0.5, key="attack_l2",
                                         bind="query-params", format_func="{:g}".format)  # fmt: skip
    anything = "anything else"
    names = [anything, *net.labels]
    start = names.index(TARGET) if TARGET in names else 0
    wish = cells[3].selectbox("Make it see", names, start, key="attack_target", bind="query-params")
    steps = cells[4].number_input(
        "Steps", 1, 200, 20, key="attack_steps", bind="query-params", disabled=method == "FGSM"
    )
    return (
        str(method).lower(),
        {"L∞": "linf", "L2": "l2"}[norm or "L∞"],
        float(epsilon),
        None if wish == anything else wish,
        int(steps),
    )


method, norm, epsilon, target, steps = settings()
if method == "fgsm":
    steps = 1
try:
    goal = find_goal(net, image, target)
except AttackError as error:
    st.info(str(error))
    st.stop()


def draw(running: job.Job[Iterate, float]) -> None:
    if running.error is not None:
        st.error(plain(str(running.error)))
        return
    if running.latest is None:
        st.caption("Taking the first gradient …")
        return
    found = measure(net, image, running.latest.x, goal, norm=norm, epsilon=epsilon)
    control = explorer.random_perturbation(net, image, norm=norm, epsilon=epsilon, seed=0)
    four_pictures(found, control)
    if not running.finished.is_set():
        st.progress(running.latest.number / steps, f"Step {running.latest.number} of {steps}")


def four_pictures(found: explorer.Attack, control: explorer.Attack) -> None:
    watched = [found.label] + ([found.target] if found.target else [])
    strength = render.largest(found.perturbation)
    change = render.signed(found.perturbation)
    cells = st.columns(4, gap="medium")
    with cells[0]:
        st.markdown("**Your picture**")
        show.frame(found.original.uint8, "The original picture at the network's size")
        show.predictions(found.before, watched=watched)
    with cells[1]:
        st.markdown("**+ the change**" + (f", {0.5 / strength:.0f} ×" if strength else ""))
        show.frame(change, "The perturbation, amplified, zero at mid-grey")
        st.markdown(
            f"Largest change **{found.linf * 255:.0f}** of 255 levels, L2 norm **{found.l2:.2f}**; "
            f"{100 * np.mean(found.perturbation != 0):.0f} % of the values changed. Shown "
            + (f"{0.5 / strength:.0f} times amplified; " if strength else "")
            + "mid-grey is no change."
        )
    with cells[2]:
        st.markdown("**= what fools it**" if found.success else "**= not fooled yet**")
        show.frame(found.adversarial.uint8, "The adversarial picture")
        show.predictions(found.after, watched=watched)
    with cells[3]:
        st.markdown("**Control: equal noise**")
        show.frame(control.adversarial.uint8, "The picture with random noise of the same size")
        show.predictions(control.after, watched=watched)
        st.caption(f"Largest change {control.linf * 255:.0f} levels, L2 norm {control.l2:.2f}")
    verdict(found, control)


def verdict(found: explorer.Attack, control: explorer.Attack) -> None:
    (clean, sure), (now, sure_now), (noisy, _) = found.before[0], found.after[0], control.after[0]
    noise = "leaves it unchanged" if noisy == clean else f"makes it {plain(noisy)}"
    if found.success:
        st.success(
            f"**{plain(clean)}** ({percent(sure)}) has become **{plain(now)}** ({percent(sure_now)}). "
            f"Random noise of the same size {noise}.", icon=":material/check_circle:",
        )  # fmt: skip
    else:
        hint = "ε is below one level, so nothing can change." if 255 * epsilon < 1 and norm == "linf" else (
            "Give it a larger ε or more steps."
        )  # fmt: skip
        st.info(f"The network still says **{plain(now)}** ({percent(sure_now)}). {hint}", icon=":material/info:")


key = ("attack", net, image, goal, method, norm, epsilon, steps)
running = job.run(
    SLOT,
    key,
    lambda: iterates(
        net, image, goal, norm=norm, epsilon=epsilon, steps=steps, step_size=epsilon if method == "fgsm" else None
    ),
    lambda iterate: iterate.label_probability,
)
job.watch(SLOT, draw)
network.note(net)
with corner:
    if running.latest is not None:
        done = measure(net, image, running.latest.x, goal, norm=norm, epsilon=epsilon)
        take_picture(done.adversarial.uint8, "adversarial.png", "The adversarial picture")
        take_array(done.perturbation, "perturbation.npy", "The perturbation as numbers")
    size = f"{255 * epsilon:g} / 255" if norm == "linf" else f"{epsilon:g}"
    take_code(
        network.code(net)
        + f"found = explorer.attack(network, explorer.open_image('picture.jpg'), method={method!r}, norm={norm!r},\n"
        f"                        epsilon={size}, target={target!r}, steps={steps})"
    )
st.markdown(
    "**Look for** a difference between the first and the third picture. **Try** a smaller ε, another target, L2. "
    "**It means** $\\max_{\\|\\delta\\| \\le \\epsilon} \\text{loss}(\\theta, x + \\delta, y)$ with "
    f"$\\epsilon = {size}$, solved by {steps} gradient steps through the network (Goodfellow et al. 2015; Madry et "
    "al. 2018). The network is not broken by noise: it is broken in a direction. Everything is counted on the 8-bit "
    "picture that you can save; open it here again and it still fools this network."
)
