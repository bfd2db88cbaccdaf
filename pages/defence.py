"""Defence: a small model learns from its own adversarial examples, beside one that doesn't and one that sees noise."""

import streamlit as st

from explorer import plots
from explorer.attacks import AttackError
from explorer.learning.datasets.digits import split_digits
from explorer.learning.robustness.adversarial_training import (
    WAYS,
    AdversarialTraining,
    AdversarialTrainingEpoch,
    train_adversarially,
)
from explorer.learning.robustness.digit_models import MODELS
from explorer.learning.robustness.robust_accuracy import noisy_digits, perturbed_digits
from explorer.learning.robustness.written_defence import read_defence
from pages.parts.adversarial.defended import NAMES, control, overfitting, robustness, table
from pages.parts.adversarial.digits import digit_rows
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.words import plain
from pages.parts.widgets import job, link_choices, show
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import take_code

SLOT = "defence"
EPSILONS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
OWN = "adversarially trained, under its own attack"
SHOWN = 8  # digits

corner = frame.heading(
    "Defence",
    "Can a model learn to withstand attacks? Three copies of one small model learn to read digits: by standard "
    "training, with random noise, and by adversarial training, on examples made against itself at every step.",
)
frame.hide_pickers("picture", "network")
link_choices.follow(
    {
        "defence_epsilon": link_choices.among("ε", [str(one) for one in EPSILONS]),
        "defence_steps": link_choices.among("Training attack steps", ["1", "2", "5", "10"]),
        "defence_epochs": link_choices.among("Epochs", ["5", "10", "15", "25", "50"]),
        "defence_model": link_choices.among("Model", ["small CNN", "linear"], {"cnn": "small CNN"}),
        "defence_seed": link_choices.between("Seed", 0, 9999),
    }
)


def settings() -> tuple[AdversarialTraining, int]:
    """How to train, and the seed."""
    one, two, last = st.columns([2, 3, 1], vertical_alignment="bottom")
    model = one.segmented_control("Model", MODELS, default=MODELS[0], required=True, key="defence_model",
                                  bind="query-params")  # fmt: skip
    epsilon = two.select_slider("ε: largest change of a pixel", EPSILONS, 0.15, key="defence_epsilon",
                                bind="query-params", help="1 is the whole range from paper to ink.")  # fmt: skip
    with more("defence_steps", "defence_epochs", "defence_seed", place=last, width="stretch"):
        steps = st.select_slider("Training attack steps", [1, 2, 5, 10], 5, key="defence_steps",
                                 bind="query-params", help="For each example; 1: the fast variant.")  # fmt: skip
        epochs = st.select_slider("Epochs", [5, 10, 15, 25, 50], 15, key="defence_epochs", bind="query-params")
        seed = st.number_input("Seed", 0, 9999, 0, key="defence_seed", bind="query-params")
    return AdversarialTraining(epsilon=epsilon, steps=int(steps), epochs=int(epochs), model=str(model)), int(seed)


def learning(kept: list[dict[str, float]], *, key: str) -> None:
    """Accuracy under a quick attack as the three learn, and under the attack that is learned from (dashed)."""
    series = {NAMES[way]: [one[way] for one in kept] for way in WAYS} | {OWN: [one[OWN] for one in kept]}
    figure = plots.lines(
        series, x="epoch", y=f"accuracy, quick attack, ε = {chosen.epsilon:g}", at=list(range(1, len(kept) + 1)),
        dashed=[OWN], height=270,
    )  # fmt: skip
    show.chart(plots.marked(figure, list(range(1, len(kept) + 1))), key=key)


def side_by_side(last: AdversarialTrainingEpoch) -> None:
    """The same digits clean, attacked for each model, and with noise, each with what a model takes it for."""
    _, held_out = split_digits()
    digits = held_out.first(SHOWN)
    rows = [("clean", "plain", digits.pictures)]
    rows += [
        (f"attacked: {NAMES[way]}", way, perturbed_digits(last.models[way], digits, chosen.epsilon)) for way in WAYS
    ]
    rows += [("only noise", "plain", noisy_digits(last.models["plain"], digits, chosen.epsilon))]
    predicted = [
        (name, pictures[:, 0].numpy(), last.models[way](pictures).argmax(1).tolist()) for name, way, pictures in rows
    ]
    digit_rows(predicted, digits.labels.tolist(), "Digits, clean and attacked, with what each model says of them")


def draw(running: job.Job[AdversarialTrainingEpoch, dict[str, float]]) -> None:
    """While the models learn their curves, then accuracy against ε; beside it the digits."""
    last = running.newest
    left, right = st.columns(2, gap="large")
    with left:
        if last.points:
            robustness(last, chosen.epsilon)
        else:
            learning([one for one in running.kept if one], key="defence_learning")
        table(last, chosen.epsilon)
        control(last, chosen.epsilon)
        overfitting(last)
    with right:
        side_by_side(last)
        st.caption(
            "Each attacked row is made for its own model, and read by it; ✗ is a wrong answer. The first and the last "
            "row are read by the model of standard training."
        )


def progress(running: job.Job[AdversarialTrainingEpoch, dict[str, float]]) -> tuple[float, str]:
    """The share of the epochs that is done, and what goes on."""
    last = running.newest
    doing = "Attacking at every ε …" if last.points else f"Epoch {last.number} of {chosen.epochs}"
    return last.number / chosen.epochs, doing


chosen, seed = settings()
try:
    running = job.run(
        SLOT,
        ("defence", chosen, seed),
        lambda: train_adversarially(chosen, seed=seed, device="cpu"),
        lambda one: {} if one.points else {way: one.quick[way].value for way in WAYS} | {OWN: one.own.value},
        read=read_defence,
    )
except AttackError as error:
    st.info(plain(str(error)))
    frame.end_page()
job.watch(SLOT, draw, progress=progress, waiting="The first epoch …")
if running.finished.is_set() and running.latest is not None and running.latest.points:
    with st.expander("Accuracy during training"):
        learning([one for one in running.kept if one], key="defence_history")
with corner:
    take_code(
        "from explorer.learning.robustness.adversarial_training import AdversarialTraining, train_adversarially\n\n"
        f"*_, last = train_adversarially({chosen!r}, seed={seed})\n"
        "for point in last.points:\n"
        "    print(point.epsilon, point.attacked, point.noisy, point.exact)"
    )
attack = "one step of 1.25 ε" if chosen.steps == 1 else f"{chosen.steps} gradient steps"
source = "Wong et al. 2020" if chosen.steps == 1 else "Madry et al. 2018"
closing(
    look_for="Where the curves part: the adversarially trained model stands where the usual one falls. Noise of the "
    "same size fools few, and learning from noise helps little: the worst direction is not a random one. The price "
    "here is time; on harder pictures it is clean accuracy too (Tsipras et al. 2019).",
    try_="An attack larger than the one it learned from. The linear model, whose worst case is known exactly. One step "
    "instead of five, with ε = 0.3 and 50 epochs: how much is left under the attack it learns from, and how much under "
    "one of 10 steps?",
    it_means=f"The model has learned from digits made as hard for it as {attack} could, within ε = "
    f"{chosen.epsilon:g}, so such changes fool it less. **It does not mean** that it is safe: other "
    "changes, larger or of another kind, still fool it, and what no attack has found may exist (Carlini et "
    "al. 2019). Three models of one seed are one experiment.",
    formula=r"$\min_\theta \mathbb{E}_{(x, y)} \max_{\|\delta\|_\infty \le \epsilon} \text{loss}(\theta, x + \delta, "
    "y)$"
    "\n\n"
    r"Here $\theta$ are the model's weights, $x$ and $y$ a digit and its label, $\delta$ the change and "
    rf"$\epsilon = {chosen.epsilon:g}$; the inner maximum is climbed by {attack} from a random start "
    rf"({source}). Only the linear model has a proof: its margin falls by at most $\epsilon \|w_y - w_j\|_1$ "
    "(Goodfellow et al. 2015), less where a pixel would leave the range from paper to ink; the exact share "
    "counts that.",
)
