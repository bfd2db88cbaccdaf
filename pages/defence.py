"""Defence: a small model learns from its own adversarial examples, beside one that doesn't and one that sees noise."""

import streamlit as st

from explorer import plots
from explorer.attacks import AttackError
from explorer.learning.adversarial_training import WAYS, Hardening, HardeningEpoch, harden
from explorer.learning.digits import MODELS, split_digits
from explorer.learning.robust_accuracy import noisy_digits, perturbed_digits
from pages.parts.adversarial.digits import digit_rows
from pages.parts.shell import frame
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.takeaway import take_code

SLOT = "defence"
EPSILONS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
NAMES = {"plain": "as usual", "noise": "with noise", "hardened": "hardened"}
SHOWN = 8  # digits
NO_BREAK = "\u00a0"

corner = frame.heading(
    "Defence",
    "Can a model be hardened? Three copies of one small model learn to read digits: as usual, with random noise, and "
    "on adversarial examples made against itself at every step.",
)


def settings() -> tuple[Hardening, int]:
    one, two, three, four, five = st.columns([2, 2, 2, 2, 1], vertical_alignment="bottom")
    model = one.segmented_control("Model", MODELS, default=MODELS[0], required=True, key="defence_model",
                                  bind="query-params")  # fmt: skip
    epsilon = two.select_slider("ε: largest change", EPSILONS, 0.15, key="defence_epsilon",
                                bind="query-params", help="Of any pixel; 1 is the way from paper to ink.")  # fmt: skip
    steps = three.select_slider("Steps of its attack", [1, 2, 5, 10], 5, key="defence_steps",
                                bind="query-params", help="Of the attack learned from; 1 is the fast way.")  # fmt: skip
    epochs = four.select_slider("Passes", [5, 10, 15, 25, 50], 15, key="defence_epochs",
                                bind="query-params")  # fmt: skip
    seed = five.number_input("Seed", 0, 9999, 0, key="defence_seed", bind="query-params")
    return Hardening(epsilon=epsilon, steps=int(steps), epochs=int(epochs), model=str(model)), int(seed)


def learning(kept: list[dict[str, float]], *, done: bool) -> None:
    """Robust and clean accuracy while the three learn."""
    series = {NAMES[way]: [one[way] for one in kept] for way in WAYS}
    at = list(range(1, len(kept) + 1))
    figure = plots.lines(series, x="pass", y=f"right under attack, ε = {wanted.epsilon:g}", at=at, height=270)
    show.chart(figure, key=f"defence_learning_{done}")


def robustness(last: HardeningEpoch, *, done: bool) -> None:
    """Accuracy against ε, with intervals; noise alone, the control, is dashed, the ε learned from is marked."""
    at = [point.epsilon for point in last.points]
    attacked = {NAMES[way]: [point.attacked[way] for point in last.points] for way in WAYS}
    series = {name: [share.value for share in shares] for name, shares in attacked.items()}
    bands = {name: tuple(zip(*(share.interval for share in shares), strict=True)) for name, shares in attacked.items()}
    control = "as usual, only noise"
    series[control] = [point.noisy["plain"].value for point in last.points]
    noisy = [point.noisy["plain"].interval for point in last.points]
    bands[control] = tuple(zip(*noisy, strict=True))
    figure = plots.lines(
        series, x="ε of the attack", y="read right", at=at, bands=bands, dashed=[control],
        here=("learned from", wanted.epsilon), height=270,
    )  # fmt: skip
    show.chart(figure, key=f"defence_robustness_{done}")


def table(last: HardeningEpoch) -> None:
    """Clean and robust accuracy and the cost, one row a model."""
    rows = []
    for way in WAYS:
        clean, robust = last.clean[way], last.robust[way]
        rows.append(
            f"| {NAMES[way].replace(' ', NO_BREAK)} | {_share(clean)} | {_share(robust)} | {last.seconds[way]:.1f} s |"
        )
    st.markdown(f"| | clean | under attack, ε = {wanted.epsilon:g} | time |\n|---|---|---|---|\n" + "\n".join(rows))


def _share(share) -> str:
    low, high = share.interval
    return f"**{percent(share.value)}** ({100 * low:.0f}\u2060–\u2060{100 * high:.0f})"  # in one line


def side_by_side(last: HardeningEpoch) -> None:
    """The same digits as each model finds them worst, and what it says."""
    _, held_out = split_digits()
    digits = held_out.first(SHOWN)
    labels = digits.labels.tolist()
    rows = [("clean", *seen(last, "plain", None))]
    rows += [(f"attacked: {NAMES[way]}", *seen(last, way, perturbed_digits)) for way in WAYS]
    rows += [("only noise", *seen(last, "plain", noisy_digits))]
    digit_rows(rows, labels, "Digits, clean and attacked, with what each model says of them")


def seen(last: HardeningEpoch, way: str, change):
    _, held_out = split_digits()
    digits = held_out.first(SHOWN)
    pictures = digits.pictures if change is None else change(last.models[way], digits, wanted.epsilon)
    return pictures[:, 0].numpy(), last.models[way](pictures).argmax(1).tolist()


def draw(running: job.Job[HardeningEpoch, dict[str, float]]) -> None:
    last = running.newest
    done = running.finished.is_set()
    left, right = st.columns(2, gap="large")
    with left:
        if last.points:
            robustness(last, done=done)
        else:
            learning([one for one in running.kept if one], done=done)
        table(last)
    with right:
        side_by_side(last)
        st.caption(
            "Each attacked row is made for its own model, and read by it; ✗ is a wrong answer. The first and the last "
            "row are read by the model that learned as usual."
        )


def progress(running: job.Job[HardeningEpoch, dict[str, float]]) -> tuple[float, str]:
    last = running.newest
    return last.number / wanted.epochs, "Measuring …" if last.points else f"Pass {last.number} of {wanted.epochs}"


wanted, seed = settings()
try:
    running = job.run(
        SLOT,
        ("defence", wanted, seed),
        lambda: harden(wanted, seed=seed, device="cpu"),
        lambda one: {} if one.points else {way: one.robust[way].value for way in WAYS},
    )
except AttackError as error:
    st.info(plain(str(error)))
    st.stop()
job.watch(SLOT, draw, progress=progress, waiting="The first pass …")
if running.finished.is_set() and running.latest is not None and running.latest.points:  # else it stands above
    with st.expander("How it went while they learned"):
        learning([one for one in running.kept if one], done=True)
with corner:
    take_code(
        "from explorer.learning.adversarial_training import Hardening, harden\n\n"
        f"*_, last = harden({wanted!r}, seed={seed})\n"
        "for point in last.points:\n"
        "    print(point.epsilon, point.attacked, point.noisy)"
    )
st.markdown(
    "**Look for** where the curves part: the hardened model stands where the usual one falls. The price here is "
    "time; on harder pictures it is clean accuracy too (Tsipras et al. 2019). Noise of the same size fools few, and "
    "learning from noise helps little: the worst direction is not a random one. "
    "**Try** an attack larger than the one it learned from; the linear "
    "model; one step instead of five. "
    r"**It means** $\min_\theta \mathbb{E}_{(x, y)} \max_{\|\delta\|_\infty \le \epsilon} \text{loss}(\theta, x + "
    rf"\delta, y)$ with $\epsilon = {wanted.epsilon:g}$, the inner maximum climbed by {wanted.steps} gradient steps "
    "from a random start (Madry et al. 2018; one step: Wong et al. 2020). "
    "It does not mean that the model is safe. Only this kind of change was trained for: others, larger or of another "
    "shape, still fool it. And what no attack has found is not proof that there is none: these shares are upper "
    "bounds, by five attacks of 20 steps; defences are judged by attacks made for them (Carlini "
    "et al. 2019). Shares are of 600 digits that nobody learned from (200 for the table's attack), with Wilson's 95 % "
    "interval; three models of one seed are one experiment. For the linear model the worst change is known exactly: "
    r"$\epsilon \cdot \text{sign}(w)$, which moves a margin by $\epsilon \|w\|_1$ (Goodfellow et al. 2015)."
)
