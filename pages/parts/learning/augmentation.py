"""Augmentation: the visitor's picture in many variants, and what learning from variants does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import explorer
from explorer import plots, render
from explorer.learning.augmentation.pictures import NAMES, Augmentation, augmentations, augmented
from explorer.learning.ensembles.experiments import AUGMENTATION
from explorer.learning.ensembles.settings import CHANGES, STRENGTHS
from pages.parts.learning import comparison, comparison_files
from pages.parts.learning.comparison import Runs, ends, show_comparison
from pages.parts.learning.image_code import opened
from pages.parts.pickers import picture
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code, take_picture

SLOT = "tricks"
SLIDERS = {
    "shift": ("Shift, share of the side", 0.0, 0.5, 0.05), "flip": ("Flip probability", 0.0, 1.0, 0.25),
    "turn": ("Turn, degrees", 0.0, 90.0, 5.0), "skew": ("Skew", 0.0, 0.6, 0.05),
    "darken": ("Darken or lighten", 0.0, 0.8, 0.05), "recolour": ("Recolour, degrees of hue", 0.0, 180.0, 5.0),
}  # fmt: skip
SHOWN, SIDE = 8, 220


def augmentation(corner) -> None:
    """The tab Augmentation: variants of the picture, and what learning from variants does; files go to `corner`."""
    image = picture.current()
    _pictures(image, corner.container())
    st.header("What it does: digits, changed and not", anchor=False)
    one, two, three = st.columns([3, 4, 1], vertical_alignment="bottom")
    strength = one.select_slider("Augmentation strength in training", [0.25, 0.5, 0.75, 1.0], 0.5,
                                 key="tricks_strength", bind="query-params")  # fmt: skip
    flips = two.toggle("Flips, too: is a mirrored 3 still a 3?", key="tricks_flips", bind="query-params")
    seed = three.number_input("Seed", 0, 9999, 0, key="tricks_augment_seed", bind="query-params")
    changed = replace(AUGMENTATION, augmented=float(strength))
    if flips:
        changed = replace(changed, changes=CHANGES)
    several = {"as they are": AUGMENTATION, "changed anew in each epoch": changed}
    runs = show_comparison(several, _draw, slot=SLOT, first=int(seed))
    charts = {f"accuracy-{change}": _by_strength(runs, change) for change in CHANGES[:4]} if runs else {}
    comparison_files.take(corner, runs, several, charts, first=int(seed))
    closing(
        look_for="The lines that stay up while the others fall: what a network has seen changed, it withstands "
        "changed. Then the first point, digits as they are: is there a price?",
        try_="A strength of 1. Flips: digits, unlike cats, don't survive them.",
        it_means="A label stays right however the picture is shifted or lit, and each variant is a new example for "
        "nothing. Which changes are harmless is knowledge of *yours* that the network doesn't have: convolution "
        "builds in shifts, augmentation teaches the rest.",
        tab="augmentation",
    )


@live
def _pictures(image: explorer.Image, corner) -> None:
    """The amounts, each change alone, and random variants of the picture; files go to `corner`."""
    left, right = st.columns([2, 5], gap="large")
    with left:
        usual = Augmentation()
        amounts = Augmentation(**{
            name: st.slider(title, low, high, getattr(usual, name), step, key=f"tricks_{name}", bind="query-params")
            for name, (title, low, high, step) in SLIDERS.items()
        })  # fmt: skip
        seed = int(st.number_input("Draw", 0, 9999, 0, key="tricks_draw", bind="query-params"))
    small = _small(image)
    variants = augmentations(small, amounts, count=SHOWN, seed=seed)
    with right:
        st.markdown("**Each change alone, at its most**")
        _show_alone(small, amounts)
        st.markdown("**All together, at random: what a network would learn from**")
        _show_variants(variants)
    with corner:
        take_picture(_sheet(variants), "variants.png", "The variants as a picture")
        take_array(np.stack([one.uint8 for one in variants]), "variants.npy", "The variants as numbers")
        take_code(_code(image, amounts, seed))


def _show_alone(image: explorer.Image, amounts: Augmentation) -> None:
    for name, place in zip(NAMES, st.columns(6, gap="small"), strict=True):
        with place:
            show.picture(augmented(image, amounts.alone(name)).uint8, f"The picture after: {name}")
            st.caption(name)


def _show_variants(variants: Sequence[explorer.Image]) -> None:
    """Four in a row."""
    for row in range(0, len(variants), 4):
        for variant, place in zip(variants[row : row + 4], st.columns(4, gap="small"), strict=True):
            with place:
                show.picture(variant.uint8, "A random variant of the picture")


def _sheet(variants: Sequence[explorer.Image]) -> render.Picture:
    return render.mosaic(np.stack([one.uint8 for one in variants]), columns=4, gap=4)


def _small(image: explorer.Image) -> explorer.Image:
    """The picture's middle square, reduced: eight of them have to be sent."""
    return explorer.Image(image.pixels[_middle(image)], name=image.name)


def _middle(image: explorer.Image) -> tuple[slice, slice]:
    """The rows and columns of the middle square, thinned out evenly to a side of about SIDE pixels."""
    side = min(image.height, image.width)
    starts = (image.height - side) // 2, (image.width - side) // 2
    rows, columns = (slice(start, start + side, max(1, side // SIDE)) for start in starts)
    return rows, columns


def _written(part: slice) -> str:
    return f"{part.start}:{part.stop}:{part.step}"


def _code(image: explorer.Image, amounts: Augmentation, seed: int) -> str:
    rows, columns = _middle(image)
    return (
        "import explorer\nfrom explorer.learning.augmentation.pictures import Augmentation\n\n"
        f"image = {opened(image)}\n"
        f"middle = explorer.Image(image.pixels[{_written(rows)}, {_written(columns)}])\n"
        f"variants = explorer.augmentations(middle, {amounts!r}, count={SHOWN}, seed={seed})"
    )


def _draw(runs: Runs) -> None:
    ready = {name: run for name, run in runs.items() if run.changed.size}
    for change, place in zip(CHANGES[:4], st.columns(4, gap="small"), strict=True):
        with place:
            if ready:
                show.chart(_by_strength(ready, change), key=f"tricks_changed_{change}_{len(ready)}")
            else:
                st.caption("Measured when the first has learned.")
    said = []
    for name, run in ready.items():
        most, flipped = run.changed[:4, -1].mean(0), run.changed[CHANGES.index("flip"), -1]
        said.append(
            f"Learned from digits {name}: {ends(run.last('held_out'))} of held-out digits as they are, {ends(most)} of "
            f"those changed most, {ends(flipped)} where every second one is mirrored."
        )
    st.markdown("  \n".join(said))


def _by_strength(runs: Runs, change: str) -> go.Figure:
    """Accuracy on held-out digits against how much they were changed in one way."""
    lines = {name: run.changed[CHANGES.index(change)] for name, run in runs.items()}
    figure = comparison.banded(lines, x=f"strength: {change}", y="held-out accuracy", at=list(STRENGTHS), height=240)
    return plots.marked(comparison.as_share(figure), list(STRENGTHS), most=4)
