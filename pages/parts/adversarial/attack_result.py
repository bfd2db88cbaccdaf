"""An attack as pictures, words and numbers: original, change, adversarial picture and control, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer import render
from explorer.attacks import METHODS
from explorer.pictures.images import open_image
from pages.parts.shell.words import counted, percent, plain
from pages.parts.widgets import show
from pages.parts.widgets.compare import compare

if TYPE_CHECKING:
    from explorer.attack_studies.smallest import Trial
    from explorer.attacks import Attack, AttackSettings, Controls, Goal, Iterate
    from explorer.networks.loading import Network
    from explorer.pictures.images import Image

_FRAMES = 20  # of the trajectory that are kept


@dataclass(frozen=True, eq=False)
class ShownAttack:
    """The attack on the screen, and all that it was made from."""

    net: Network
    image: Image
    goal: Goal
    how: AttackSettings
    found: Attack
    control: Attack

    @property
    def sized(self) -> bool:
        """Whether pixels are counted, and no ε."""
        return METHODS[self.how.method].counts_pixels

    @property
    def size(self) -> float:
        """ε or, where none was given, the size that was found."""
        return self.how.epsilon or (self.found.linf if self.how.norm == "linf" else self.found.l2)

    @property
    def linf(self) -> bool:
        """Whether the norm is L∞."""
        return self.how.norm == "linf"


@dataclass(frozen=True)
class KeptIterate:
    """What stays of an iterate: its number, its probabilities, and its picture beside the change as PNG, or none."""

    number: int
    label: float
    target: float | None
    png: bytes


def keep(iterate: Iterate, original: Image, steps: int, scale: float) -> KeptIterate:
    """`scale` is the change that is drawn at full strength; pictures stay of about 20 steps and of the last."""
    every = -(-(steps + 1) // _FRAMES)
    png = b""
    if iterate.number % every == 0 or iterate.number == steps:
        x = iterate.x[0].permute(1, 2, 0).cpu().numpy()
        change = render.signed(x - original.pixels, scale or None)
        png = render.png(np.concatenate([render.to_uint8(x), change], 1))
    return KeptIterate(iterate.number, iterate.label_probability, iterate.target_probability, png)


def film(kept: Sequence[KeptIterate]) -> Iterator[render.Picture]:
    """The pictures that stayed, each beside its change."""
    return (open_image(one.png).uint8 for one in kept if one.png)


def four_pictures(
    found: Attack, control: Attack, how: AttackSettings, *, controls: Controls | None, flicker: bool
) -> None:
    """Original, change, adversarial picture and control, each with what the network says."""
    watched = [found.label] + ([found.target] if found.target else [])
    strength = render.largest(found.perturbation)
    times = _times(0.5 / strength) if strength else ""
    cells = st.container(key="fooling_four").columns(4, gap="medium")
    with cells[0]:
        st.markdown("**Your picture**")
        show.frame(found.original.uint8, "The original picture at the network's size")
        show.predictions(found.before, watched=watched)
    with cells[1]:
        st.markdown("**+ the change**" + (f", {times}" if times else ""))
        show.frame(render.signed(found.perturbation), "The perturbation, amplified, zero at mid-grey")
        _describe(found, times, how)
    with cells[2]:
        st.markdown("**= what fools it**" if found.success else "**= not fooled yet**")
        _frame(found, flicker=flicker)
        show.predictions(found.after, watched=watched)
    with cells[3]:
        st.markdown("**Control: shuffled**")
        show.frame(control.adversarial.uint8, "The picture with the same change, shuffled")
        show.predictions(control.after, watched=watched)
        st.caption(
            f"The same amounts at the same pixels, shuffled, with random signs: L2 norm {control.l2:.2f}"
            + ("." if controls is None else f". {_fooled(controls)}.")
        )


def _frame(found: Attack, *, flicker: bool) -> None:
    if flicker:
        show.flicker(found.original.uint8, found.adversarial.uint8, "The adversarial picture")
    else:
        show.frame(found.adversarial.uint8, "The adversarial picture")


def _times(factor: float) -> str:
    return f"{factor:.0f} ×" if factor >= 10 else f"{factor:.2g} ×"


def _fooled(controls: Controls) -> str:
    """How many of the controls fool."""
    others = controls.changed - controls.fooled
    also = f", {others} {'gives' if others == 1 else 'give'} another class" if others else ""
    verb = "fools" if controls.fooled == 1 else "fool"
    return f"Of {len(controls.predicted)} such changes {controls.fooled} {verb}{also}"


def _describe(found: Attack, times: str, how: AttackSettings) -> None:
    """How the change was made, and its size on the rounded picture; where pixels are counted, their number is first."""
    alike = "the same" if found.psnr == np.inf else f"PSNR {found.psnr:.1f} dB, SSIM {found.ssim:.3f}"
    pixels = round(found.changed * found.perturbation.shape[0] * found.perturbation.shape[1])
    share = _share(found.changed)
    if METHODS[how.method].counts_pixels:
        first = f"**{pixels:,}** {'pixel' if pixels == 1 else 'pixels'} changed ({share}), L2 norm **{found.l2:.2f}**."
    else:
        first = (
            f"Largest change **{found.linf * 255:.0f}** of 255 levels, L2 norm **{found.l2:.2f}**; {share} of the "
            "pixels changed."
        )
    st.markdown(
        f"By *{METHODS[how.method].title}* in {counted(how.steps, 'step')}. {first} To the eye: {alike}. "
        + (f"Amplified {times}; " if times else "")
        + "mid-grey: no change."
    )


def _share(share: float) -> str:
    return f"{100 * share:.3f} %" if 0 < share < 0.001 else percent(share)


def verdict(found: Attack, controls: Controls | None, hint: str) -> None:
    """Whether the network is fooled, with the hint if it isn't; and whether the shuffled changes fool as well."""
    with st.container(key="fooling_verdict"):
        _say(found, controls, hint)


def _say(found: Attack, controls: Controls | None, hint: str) -> None:
    (clean, sure), (now, sure_now) = found.before[0], found.after[0]
    if not found.success:
        state = "still says" if now == clean else "now says"
        missing = "" if found.target is None or now == clean else f", not {plain(found.target)}"
        st.info(f"The network {state} **{plain(now)}** ({percent(sure_now)}){missing}. {hint}", icon=":material/info:")
        return
    became = f"**{plain(clean)}** ({percent(sure)}) has become **{plain(now)}** ({percent(sure_now)})."
    if controls is not None and 2 * controls.fooled >= len(controls.predicted):
        st.warning(
            f"{became} But of {len(controls.predicted)} random changes as large at the same pixels "
            f"**{controls.fooled}** fool as well: that so much was changed there is enough, whatever the gradient "
            "says.",
            icon=":material/balance:",
        )
        return
    if controls is not None:
        fooled = _fooled(controls).replace("such changes", "random changes as large")
        became += f" {fooled}: so it is the direction that fools, not the size."
    st.success(became, icon=":material/check_circle:")


def one_over_the_other(found: Attack) -> None:
    """The two pictures in one place, with a divider and a flicker switch."""
    compare(
        render.enlarge(found.original.uint8, 448), render.enlarge(found.adversarial.uint8, 448),
        ("original", "adversarial"), alt="The original under the adversarial picture", key="attack_compare",
    )  # fmt: skip


def trials(tried: list[Trial], best: Trial | None, norm: str, *, done: bool) -> None:
    """The smallest ε found so far, and every ε that was tried."""
    if best is None:
        st.markdown("None of the sizes tried so far fools." if not done else "No size up to here fools.")
    else:
        said, sure = best.found.after[0]
        st.markdown(
            f"**{_size(best.epsilon, norm)}** is the smallest found that fools: saved in 8 bits it is read as "
            f"{plain(said)} ({percent(sure)}), with an L2 norm of {best.found.l2:.2f}."
        )
    rows = sorted(tried, key=lambda trial: trial.epsilon)
    st.caption(
        "Tried: "
        + ", ".join(f"{_size(one.epsilon, norm)} {'fools' if one.found.success else 'fails'}" for one in rows)
        + (". Sizes next to the one found were tried too: more is not always better." if done else " …")
    )


def _size(epsilon: float, norm: str) -> str:
    levels = round(255 * epsilon)
    return f"{levels} {'level' if levels == 1 else 'levels'}" if norm == "linf" else f"{epsilon:.2g}"
