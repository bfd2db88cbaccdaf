"""Home: what this is, a picture to start with, and what the network sees in it."""

import streamlit as st

from pages.parts import frame, network, picture, show
from pages.parts.words import percent, plain

ROOMS = (
    ("pages/convolution.py", "Convolution", "Edit a kernel and watch your picture answer."),
    ("pages/filters.py", "Filters", "The kernels the network has learned by itself."),
    ("pages/feature_maps.py", "Feature maps", "Your picture as each layer sees it."),
    ("pages/neurons.py", "Neurons", "The inputs that excite one unit most."),
    ("pages/adversarial.py", "Adversarial", "The tiny change that makes it see broccoli."),
)

frame.title(
    "One picture, all the way through a network",
    "Bring a picture and follow it through everything a convolutional network does with it: from the first kernel "
    "to the label, and to the small change that overturns the label. Everything is computed here, on your picture.",
)


@st.fragment
def what_it_sees() -> None:
    image = picture.current()
    left, right = st.columns([3, 2], gap="large")
    with left:
        show.image(image, f"The picture in use: {image.name}")
    with right:
        st.subheader("What the network sees", anchor=False)
        net = network.current()
        said = net.predict(image)
        show.predictions(said, watched=[said[0][0]])
        st.markdown(
            f"Of the {len(net.labels):,} names it knows, **{plain(said[0][0])}** gets {percent(said[0][1])}. "
            "It looks at the middle square of the picture. Is it right?"
        )
        network.note(net)


def rooms() -> None:
    st.subheader("Follow the picture inside", anchor=False)
    for (page, title, promise), cell in zip(ROOMS, st.columns(len(ROOMS)), strict=True):
        with cell.container(border=True, height="stretch"):
            st.page_link(page, label=f"**{title}**", icon=":material/arrow_forward:")
            st.caption(promise)


what_it_sees()
rooms()
st.subheader("Pick a picture", anchor=False)
picture.gallery()
