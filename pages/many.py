"""Many pictures: how often an attack works, against ε, beside random changes of the same size."""

import streamlit as st

import explorer
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.samples import sample_names
from pages.parts.adversarial import printable
from pages.parts.adversarial.many_pictures_words import CLOSINGS, PATCH, PER_IMAGE, UNIVERSAL, VIEWS, code
from pages.parts.adversarial.per_image import per_image
from pages.parts.adversarial.sanity import checks
from pages.parts.adversarial.universal_change import universal_change
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.visit import note_own_things
from pages.parts.shell.words import plain
from pages.parts.widgets import link_choices
from pages.parts.widgets.takeaway import take_code
from pages.parts.widgets.views import choose_view

FOR_ALL, CHECKED = (2, 4, 8, 12, 16, 24), (1, 2, 4, 8)
MOST = 60  # files

corner = frame.heading(
    "Many pictures",
    "One fooled picture may be luck. Here every picture is attacked, and every attack stands beside noise of its size.",
)
frame.hide_pickers("picture")
net = network.current()

link_choices.follow(
    {
        "many_view": link_choices.among("View", VIEWS, {"Each its own": PER_IMAGE, "One for all": UNIVERSAL}),
        "many_norm": link_choices.among("Norm", ["L∞", "L2"], {"linf": "L∞", "l2": "L2"}),
        "many_epsilon": link_choices.among("ε", [str(one) for one in FOR_ALL]),
        "many_check_epsilon": link_choices.among("ε", [str(one) for one in CHECKED]),
        "many_steps": link_choices.between("Steps", 1, 50),
        "many_patch_steps": link_choices.between("Steps", 10, 300),
        "many_side": link_choices.among("Side", [str(one) for one in printable.SIDES]),
    },
    {
        key: {str(one): one for one in sizes}
        for key, sizes in (("many_epsilon", FOR_ALL), ("many_check_epsilon", CHECKED), ("many_side", printable.SIDES))
    },
)


def choose_pictures() -> tuple[Image, ...]:
    """The gallery, or files of the visitor's own: those that are no pictures are named and left out."""
    with st.popover("Use your own", icon=":material/add_photo_alternate:", width="stretch"):
        files = st.file_uploader(
            f"Up to {MOST} pictures", max_upload_size=50, accept_multiple_files=True, key="many_files"
        )
    own = []
    if files:
        note_own_things()
    for file in files[:MOST]:
        try:
            own.append(open_image(file, max_side=512))
        except ImageError as error:
            st.warning(plain(str(error)))
    if len(files) > MOST:
        st.warning(f"Only the first {MOST} of {len(files)} files are used.")
    return tuple(own) or tuple(explorer.sample(name) for name in sample_names())


def opened(images: tuple[Image, ...]) -> str:
    """The lines that open the pictures that are attacked."""
    names = [image.name for image in images]
    if names == list(sample_names()):
        return "images = [explorer.sample(name) for name in explorer.sample_names()]\n"
    return f"images = [explorer.open_image(file, max_side=512) for file in {names!r}]\n"


view = choose_view(VIEWS, key="many_view")
cells = st.columns([1.5, 1.2, 1, 1.4], vertical_alignment="bottom")
norm, level, target, side = "linf", 2, 0, 0
if view == PER_IMAGE:
    measure = cells[0].selectbox("Norm", ["L∞", "L2"], 1, key="many_norm", bind="query-params")
    norm = "l2" if measure == "L2" else "linf"
elif view == UNIVERSAL:
    level = int(cells[0].selectbox("ε, in 8-bit levels", FOR_ALL, 0, key="many_epsilon", bind="query-params"))
elif view == PATCH:
    target, side = printable.settings(net, cells[0], cells[1])
else:
    level = int(cells[0].selectbox("ε, in 8-bit levels", CHECKED, 1, key="many_check_epsilon", bind="query-params"))
if view == PATCH:
    steps = int(cells[2].number_input("Steps", 10, 300, 60, 10, key="many_patch_steps", bind="query-params"))
else:
    steps = int(cells[2].number_input("Steps", 1, 50, 10, key="many_steps", bind="query-params"))
with cells[3]:
    images = choose_pictures()


if view == PER_IMAGE:
    per_image(net, images, norm, steps, corner)
elif view == UNIVERSAL:
    universal_change(net, images, level, steps, corner)
elif view == PATCH:
    printable.show_patch(net, images, target, side, steps, corner)
else:
    checks(net, images, level, steps)
network.note(net)
with corner:
    lines = code(view, net, opened(images), norm=norm, level=level, target=target, side=side, steps=steps)
    take_code(network.code(net) + lines)
closing(**CLOSINGS[view], tab="many")
