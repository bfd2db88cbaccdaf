"""Learning: filters begin as noise and become edges while a small network learns to tell patches apart."""

import streamlit as st

import explorer
from explorer import plots, render
from pages.parts import frame, job, picture, show
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
    from explorer.learning.epochs import Epoch
    from explorer.learning.learned import PHOTOGRAPHS, PLAIN, SHUFFLED, TRUE, shipped
    from explorer.learning.patches import TrainingError
    from explorer.learning.training import Settings, as_network, train


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
    which, names = st.columns(2, vertical_alignment="bottom")
    norms, seeds = st.columns(2, vertical_alignment="bottom")
    source = which.segmented_control("Photographs", [SAMPLES, MINE], default=SAMPLES, required=True,
                                     key="learning_source", bind="query-params")  # fmt: skip
    labels = names.segmented_control("Labels", LABELS, default=LABELS[0], required=True, key="learning_labels",
                                     bind="query-params", help="With shuffled labels there is nothing to find: "
                                     "the control.")  # fmt: skip
    seed = seeds.number_input("Seed", 0, 9999, 0, key="learning_seed", bind="query-params")
    norm = norms.toggle("Batch normalization", value=True, key="learning_norm", bind="query-params")
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


def chart(which: str, frames: list[Frame], settings: Settings):
    at = list(range(settings.epochs + 1))
    if which == "selectivity":
        series = {"this run": curve(frames, which), "before learning": [frames[0].selectivity] * len(at)}
        if not settings.shuffled:
            series["shuffled labels"] = curve(shipped_frames(SHUFFLED)[: len(at)], which)
    elif which == "accuracy":
        series = {"views it learns from": curve(frames, which), "new views": curve(frames, "held_out")}
    else:
        series = {"": curve(frames, which)}
    return plots.lines(series, x="epoch", y=UNITS[which], at=at, height=200)


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
    buttons = st.container(horizontal=True)
    with buttons:
        st.button("Train", type="primary", icon=":material/play_arrow:", on_click=ask, args=wanted, key="learning_go")
        if running is not None:
            st.button(
                "Back",
                icon=":material/undo:",
                on_click=back,
                key="learning_back",
                help="To the run that came with the app.",
            )
    curves(running)


def use(epoch: Epoch) -> None:
    """Take what was learned to the other screens."""
    st.session_state["own_network"] = as_network(epoch, name="learned from patches")
    st.session_state["network_wish"] = "own_network"
    st.toast("The other screens now use this network.", icon=":material/check:")


def take(running: job.Job[Epoch, Frame] | None) -> None:
    last = shipped(TRUE)[-1] if running is None else running.latest
    if last is None:
        return
    with buttons:
        st.button("Use this network", icon=":material/hub:", on_click=use, args=(last,), key="learning_use",
                  help="On the other screens: its classes are the patches it was trained on.")  # fmt: skip
    with corner:
        take_picture(render.enlarge(filter_sheet(last.filters), 800), "learned-filters.png", "The filters")
        take_array(last.filters, "learned-filters.npy", "The filters as numbers")
        take_code(
            "import explorer\nfrom explorer.learning.training import Settings, train\n\n"
            f"settings = {settings_of(running)!r}\n"
            "for epoch in train([explorer.open_image('photograph.jpg')], settings, seed=0):\n"
            "    print(epoch.number, epoch.held_out, epoch.selectivity)"
        )


take(running)


def beneath() -> None:
    """Two of the lecture's points, each with the run that differs in one thing only."""
    one, two = st.columns(2, gap="large")
    true, control, bare = (shipped_frames(run) for run in (TRUE, SHUFFLED, PLAIN))
    with one:
        st.subheader("Learning by heart: shuffled labels", anchor=False)
        series = {"true labels": curve(true, "accuracy"), "shuffled labels": curve(control, "accuracy"),
                  "shuffled, new views": curve(control, "held_out")}  # fmt: skip
        at = [one.number for one in control]
        show.chart(plots.lines(series, x="epoch", y="share right", at=at, height=220), key="learning_by_heart")
        st.markdown(
            f"The same views, but their labels dealt out at random: after {control[-1].number} epochs the network "
            f"knows **{percent(control[-1].accuracy)}** of them by heart, and of new views "
            f"**{percent(control[-1].held_out)}**, which is chance. That a network *can* fit anything does not explain "
            f"why it generalizes when there is something to find (Zhang et al. 2017). Its filters become smoother too "
            f"({control[-1].selectivity:.2f}): neighbouring pixels are alike whatever the labels say. "
            f"The rest, up to {true[-1].selectivity:.2f}, is owed to the task."
        )
    with two:
        st.subheader("Batch normalization", anchor=False)
        series = {"with": curve(true, "held_out"), "without": curve(bare, "held_out")}
        show.chart(plots.lines(series, x="epoch", y="share of new views right", height=220), key="learning_norm_curve")
        st.markdown(
            r"Each map is made to have mean 0 and variance 1 over the batch, then learns its own scale and offset: "
            r"$y = \gamma\,(\bar z - \mu) / \sqrt{\sigma^2 + 10^{-5}} + c$ "
            "(Ioffe & Szegedy 2015). Same seed, same filters at the start: with it "
            f"**{percent(true[10].held_out)}** of new views are right after 10 epochs and "
            f"**{percent(true[-1].held_out)}** at the end, without it **{percent(bare[10].held_out)}** and "
            f"**{percent(bare[-1].held_out)}**. One seed is one experiment: try another, and a larger learning rate."
        )


st.divider()
beneath()
settings = settings_of(running)
st.markdown(
    "**Look for** edges of one orientation, and one colour against another, coming out of the noise in the first ten "
    "epochs. **Try** shuffled labels, no weight decay (the first noise stays), your own picture. "
    rf"**It means** $\min_\theta -\frac1N\sum_i \log p_\theta(\text{{patch}}_i \mid \text{{view}}_i)$ over "
    f"{settings.patches} patches and {settings.views} views of each, turned, shifted, scaled, mirrored and recoloured "
    "(Exemplar-CNN, Dosovitskiy et al. 2014): whatever tells patches apart in spite of all this is worth a filter. "
    r"Selectivity is $|\sum_f P(f)\,e^{2i\theta_f}| / \sum_f P(f)$ over a filter's power spectrum, 1 for stripes and 0 "
    "for noise or a blob (one minus the circular variance, Ringach et al. 2002); their mean is weighted by energy. It "
    "does not mean that the network knows what is in the photographs: it has been told nothing but which views "
    "belong together."
)
