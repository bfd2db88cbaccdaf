"""Learning: filters begin as noise and become edges while a small network learns to tell patches apart."""

import streamlit as st

import explorer
from explorer.learning.errors import TrainingError
from explorer.learning.exemplar_cnn.epochs import Epoch
from explorer.learning.exemplar_cnn.shipped_runs import TRUE, shipped
from explorer.learning.exemplar_cnn.training import TrainingSettings, as_network, train
from pages.parts.learning import ablations, learned_files
from pages.parts.learning.epoch_frames import EpochFrame, frame_of, shipped_frames
from pages.parts.learning.learning_curves import curves, settings_of
from pages.parts.learning.training_settings import choose_settings
from pages.parts.pickers import network, picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.words import counted, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.player import play

SLOT, WANTED = "learning", "learning_wanted"  # in the session: the job, and what it was asked for
SHIPPED = "This run came with the app. Each tile is one filter on its own scale; mid-grey is zero."

corner = frame.heading(
    "Learning",
    "Nobody draws the filters. A small network that has to tell patches of photographs apart begins with noise, and "
    "finds edges and colour contrasts by itself.",
)
image = picture.current()


def ask(settings: TrainingSettings, seed: int, images: tuple[explorer.Image, ...]) -> None:
    """Train with these settings from now on."""
    job.again(SLOT)
    st.session_state[WANTED] = settings, seed, images


def back() -> None:
    """Show the run that came with the app."""
    job.again(SLOT)
    st.session_state.pop(WANTED, None)


def begin() -> job.Job[Epoch, EpochFrame] | None:
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


def play_epochs(frames: list[EpochFrame], *, link: str = "") -> None:
    """The filters of every epoch: from the noise they began as in the run that came with the app, else from the end."""
    alt = "The filters of the first layer, zero at mid-grey"
    start = 0 if link else -1
    sheets, captions = [one.sheet for one in frames], [one.caption for one in frames]
    play(sheets, captions, alt=alt, key="learning_player", start=start, link=link)


def draw(running: job.Job[Epoch, EpochFrame]) -> None:
    """The filters of a run as it goes."""
    frames = list(running.kept)
    if running.finished.is_set():
        play_epochs(frames)
    else:
        show.encoded(frames[-1].sheet, "The filters now, zero at mid-grey", crisp=True)


def progress(running: job.Job[Epoch, EpochFrame]) -> tuple[float, str]:
    """The share of the epochs that is done, and the newest one in words."""
    newest = running.kept[-1]
    return newest.number / settings_of(running).epochs, newest.caption.capitalize()


left, right = st.columns([6, 5], gap="large")
running = begin()
with left:
    if running is None:
        play_epochs(shipped_frames(TRUE), link="learning_epoch")
        st.caption(SHIPPED)
    else:
        job.watch(SLOT, draw, progress=progress, waiting="Cutting patches out of the photographs …")
with right:
    wanted = choose_settings(image)
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
    network.take_own(as_network(epoch, name="learned from patches"))
    st.toast("The other screens now use this network.", icon=":material/check:")


def take(running: job.Job[Epoch, EpochFrame] | None) -> None:
    """The button that takes the network to other screens, and the files, of the last epoch."""
    last = shipped(TRUE)[-1] if running is None else running.latest
    if last is None:
        return
    with buttons:
        st.button("Use this network", icon=":material/hub:", on_click=use, args=(last,), key="learning_use",
                  help="On the other screens: its classes are the patches it was trained on.")  # fmt: skip
    with corner:
        learned_files.take(running, last)


take(running)


st.divider()
one, two = st.columns(2, gap="large")
with one:
    ablations.shuffled_labels()
with two:
    ablations.batch_norm()
settings = settings_of(running)
closing(
    look_for="Edges of one orientation, and one colour against another, coming out of the noise in ten epochs.",
    try_="Shuffled labels; no weight decay, and the first noise stays; your own picture.",
    it_means=f"The network doesn't know what is in the photographs: of {settings.patches} patches, with "
    f"{counted(settings.views, 'view')} of each, turned, shifted, scaled, mirrored and recoloured, it has "
    "been told nothing but which views belong together (Exemplar-CNN, Dosovitskiy et al. 2014). Whatever "
    "tells patches apart in spite of all this is worth a filter.",
    formula=r"$\min_\theta -\frac1N\sum_i \log p_\theta(\text{patch}_i \mid \text{view}_i)$"
    "\n\n"
    r"Here $\theta$ are the network's weights and $p_\theta$ is the probability it gives to the patch that "
    "view $i$ of all $N$ was made from (Dosovitskiy et al. 2014).",
)
with st.expander("How selectivity is measured"):
    st.markdown(
        r"$|\sum_f P(f)\,e^{2i\theta_f}| / \sum_f P(f)$ over a filter's power spectrum $P$, where the wave $f$ runs at "
        r"the angle $\theta_f$: 1 for stripes, 0 for noise or a blob (one minus the circular variance, Ringach et al. "
        "2002). The mean over the filters is weighted by their energy."
    )
