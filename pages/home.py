"""Home: the door. The path, a picture to start with and what the network sees in it, then the rooms."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.path import progress
from pages.parts.pickers import network, picture
from pages.parts.shell import frame, screen_cards, screens
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import show

PROMISES = {
    "Convolution": "Edit a kernel and watch your picture answer, then see all that such a grid is good for.",
    "Inside a network": "The kernels a network has learned by itself, and your picture as each of its layers sees it.",
    "What it looks for": "The inputs that excite one unit most: painted by gradient, and found in photographs.",
    "How it learns": "Noise becomes edges while a small network learns, and what else decides how well it learns.",
    "How it is fooled": "The change, too small to see, that makes it say broccoli, beside noise that changes nothing.",
}

frame.title(
    "One picture, all the way through a network",
    "What does a network see in a picture, and how little makes it see something else? Follow one through everything "
    "that a convolutional network does with it. All is computed here, on your own picture if you like.",
)


def begin() -> None:
    """The way in: the lecture's path, and the short one."""
    with st.container(horizontal=True, vertical_alignment="center", key="home_begin"):
        for number, (name, path) in enumerate(progress.paths().items()):
            first = progress.Waypoint(name, 1)
            words = "Begin: " if number == 0 else f"{plain(path.title)} "
            st.button(
                f"{words}{path.minutes} minutes, your picture" if number == 0 else f"{words}{path.minutes} minutes",
                type="primary" if number == 0 else "secondary", icon=":material/route:", on_click=progress.go,
                args=(first,), key=f"home_begin_{name}",
            )  # fmt: skip
        st.markdown(":small[One question at each station; your picture answers.]", width="content")


def what_it_sees() -> None:
    """The picture in use, and the names that the network gives it."""
    image = picture.current()
    left, right = st.columns([3, 2], gap="large")
    with right:
        st.header("What the network sees", anchor=False)
        net = network.known(image) or network.current()
    crop = net.crop(image)
    whole = crop == (0, 0, image.height, image.width)
    with left:
        show.image(image, f"The picture in use: {image.name}", within=None if whole else crop)
        picture.bring("Bring your own picture, or take a photo", "_home")
        picture.refusal()
    with right:
        said = net.predict(image)
        show.predictions(said, watched=[said[0][0]])
        st.markdown(
            f"Of the {len(net.labels):,} names it knows, **{plain(said[0][0])}** gets {percent(said[0][1])}. "
            + ("" if whole else "It sees only what is inside the frame. ")
            + "Is it right?"
        )
        network.note(net)


@live
def with_the_picture(picker: DeltaGenerator, seen: DeltaGenerator, sheet: DeltaGenerator) -> None:
    """What changes with the picture: choosing another draws this anew, and not the whole page with its menu."""
    with picker:
        picture.pick()
    with seen:
        what_it_sees()
    with sheet:
        picture.gallery()


begin()
seen = st.container()
screen_cards.cards(screens.SECTIONS, PROMISES)
st.header("Pick a picture", anchor=False)
sheet = st.container()
frame.draw_with_picker(lambda picker: with_the_picture(picker, seen, sheet))
