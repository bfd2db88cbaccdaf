"""Six things to try on the convolution screen: each sets it, asks, and answers when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pages.parts.convolution import editor
from pages.parts.pickers import kernel_presets, own_kernel
from pages.parts.widgets import question_cards


@dataclass(frozen=True)
class Card:
    """A preset with its parameters, the picture it is for, a question and its answer."""

    title: str
    preset: str
    question: str
    answer: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    view: str = "picture"


CARDS = (
    Card(
        "Blur",
        "Gaussian",
        "Which details go first? Do flat areas get brighter or darker?",
        "The finest: each new pixel is a mean of its neighbours, and what changes from pixel to pixel cancels out. "
        "The weights sum to 1, so flat areas stay as they were. Below, the response falls towards high frequencies.",
        {"sigma": 2.0},
    ),
    Card(
        "Sharpen",
        "sharpen",
        "Does the kernel bring back detail the camera never saw? Look closely at both sides of a strong edge.",
        "No: it adds the difference from the neighbours, so the bright side of an edge becomes brighter and the dark "
        "side darker. These halos look crisp; noise grows as well, and values leave [0, 1].",
        {"amount": 1.5},
    ),
    Card(
        "Edges",
        "Sobel",
        "Why is every flat area the same grey? Which edges are missing? Press *Transpose* under the kernel.",
        "The weights sum to 0, so where nothing changes the result is 0, shown as mid-grey. Left minus right is bright "
        "where the left is brighter, dark where the right is; edges that run left to right are missed until you "
        "transpose.",
    ),
    Card(
        "Emboss",
        "emboss",
        "From which side does the light seem to fall? Then tick *Flip the kernel*.",
        "Bright shapes seem lit from the lower right: a pixel is bright where its upper left neighbours are brighter "
        "than its lower right ones. Flipping swaps the two, and the light comes from the upper left. The picture "
        "itself stays visible because the weights sum to 1.",
    ),
    Card(
        "Find a line at 45°",
        "line at an angle",
        "Which lines light up, and what becomes of those that cross them? Turn θ slowly.",
        "A kernel answers most to what looks like itself: a bright line rising to the right, as wide as the positive "
        "band. "
        "At right angles positive and negative weights cancel. The first layer of a network holds such kernels for "
        "many angles.",
        {"angle_deg": 45, "sigma": 1.0},
    ),
    Card(
        "Undo a blur",
        "unsharp mask",
        "The picture is blurred before you get it. Can a kernel give the sharp one back? Move *Amount*.",
        "Only in part. The blur made high frequencies small, some of them smaller than one grey level; the kernel can "
        "enlarge what is left, not what is gone. Too much of it, and the distance given below grows again.",
        {"sigma": 2.0, "amount": 1.5},
        "blurred",
    ),
)


_QUESTION = "conv_question"  # in link and session: the number of the card that was asked last


def chips() -> None:
    """A chip for each card, which sets the screen and asks."""
    question_cards.chips("conv", CARDS, _set, link=_QUESTION)


def question() -> None:
    """The question of the card that was asked last, and its answer when asked for."""
    question_cards.question("conv", CARDS, link=_QUESTION)


def _set(number: int) -> None:
    card = CARDS[number]
    last = own_kernel.settings()
    colour = "colour" if last.rest else last.colour  # three grids give way to the card's one
    editor.show(replace(kernel_presets.beginning(card.preset, card.parameters), colour=colour), card.view)
