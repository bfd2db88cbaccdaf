"""The measures of what a network makes of the visitor's picture; PyTorch is loaded when one is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import explorer
from explorer.pictures.images import Image
from pages.parts.path.measures import Map, Number, Word, measure
from pages.parts.shell.words import number, percent, plain

if TYPE_CHECKING:
    from explorer.networks.loading import Network

SAME, TARGET, OTHER = "same", "target", "other"  # what the network says after a change


@measure
def sure(net: Network, image: Image) -> Number:
    """The share of the network's first guess, in %."""
    label, share = net.predict(image)[0]
    return Number(100 * share, f"It says **{plain(label)}** and gives it **{percent(share)}**.")


@measure
def edge_filters(net: Network) -> Number:
    """How many of the first layer's filters, in %, are edges of one direction or contrasts of two colours."""
    from explorer.architecture.filter_statistics import filter_statistics

    kinds = [str(one) for one in filter_statistics(explorer.first_layer_filters(net)).kinds]
    edges, colour = kinds.count("edge"), kinds.count("colour contrast")
    return Number(
        100 * (edges + colour) / len(kinds),
        f"Of {len(kinds)} filters **{edges}** prefer edges of one direction, **{colour}** contrast two colours.",
    )


@measure
def map_side(net: Network, *, at: float) -> Number:
    """How many rows a map has in the layer that stands that far in: at 0 the first with maps, at 1 the last."""
    layer = _layer(net, at)
    return Number(
        layer.places[0], f"The layer {plain(layer.name)} has maps of **{layer.places[0]} × {layer.places[1]}**."
    )


@measure
def sees(net: Network, *, at: float) -> Number:
    """How many pixels to a side one number sees in the layer that stands that far in, as for `map_side`."""
    layer, side = _layer(net, at), net.input_size
    seen = min(int(layer.receptive_field or side), side)
    return Number(100 * seen / side, f"One number of {plain(layer.name)} sees **{seen} × {seen}** of {side} × {side}.")


@measure
def looked_at(net: Network, image: Image) -> Map:
    """Where the network finds what speaks for its first guess: Grad-CAM."""
    from explorer.responses.gradcam import grad_cam, last_with_places

    label = net.predict(image)[0][0]
    return Map(grad_cam(net, image, label, last_with_places(net).name), f"light of Grad-CAM for {plain(label)}")


@measure
def slid_guess(net: Network, image: Image, *, by: int) -> Word:
    """What it says after the picture was slid so many pixels right and down: "same" or "other"."""
    from explorer.attack_studies.survival import shift
    from explorer.pictures.images import from_array

    before, after = (net.predict(one)[0] for one in (image, from_array(shift(net.prepare(image).uint8, by=max(0, by)))))
    return Word(
        SAME if before[0] == after[0] else OTHER,
        f"**{plain(before[0])}**, {percent(before[1])}, and slid by {by} pixels **{plain(after[0])}**, "
        f"{percent(after[1])}.",
    )


@measure
def noisy_guess(net: Network, image: Image, *, level: float) -> Word:
    """What it says after every value went so many levels up or down by a coin's toss: "same" or "other"."""
    said = explorer.random_perturbation(net, image, norm="linf", epsilon=level / 255)
    return Word(SAME if said.after[0][0] == said.label else OTHER, _told(said))


@measure
def attacked(net: Network, image: Image, *, level: float, target: str) -> Word:
    """What it says after an attack of so many levels: "target", "same" or "other"."""
    said = explorer.attack(net, image, epsilon=level / 255, target=target)
    return Word(_case(said.after[0][0], said), _told(said))


@measure
def after_jpeg(net: Network, image: Image, *, level: float, target: str, quality: int) -> Word:
    """As `attacked`, of the adversarial picture saved as JPEG and opened again."""
    from explorer.attack_studies.survival import jpeg
    from explorer.pictures.images import from_array

    found = explorer.attack(net, image, epsilon=level / 255, target=target)
    label, share = net.predict(from_array(jpeg(found.adversarial.uint8, quality=quality)))[0]
    return Word(
        _case(label, found),
        f"**{plain(found.after[0][0])}** before, and after JPEG of quality {quality} **{plain(label)}**, "
        f"{percent(share)}.",
    )


def _case(label: str, found: explorer.Attack) -> str:
    return SAME if label == found.label else TARGET if label == found.target else OTHER


def _told(found: explorer.Attack) -> str:
    (before, sure), (after, surer) = found.before[0], found.after[0]
    levels = number(255 * found.linf)
    return (
        f"**{plain(before)}**, {percent(sure)}, became **{plain(after)}**, {percent(surer)}, and no value changed by "
        f"more than {levels} of 255."
    )


def _layer(net: Network, at: float) -> explorer.Layer:
    """The layer with maps that stands so far in. Raises NetworkError when the network has none."""
    found = [layer for layer in net.layers if layer.has_maps]
    if not found:
        raise explorer.NetworkError(f"{net.name} has no layer with maps.")
    return found[round(float(np.clip(at, 0, 1)) * (len(found) - 1))]
