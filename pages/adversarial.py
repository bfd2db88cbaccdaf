"""Adversarial: a change too small to see makes the network see something else; noise of the same size does not."""

from functools import partial

import streamlit as st

import explorer
from explorer.attack_studies.smallest import Trial, smallest, smallest_epsilon
from explorer.attacks import (
    METHODS,
    AttackError,
    Controls,
    Iterate,
    draw_controls,
    find_goal,
    measure_iterate,
    read_back,
    shuffled_control,
    trajectory,
)
from explorer.cache import memo
from pages.parts.adversarial import (
    attack_curves,
    attack_reasons,
    attack_result,
    attack_settings,
    attack_survival,
    attack_words,
    browser_attack,
)
from pages.parts.pickers import network, picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.words import plain
from pages.parts.widgets import job
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_film, take_picture
from pages.parts.widgets.views import choose_view

SLOT = "attack"
VIEWS = ["Result", "Curves", "Does it survive?", "Why it works", "Drag ε"]

corner = frame.heading(
    "Adversarial",
    "A change too small to see makes the network see something else. The same change, shuffled, does not.",
)
net, image = network.current(), picture.current()

chosen, target, flicker = attack_settings.choose(net)
try:
    goal = find_goal(net, image, target)
except AttackError as error:
    st.info(str(error))
    frame.end_page()
original = net.prepare(image)


def attack_at(iterate: Iterate) -> explorer.Attack:
    """What the attack has come to at an iterate, rounded to 8 bits."""
    return measure_iterate(net, image, iterate, chosen)


def controls_of(found: explorer.Attack) -> Controls:
    """Twenty shuffled changes as large as the attack's, drawn once."""
    key = ("attack controls", net, found.original, found.adversarial, goal, chosen.seed)
    return memo(key, lambda: draw_controls(net, found, goal, seed=chosen.seed))


def draw(running: job.Job[Iterate, attack_result.KeptIterate]) -> None:
    """The result as it is now; once the attack has ended, with its controls."""
    if view == VIEWS[0]:
        found = attack_at(running.newest)
        control = shuffled_control(net, image, found, goal, seed=chosen.seed)
        controls = controls_of(found) if running.finished.is_set() else None
        attack_result.verdict(found, controls, attack_words.hint(chosen, running.newest))
        attack_result.four_pictures(found, control, chosen, controls=controls, flicker=flicker)


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
        if METHODS[chosen.method].counts_pixels:  # there is no ε
            return
        st.markdown("**The smallest ε that fools**, by projected gradient descent, verified on the rounded picture:")
        if st.toggle("Search for it", key="attack_smallest", bind="query-params"):
            look_for_smallest()


def look_for_smallest() -> None:
    """The search for the smallest ε, every one that it tries as it goes."""
    norm = "l2" if chosen.norm == "l2" else "linf"
    key = ("smallest", net, image, goal, norm, chosen.steps)
    job.run("attack_smallest_job", key, lambda: smallest_epsilon(net, image, goal, norm=norm, steps=chosen.steps),
            lambda trial: trial)  # fmt: skip

    def show_trials(running: job.Job[Trial, Trial]) -> None:
        tried = list(running.kept)
        attack_result.trials(tried, smallest(tried), norm, done=running.finished.is_set())

    job.watch("attack_smallest_job", show_trials)


view = choose_view(VIEWS, key="attack_view")
if view == VIEWS[4] and not (reason := browser_attack.why_not(net, chosen)):
    browser_attack.drag(net, image, goal, chosen)
    network.note(net)
    closing(**attack_words.closing_words(chosen, goal, 4), tab="adversarial")
    frame.end_page()
if view == VIEWS[4]:
    st.info(reason, icon=":material/dns:")
    view = VIEWS[0]
scale = chosen.epsilon if METHODS[chosen.method].bounded and chosen.norm == "linf" else 0.0
running = job.run(
    SLOT,
    ("attack", net, image, goal, chosen),
    lambda: trajectory(net, image, goal, chosen),
    lambda iterate: attack_result.keep(iterate, original, chosen.steps, scale),
)  # fmt: skip
job.watch(SLOT, draw, progress=job.numbered(chosen.steps), waiting="Computing the first gradient …")
if running.finished.is_set() and running.latest is not None and running.error is None:
    done = attack_at(running.latest)
    control = shuffled_control(net, image, done, goal, seed=chosen.seed)
    scene = attack_result.ShownAttack(net, image, goal, chosen, done, control)
    if view == VIEWS[0]:
        details(done)
    elif view == VIEWS[1]:
        attack_curves.curves(scene, running.kept)
    elif view == VIEWS[2]:
        attack_survival.survives(scene)
    else:
        attack_reasons.reasons(scene)
network.note(net)
with corner:
    if running.latest is not None and running.error is None:
        done = attack_at(running.latest)
        take_picture(
            done.adversarial.uint8, f"{file_name(image.name, 'as', done.after[0][0])}.png", "The adversarial picture"
        )
        take_array(done.perturbation, "perturbation.npy", "The perturbation as numbers")
        take_film(partial(attack_result.film, list(running.kept)), "attack", "The attack, step by step")
    wanted = None if target is None else net.labels[target]
    take_code(
        network.code(net)
        + f"image = {picture.code()}\n"
        + f"found = explorer.attack(network, image, {attack_settings.code(chosen, wanted)})\n"
        + "print(found.before[0], found.after[0], found.success, 255 * found.linf, found.l2)"
    )
closing(**attack_words.closing_words(chosen, goal, VIEWS.index(view)), tab="adversarial")
