"""Convolution: a kernel slides over the picture, and everything about it can be touched."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.filtering import snippets
from explorer.filtering.kernels import KernelError
from explorer.filtering.sliding import sliding
from explorer.pictures.images import Image, from_array
from explorer.pictures.samples import sample_names
from pages.parts.convolution import editor, explanation, guide, numbers
from pages.parts.convolution.convolver import convolver, cropped, filming, live_pixels, renumbered
from pages.parts.convolution.frequencies import frequencies
from pages.parts.convolution.result import Array, apply, blurred, shown, table, values_of
from pages.parts.pickers import frozen_frame, kernel_link, kernel_presets, own_kernel, picture
from pages.parts.pickers.kernel_settings import KernelSettings
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain
from pages.parts.widgets import linked
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_file, take_film, take_picture

COMPONENT = "convolver"
FILMING = (
    "The camera's frames stay in your browser, so nothing here describes them. *Freeze* makes a frame your picture: "
    "then its sizes, numbers and spectra stand here."
)

corner = frame.heading(
    "Convolution",
    "A small grid of weights slides over the picture; its products with the pixels beneath sum to one new pixel.",
)
image = picture.current()


def arrive() -> None:
    """Set the screen as a link says, else as the visitor left it, else as it begins."""
    link = {name: text for name, text in linked.parameters().items() if name in kernel_link.OWN}
    left = own_kernel.settings()
    settings, view = left, editor.view()
    if link:
        try:
            numbers.read(typed := link.get(kernel_link.TYPED, numbers.FIRST))
            settings, view = kernel_link.read(link, list(editor.VIEWS))
            numbers.take(typed)
        except (TypeError, ValueError):
            st.toast("The link to this screen is damaged, so nothing of it is used.", icon=":material/link_off:")
    if settings == left:  # a link doesn't hold the preset
        settings = left
    editor.show(settings if settings.preset else kernel_presets.named(settings, view), view)


@live
def screen(above: DeltaGenerator, beneath: DeltaGenerator, offered: DeltaGenerator) -> None:
    """All that follows the kernel; only a frozen frame of the camera changes what stands outside, too."""
    with above:
        view = editor.choose_view(guide.chips)
        guide.question()
        given = numbers.chosen() if view == "numbers" else blurred(image) if view == "blurred" else image
        sent, revision = editor.told()
        settings = convolver(given, sent, key=COMPONENT, revision=revision, presets=editor.offered(view),
                             on_numbers=lambda: numbers.take(renumbered(COMPONENT)))  # fmt: skip
        own_kernel.keep(settings)
        frozen_frame.take(COMPONENT)
        take_cropped()
        keep_link({} if (settings, view) == (kernel_presets.first(), "picture") else link_to(settings, view))
        x = values_of(given, settings.colour)
        try:
            result = apply(x, settings, flip=settings.flip)
        except KernelError as error:  # what followed from the last result goes
            beneath.info(plain(str(error)), icon=":material/info:")
            offered.empty()
            return
        if view == "blurred":
            explanation.undone(values_of(image, settings.colour), x, result)
    if filming(COMPONENT):
        beneath.info(FILMING, icon=":material/videocam:")
    else:
        with beneath.container():
            explanation.explain(x, result, settings)
            frequencies(x, result, settings)
    with offered.container():
        take_away(given, result, settings, view)


def take_cropped() -> None:
    """A part of the picture that the visitor asked for is all of it from now on, on every screen."""
    part = cropped(COMPONENT)
    if part is None:
        return
    height, width = image.height, image.width
    top, left, bottom, right = (round(share * side) for share, side in zip(part, (height, width) * 2, strict=True))
    if bottom > top and right > left:
        name = image.name.removesuffix(", cropped")
        picture.use(from_array(image.pixels[top:bottom, left:right], f"{name}, cropped"), whole=image)
        st.rerun()


def link_to(settings: KernelSettings, view: str) -> dict[str, str]:
    """The query parameters of this screen."""
    return kernel_link.write(settings, view) | (numbers.link_parameters() if view == "numbers" else {})


def keep_link(wanted: dict[str, str]) -> None:
    """Write the screen into the URL, and only what has changed."""
    for name in kernel_link.OWN:
        if name in wanted:
            linked.keep(name, wanted[name])
        else:
            linked.forget(name)


def take_away(given: Image | Array, result: Array, s: KernelSettings, view: str) -> None:
    """The result as picture and numbers, a link to the screen, and the code that gives the same."""
    take_picture(
        render.enlarge(shown(result, s.display, s.contrast), 320),
        f"{file_name(image.name, 'convolved')}.png",
        "The result as a picture",
    )
    take_array(result, "convolution.npy", "The result as numbers (NPY)")
    take_file(lambda: table(result), "convolution.csv", "The result as a table (CSV)", "text/csv")
    if isinstance(given, Image):
        take_picture(live_pixels(given), "picture.png", "The picture it is computed on")
    else:
        take_film(partial(sliding, given, result, np.shape(s.kernel), padding=s.padding, stride=s.stride,
                          dilation=s.dilation), "sliding", "The window, place after place")  # fmt: skip
    sample = {"picture": image.name} if image.name in sample_names() else {}
    st.markdown("**A link to this screen**" + ("" if sample else ", without your picture"))
    address = f"{st.context.url or ''}?{urlencode(sample | link_to(s, view))}"
    st.code(address, language=None, wrap_lines=True, height=120 if len(address) > 240 else "content")
    recipe = snippets.Recipe(
        s.weights, padding=s.padding, stride=s.stride, dilation=s.dilation, flip=s.flip, scale=s.scale, bias=s.bias,
        grey=s.colour == "grey", numbers=None if isinstance(given, Image) else given,
    )  # fmt: skip
    scipy, torch = st.tabs(["NumPy and SciPy", "PyTorch"])
    with scipy:
        take_code(snippets.numpy_snippet(recipe))
    with torch:
        take_code(snippets.torch_snippet(recipe))


if COMPONENT not in st.session_state:
    arrive()
above, beneath, offered = st.container(), st.empty(), corner.empty()
screen(above, beneath, offered)
st.page_link(file_of("filters"), label="Which filters resemble your kernel?", icon=":material/texture:")
closing(
    look_for="What stays the same, and what is gone.",
    try_="Change one weight at a time; then a larger kernel, and another padding while you watch the picture's rim. "
    "*Numbers* shows every sum.",
    it_means="A convolution is the same small question, asked at every place. A layer of a network asks many such "
    "questions at once, and learns its weights.",
    formula=r"$\text{out}_{i,j} = \sum_{a,b} x_{s i + d a,\; s j + d b}\; w_{a,b}$"
    "\n\n"
    "Here $x$ is the picture, $w$ the kernel, $i, j$ the place in the result, $s$ the stride and $d$ the "
    "dilation.",
)
