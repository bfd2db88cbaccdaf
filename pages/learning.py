"""Learning: filters begin as noise and become edges while a small network learns to tell patches of photographs apart."""

import streamlit as st

import explorer
from explorer import plots, render
from pages.parts import frame, job, network, picture, show
from pages.parts.learned import Frame, curve, filter_sheet, frame_of
from pages.parts.player import play
from pages.parts.takeaway import take_array, take_code, take_picture
from pages.parts.words import percent, plain

SLOT, WANTED = "learning", "learning_wanted"  # in the session: the job, and what it was asked for
UNITS = {"selectivity": "orientation selectivity", "accuracy": "share right", "loss": "cross-entropy, nats"}
FILTERS = [8, 16, 24, 32, 48, 64, 96]
RATES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05]
DECAYS = [0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
SAMPLES, MINE = "samples", "my picture"
LABELS = ["true", "shuffled"]
SHIPPED = "This run came with the app. Each tile is one filter on its own scale; mid-grey is zero."

corner = frame.heading(
    "Learning",
    "Nobody draws the filters. A small network that has to tell patches of photographs apart begins with noise, and "
    "finds edges and colour contrasts by itself.",
)
image = picture.current()
with st.spinner("Waking the network: the first time takes some seconds …"):
    from explorer.epochs import Epoch
    from explorer.learned import PHOTOGRAPHS, PLAIN, SHUFFLED, TRUE, shipped
    from explorer.patches import TrainingError
    from explorer.training import Settings, as_network, train


@st.cache_data(show_spinner=False)
def shipped_frames(run: str) -> list[Frame]:
    return [frame_of(epoch) for epoch in shipped(run)]


def knobs() -> tuple[Settings, int, str]:
    """What to train: settings, seed, and on which photographs."""
    one, two, three = st.columns(3, vertical_alignment="bottom")
    filters = one.select_slider("Filters", FILTERS, 48, key="learning_filters", bind="query-params")
    rate = two.select_slider("Learning rate", RATES, 0.005, key="learning_rate", bind="query-params",
                             format_func="{:g}".format, help="How far each step goes.")  # fmt: skip
    decay = three.select_slider("Weight decay", DECAYS, 0.2, key="learning_decay", bind="query-params",
                                format_func="{:g}".format, help="How fast what is not used fades.")  # fmt: skip
    which, names, seeds = st.columns([3, 3, 2], vertical_alignment="bottom")
    source = which.segmented_control("Photographs", [SAMPLES, MINE], default=SAMPLES, required=True,
                                     key="learning_source", bind="query-params")  # fmt: skip
    labels = names.segmented_control("Labels", LABELS, default=LABELS[0], required=True, key="learning_labels",
                                     bind="query-params", help="With shuffled labels there is nothing to find: "
                                     "the control.")  # fmt: skip
    seed = seeds.number_input("Seed", 0, 9999, 0, key="learning_seed", bind="query-params")
    norm = st.toggle("Batch normalization", value=True, key="learning_norm", bind="query-params")
    settings = Settings(filters=int(filters), rate=rate, decay=decay, batch_norm=norm, shuffled=labels == LABELS[1])
    return settings, int(seed), str(source)


def ask(settings: Settings, seed: int, source: str) -> None:
    """Train with these settings from now on."""
    job.again(SLOT)
    images = (image,) if source == MINE else tuple(explorer.sample(name) for name in PHOTOGRAPHS)
    st.session_state[WANTED] = settings, seed, images


def back() -> None:
    """Show the run that came with the app."""
    job.again(SLOT)
    st.session_state.pop(WANTED, None)


def begin() -> job.Job[Epoch, Frame] | None:
    """The visitor's own run, or none: then the shipped one is shown."""
    if WANTED not in st.session_state:
        return None
    settings, seed, images = st.session_state[WANTED]
    try:
        return job.run(SLOT, ("learning", settings, seed, images), lambda: train(images, settings, seed=seed), frame_of)
    except (TrainingError, explorer.NetworkError) as error:
        st.session_state.pop(WANTED)
        st.warning(plain(str(error)), icon=":material/broken_image:")
        return None


def through_time(frames: list[Frame]) -> None:
    """The filters of every epoch, the last one first."""
    alt = "The filters of the first layer, zero at mid-grey"
    play([one.sheet for one in frames], [one.caption for one in frames], alt=alt, key="learning_player")


def draw(running: job.Job[Epoch, Frame]) -> None:
    """The filters of a run as it goes."""
    frames = list(running.kept)
    if running.error is not None:
        st.error(plain(str(running.error)))
    if not frames:
        st.caption("Cutting patches out of the photographs …")
    elif running.finished.is_set():
        through_time(frames)
    else:
        show.encoded(frames[-1].sheet, "The filters now, zero at mid-grey")
        st.progress(frames[-1].number / settings_of(running).epochs, frames[-1].caption.capitalize())


def settings_of(running: job.Job[Epoch, Frame] | None) -> Settings:
    return Settings() if running is None else running.key[1]


def curves(running: job.Job[Epoch, Frame] | None) -> None:
    """How it went, again and again while it goes."""
    going = running is not None and not running.finished.is_set()

    @st.fragment(run_every=0.5 if going else None)
    def view() -> None:
        frames = shipped_frames(TRUE) if running is None else list(running.kept)
        which = st.segmented_control("Curve", list(UNITS), default="selectivity", required=True, key="learning_view",
                                     bind="query-params", label_visibility="collapsed")  # fmt: skip
        if frames:
            show.chart(chart(str(which), frames, settings_of(running)), key=f"learning_curve_{which}_{going}")
            st.markdown(summary(frames, settings_of(running)))

    view()


def chart(which: str, frames: list[Frame], settings: Settings):  # noqa: ANN201 - Plotly is slow to import
    at = list(range(settings.epochs + 1))
    if which == "selectivity":
        series = {"this run": curve(frames, which), "before learning": [frames[0].selectivity] * len(at)}
        if not settings.shuffled:
            series["shuffled labels"] = curve(shipped_frames(SHUFFLED)[: len(at)], which)
    elif which == "accuracy":
        series = {"views it learns from": curve(frames, which), "new views": curve(frames, "held_out")}
    else:
        series = {"": curve(frames, which)}
    return plots.lines(series, x="epoch", y=UNITS[which], at=at, height=210)


def summary(frames: list[Frame], settings: Settings) -> str:
    """What has been reached, beside its controls."""
    first, last = frames[0], frames[-1]
    control = "" if settings.shuffled else (
        f"; with shuffled labels **{shipped_frames(SHUFFLED)[settings.epochs].selectivity:.2f}**"
    )  # fmt: skip
    return (
        f"Selectivity **{first.selectivity:.2f}** before learning, **{last.selectivity:.2f}** now{control}. New views "
        f"told apart: **{percent(last.held_out)}**, by chance {percent(1 / settings.patches)}."
    )


left, right = st.columns([6, 5], gap="large")
running = begin()
with left:
    if running is None:
        through_time(shipped_frames(TRUE))
        st.caption(SHIPPED)
    else:
        job.watch(SLOT, draw)
with right:
    wanted = knobs()
    with st.container(horizontal=True):
        st.button("Train", type="primary", icon=":material/play_arrow:", on_click=ask, args=wanted, key="learning_go")
        if running is not None:
            st.button("Back to the shipped run", icon=":material/undo:", on_click=back, key="learning_back")
    curves(running)
