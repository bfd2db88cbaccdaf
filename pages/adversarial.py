"""Adversarial: a change too small to see makes the network see something else; noise of the same size does not."""

import random

import streamlit as st

import explorer
from explorer.attack_studies.smallest import smallest, smallest_epsilon
from explorer.attacks import (
    METHODS,
    AttackError,
    AttackSettings,
    Iterate,
    equal_noise,
    find_goal,
    measured,
    read_back,
    walks,
)
from pages.parts.adversarial import attack_curves, attack_reasons, attack_result, attack_survival
from pages.parts.pickers import classes, network, picture
from pages.parts.shell import frame
from pages.parts.shell.words import plain
from pages.parts.widgets import job
from pages.parts.widgets.takeaway import take_array, take_code, take_picture

SLOT = "attack"
TARGET, ANYTHING = "broccoli", "anything else"
LEVELS = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 255.0]
L2_SIZES = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
COUNTS = {"pixels": [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], "patch": [4, 8, 16, 24, 32, 48, 64, 96]}
VIEWS = ["Result", "Curves", "Does it survive?", "Why it works"]

corner = frame.heading(
    "Adversarial",
    "A change too small to see makes the network see something else. Noise of the same size does not.",
)
net, image = network.current(), picture.current()


def choose() -> tuple[AttackSettings, int | None]:
    """How to attack, and the number of the target."""
    cells = st.columns([1.5, 1.1, 1.8, 1.5, 0.8, 0.9], vertical_alignment="bottom")
    method = cells[0].selectbox(
        "Method", list(METHODS), list(METHODS).index("pgd"), format_func=lambda name: METHODS[name].title,
        key="attack_method", bind="query-params",
        help="  \n".join(f"**{one.title}** {one.summary}" for one in METHODS.values()),
    )  # fmt: skip
    free = method in ("minimal", *COUNTS)
    measure = cells[1].selectbox(
        "Measured by", ["L∞", "L2"], key="attack_norm", bind="query-params", disabled=free,
        help="L∞: the largest change of any value. L2: the root of the sum of all squared changes.",
    )  # fmt: skip
    norm = "l2" if free or measure == "L2" else "linf"
    epsilon, pixels = size(cells[2], method, norm)
    with cells[3]:
        wish = classes.choose("Make it see", net, TARGET, key="attack_target", wishes={ANYTHING: None})
    steps = cells[4].number_input(
        "Steps", 1, 200, 20, key="attack_steps", bind="query-params", disabled=method == "fgsm"
    )
    with cells[5].popover("More", width="stretch"):
        step_size, random_start, restarts, seed = fine(method)
    count = 1 if method == "fgsm" else int(steps)
    how = AttackSettings(method, norm, epsilon, count, step_size, random_start, restarts, seed, pixels)
    return how, wish


def size(cell, method: str, norm: str) -> tuple[float, int]:
    """ε, and how many pixels may change; the control that the method has a use for is shown."""
    if method in COUNTS:
        words = "How many pixels may change" if method == "pixels" else "Side of the patch, in pixels"
        return 0.0, int(cell.select_slider(words, COUNTS[method], 50 if method == "pixels" else 32,
                                           key=f"attack_{method}", bind="query-params"))  # fmt: skip
    if not METHODS[method].bounded:
        cell.markdown("No ε bounds this attack: it looks for the smallest change itself.")
        return 0.0, 1
    if norm == "linf":
        words = "ε: largest change, of 255 levels"
        level = cell.select_slider(words, LEVELS, 2.0, key="attack_linf", bind="query-params",
                                   format_func="{:g}".format)  # fmt: skip
        return level / 255, 1
    words = "ε: length of the change"
    return float(cell.select_slider(words, L2_SIZES, 0.5, key="attack_l2", bind="query-params",
                                    format_func="{:g}".format)), 1  # fmt: skip


def fine(method: str) -> tuple[float | None, bool, int, int]:
    """What few visitors change, and a target nobody would think of."""
    st.button(
        "Something absurd", on_click=absurd, icon=":material/casino:", width="stretch", help="A class drawn at random."
    )
    walks_on = METHODS[method].restarted
    step = st.number_input(
        "Step size, of 255 levels (0: ε/8)", 0.0, 255.0, 0.0, 0.25, key="attack_step", bind="query-params",
        disabled=not walks_on,
    )  # fmt: skip
    start = st.toggle("Random start", key="attack_start", bind="query-params", disabled=not walks_on)
    restarts = st.number_input(
        "Runs, until one fools", 1, 10, 1, key="attack_restarts", bind="query-params", disabled=not walks_on
    )
    seed = st.number_input("Seed", 0, 9999, 0, key="attack_seed", bind="query-params")
    return step / 255 or None, bool(start), int(restarts), int(seed)


def absurd() -> None:
    st.session_state["attack_target"] = random.choice(net.labels)


chosen, target = choose()
try:
    goal = find_goal(net, image, target)
except AttackError as error:
    st.info(str(error))
    st.stop()
original = net.prepare(image)


def found_of(iterate: Iterate) -> explorer.Attack:
    return measured(net, image, iterate, chosen)


def draw(running: job.Job[Iterate, attack_result.Kept]) -> None:
    if view == VIEWS[0]:
        found = found_of(running.newest)
        control = equal_noise(net, image, found, goal, norm=chosen.norm, seed=chosen.seed)
        attack_result.verdict(found, control, hint())
        attack_result.four_pictures(found, control)


def hint() -> str:
    if chosen.norm == "linf" and METHODS[chosen.method].bounded and 255 * chosen.epsilon < 1:
        return "ε is below one level, so nothing can change."
    if chosen.method == "deepfool":
        return "Before rounding it was over the border; 8 bits are too coarse for so small a change."
    more = {"pixels": "more pixels", "patch": "a larger patch"}.get(chosen.method, "a larger ε")
    return f"Give it {more} or more steps."


def details(found: explorer.Attack) -> None:
    """Beneath the result: both pictures in one place, the saved file, the smallest ε."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**Find the difference**: drag the divider, or let it flicker.")
        attack_result.one_over_the_other(found)
    with right:
        said, sure = read_back(net, found)
        st.markdown(
            f"**Saved as PNG and opened again**, the network says {plain(said)} ({100 * sure:.1f} %): "
            "nothing above depends on numbers that a file can't hold."
        )
        st.markdown("**The smallest ε that works**, by projected gradient descent, verified on the rounded picture:")
        if st.toggle("Look for it", key="attack_smallest", bind="query-params"):
            look_for_smallest()


def look_for_smallest() -> None:
    norm = "l2" if chosen.norm == "l2" else "linf"
    key = ("smallest", net, image, goal, norm, chosen.steps)
    job.run("attack_smallest_job", key, lambda: smallest_epsilon(net, image, goal, norm=norm, steps=chosen.steps),
            lambda trial: trial)  # fmt: skip

    def show_trials(running: job.Job) -> None:
        tried = list(running.kept)
        attack_result.trials(tried, smallest(tried), norm, done=running.finished.is_set())

    job.watch("attack_smallest_job", show_trials)


scale = chosen.epsilon if METHODS[chosen.method].bounded and chosen.norm == "linf" else 0.0
running = job.run(
    SLOT,
    ("attack", net, image, goal, chosen),
    lambda: walks(net, image, goal, chosen),
    lambda iterate: attack_result.keep(iterate, original, chosen.steps, scale),
)  # fmt: skip
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="attack_view", bind="query-params", label_visibility="collapsed"
)
job.watch(SLOT, draw, progress=job.numbered(chosen.steps), waiting="Taking the first gradient …")
if running.finished.is_set() and running.latest is not None and running.error is None:
    done = found_of(running.latest)
    control = equal_noise(net, image, done, goal, norm=chosen.norm, seed=chosen.seed)
    scene = attack_result.Scene(net, image, goal, chosen, done, control)
    if view == VIEWS[0]:
        details(done)
    elif view == VIEWS[1]:
        attack_curves.curves(scene, running.kept)
    elif view == VIEWS[2]:
        attack_survival.survives(scene)
    else:
        attack_reasons.reasons(scene)
network.note(net)
length = f"{255 * chosen.epsilon:g} / 255" if chosen.norm == "linf" else f"{chosen.epsilon:g}"
with corner:
    if running.latest is not None and running.error is None:
        done = found_of(running.latest)
        take_picture(done.adversarial.uint8, "adversarial.png", "The adversarial picture")
        take_array(done.perturbation, "perturbation.npy", "The perturbation as numbers")
    wanted = None if target is None else net.labels[target]
    bound = f"epsilon={length}, " if METHODS[chosen.method].bounded else ""
    few = f", pixels={chosen.pixels}" if chosen.method in COUNTS else ""
    take_code(
        network.code(net)
        + f"found = explorer.attack(network, explorer.open_image('picture.jpg'), method={chosen.method!r},\n"
        f"                        norm={chosen.norm!r}, {bound}target={wanted!r}, steps={chosen.steps}{few})"
    )
st.markdown(
    "**Look for** a difference between the first and the third picture. **Try** a smaller ε, another target, L2, few "
    "pixels; then *Does it survive?* **It means** $\\max_{\\|\\delta\\| \\le \\epsilon} \\text{loss}(\\theta, x + "
    f"\\delta, y)$ with $\\epsilon = {length}$, solved by {chosen.steps} gradient steps through the network "
    "(Szegedy et al. 2014; Goodfellow et al. 2015; Madry et al. 2018). The network is not broken by noise: it is "
    "broken in a direction. **It does not mean** that any photograph on a wall fools any network: this change is made "
    "for this picture and these weights, and much undoes it. Everything is counted on the 8-bit picture that you "
    "can save; open it here again and it still fools this network. What a careful study checks: Carlini et al. 2019."
    if METHODS[chosen.method].bounded
    else "**Look for** where the change is, and how little of the picture it is. **Try** the other methods. "
    f"**It means** {METHODS[chosen.method].summary[0].lower()}{METHODS[chosen.method].summary[1:]} In formulas "
    "$\\min \\|\\delta\\|$ such that $f(x + \\delta) \\ne f(x)$, with $\\|\\delta\\|$ the L2 norm or the number of "
    "pixels. **It does not mean** that the network sees as you do except for this: it shows how near the border is."
)
