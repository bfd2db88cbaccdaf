"""One decision taken apart into the units of the last stage."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.decisions import Decision, decision
from pages.parts.neurons.circuits.unit_panels import COUNT, Decided, draw_side_by_side
from pages.parts.neurons.circuits.unit_tiles import signed
from pages.parts.pickers import classes
from pages.parts.shell.words import percent, plain, rounded

FIRST = "its first guess"


def choose(net: Network, image: Image) -> Decided:
    """The class, at first the network's own guess. Raises NetworkError for a network that doesn't end in a sum."""
    guess = net.class_index(net.predict(image, 1)[0][0])
    number = classes.choose("Class", net, FIRST, key="circuit_class", wishes={FIRST: guess})
    assert number is not None
    return Decided(net, image, decision(net, image, number))


def draw_sum(decided: Decided) -> None:
    """The logit as a sum that adds up."""
    found, most = decided.found, decided.found.most(COUNT)
    rest = float(found.amounts.sum() - found.amounts[most].sum())
    others = len(found.amounts) - len(most)
    st.markdown(
        f"**{plain(decided.label)}**: logit **{rounded(found.logit)}** = {as_sum(found.amounts[most])} "
        f"{as_term(rest)} ({others:,} other units) {as_term(found.bias)} (bias)"
    )


def as_sum(amounts: NDArray[np.float64]) -> str:
    """Amounts as a sum in words: 1.20 + 0.30 − 0.10."""
    first, *others = (float(amount) for amount in amounts)
    return " ".join([rounded(first), *map(as_term, others)])


def as_term(amount: float) -> str:
    """One more term of a sum: + 0.30 or − 0.10."""
    return f"{'+' if amount >= 0 else '−'} {rounded(abs(amount))}"


def draw_units(decided: Decided) -> None:
    """The five that say most: what each looks for, where it finds it, what it adds, and which photograph excites it."""
    numbers = decided.found.most(COUNT)
    words = [_told(decided.found, number) for number in numbers]
    st.caption(
        f"The percentages are of all that speaks for the class, {signed(decided.found.speaks_for)} by all such units "
        f"together; the units against it add {rounded(decided.found.speaks_against, 3)}."
    )
    draw_side_by_side(decided, numbers, [decided.image], words)


def _told(found: Decision, number: int) -> str:
    """A unit's number, what it adds, and its share if it speaks for the class."""
    share = f" :small[{percent(found.share(number))}]" if found.amounts[number] > 0 else ""
    return f"**{number}** {signed(float(found.amounts[number]))}{share}"
