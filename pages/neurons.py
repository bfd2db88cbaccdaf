"""Neurons: a unit's card, with what excites it most made by gradient and found in photographs."""

import streamlit as st

from explorer.pictures.images import Image, from_array
from pages.parts.neurons.maximization import ascent_controls, ascents, made_by
from pages.parts.neurons.maximization.ascent_files import read_ascents
from pages.parts.neurons.photographs import examples, galleries
from pages.parts.pickers import network, picture
from pages.parts.pickers import unit as units
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.widgets import job, link_choices, resumable
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import file_name, take_code, take_picture

SLOT = "maximization"
corner = frame.heading(
    "Neurons",
    "What does one unit look for? Follow its gradient up from grey noise, and look for what excites it in photographs.",
)
net, image = network.current(), picture.current()


def painted() -> Image | None:
    """What was painted to excite the unit most, once it is done."""
    shown = ascents.newest_picture(running) if running.finished.is_set() and made.of_unit else None
    return None if shown is None else from_array(shown, "painted")


link_choices.follow(ascent_controls.CHOICES)  # not within the fold, where nobody would see what it says
unit = units.choose(net, image, examples.kept_index())
left, right = st.columns([3, 2], gap="large")
with left:
    controls, pictures, deep = st.container(), st.container(), st.container()
    with controls, more(*ascent_controls.CONTROLS, "unit_faded"):
        made = ascent_controls.choose(net, image, unit, deep)
        faded = st.toggle("Fade what hardly mattered", key="unit_faded", bind="query-params",
                          help="Each place as opaque as its gradient was large.")  # fmt: skip
    key = ("climbs", net, made.motif, made.code)
    running = job.run(SLOT, key, lambda: ascents.side_by_side(made.starts), ascents.keep, read=read_ascents)
    with pictures:
        job.watch(
            SLOT,
            lambda running: ascents.draw(running, made.names, key="neuron"),
            progress=lambda running: ascents.progress(running, made.names, made.steps),
            waiting="Drawing the start picture …",
            beneath=lambda running: ascents.draw_curves(running, made.names, key="neuron"),
        )
        if running.completed:
            st.button("Again", on_click=job.again, args=(SLOT,), icon=":material/replay:", help="Replay from the seed.")
            if faded:
                ascents.draw_faded(running, made.names)
        if made.summary:
            st.caption(made.summary)
        if made.of_unit:
            ascent_controls.switch_method(made)
        if (seen := painted()) is not None:
            made_by.draw_verdict(net, unit, made.preset, seen)
with right:
    with more("unit_gallery", "unit_whole"):
        gallery = galleries.choose_gallery()
        whole = st.toggle("Show whole pictures", key="unit_whole", bind="query-params",
                          help="The whole picture, with a frame around what the unit sees of it.")  # fmt: skip
    examples.look_through(net, unit, gallery)
    job.watch(
        examples.SLOT,
        lambda looked: examples.draw(looked, net, unit, gallery, image, painted, whole=whole),
        progress=examples.progress,
        waiting="Looking through the photographs …",
        resume=resumable.go_on,
    )
    st.caption(f"From {galleries.gallery_name(gallery)}.")
network.note(net)
with corner:
    shown = ascents.newest_picture(running)
    if shown is not None:
        label = net.labels[unit.channel] if unit.layer == net.layers[-1].name else ""
        file = file_name(label) if label else file_name(net.name.rpartition("/")[2], unit.name)
        take_picture(shown, f"{file}.png", f"The picture, {made.names[0]}")
        ascents.take_film(running, made.names, file)
    take_code(network.code(net) + made.code)
closing(
    look_for="The same thing in both: what gradient ascent paints and what the photographs show.",
    try_="An early layer, then a late one, then a class; *methods*; and *random* weights.",
    it_means="Gradient ascent changes the picture until the unit answers strongly, and keeps it natural on the way. "
    "A high value alone proves little: compare *nothing* among the *methods*.",
    formula=r"$x^* = \arg\max_x h(x) + g(x)$"
    "\n\n"
    "Here $h$ is the mean of the unit's map and $g$ keeps the picture $x$ natural: by decay, blur and "
    "clipping (Yosinski et al. 2015), or by its spectrum and by asking that the unit stays excited when the "
    "picture is turned, scaled and shifted (Olah et al. 2017).",
)
