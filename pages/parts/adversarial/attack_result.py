"""An attack as pictures, words and numbers: original, change, adversarial picture and control, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer import render
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import show
from pages.parts.widgets.compare import compare

if TYPE_CHECKING:
    from explorer.attack_studies.smallest import Trial
    from explorer.attacks import Attack, AttackSettings, Goal, Iterate
    from explorer.networks.loading import Network
    from explorer.pictures.images import Image

_FRAMES = 20  # of the trajectory that are kept


@dataclass(frozen=True, eq=False)
class Scene:
    """The attack on the screen, and all that it was made from."""

    net: Network
    image: Image
    goal: Goal
    how: AttackSettings
    found: Attack
    control: Attack

    @property
    def size(self) -> float:
        """ε or, where none was given, the size that was found."""
        return self.how.epsilon or (self.found.linf if self.how.norm == "linf" else self.found.l2)

    @property
    def linf(self) -> bool:
        return self.how.norm == "linf"


@dataclass(frozen=True)
class Kept:
    """What stays of an iterate: its number, its probabilities, and its picture beside the change as PNG, or none."""

    number: int
    label: float
    target: float | None
    png: bytes


def keep(iterate: Iterate, original: Image, steps: int, scale: float) -> Kept:
    """`scale` is the change that is drawn at full strength; pictures stay of about 20 steps and of the last."""
    every = -(-(steps + 1) // _FRAMES)
    png = b""
    if iterate.number % every == 0 or iterate.number == steps:
        x = iterate.x[0].permute(1, 2, 0).cpu().numpy()
        change = render.signed(x - original.pixels, scale or None)
        png = render.png(np.concatenate([render.to_uint8(x), change], 1))
    return Kept(iterate.number, iterate.label_probability, iterate.target_probability, png)


def four_pictures(found: Attack, control: Attack) -> None:
    """Original, change, adversarial picture and equal noise, each with what the network says."""
    watched = [found.label] + ([found.target] if found.target else [])
    strength = render.largest(found.perturbation)
    times = f"{0.5 / strength:.0f} ×" if strength else ""
    cells = st.container(key="fooling_four").columns(4, gap="medium")
    with cells[0]:
        st.markdown("**Your picture**")
        show.frame(found.original.uint8, "The original picture at the network's size")
        show.predictions(found.before, watched=watched)
    with cells[1]:
        st.markdown("**+ the change**" + (f", {times}" if strength else ""))
        show.frame(render.signed(found.perturbation), "The perturbation, amplified, zero at mid-grey")
        measured(found, times)
    with cells[2]:
        st.markdown("**= what fools it**" if found.success else "**= not fooled yet**")
        show.frame(found.adversarial.uint8, "The adversarial picture")
        show.predictions(found.after, watched=watched)
    with cells[3]:
        st.markdown("**Control: equal noise**")
        show.frame(control.adversarial.uint8, "The picture with random noise of the same size")
        show.predictions(control.after, watched=watched)
        st.caption(f"Largest change {control.linf * 255:.0f} levels, L2 norm {control.l2:.2f}")


def measured(found: Attack, times: str) -> None:
    """The numbers of the change, on the rounded picture."""
    alike = "the same" if found.psnr == np.inf else f"PSNR {found.psnr:.1f} dB, SSIM {found.ssim:.3f}"
    st.markdown(
        f"Largest change **{found.linf * 255:.0f}** of 255 levels, L2 norm **{found.l2:.2f}**; "
        f"{_share(found.changed)} of the pixels changed. To the eye: {alike}. "
        + (f"Shown {times[:-2]} times amplified; " if times else "")
        + "mid-grey is no change."
    )


def _share(share: float) -> str:
    return f"{100 * share:.3f} %" if 0 < share < 0.001 else percent(share)


def verdict(found: Attack, control: Attack, hint: str) -> None:
    """One sentence: what became of what, and what noise does."""
    with st.container(key="fooling_verdict"):
        _say(found, control, hint)


def _say(found: Attack, control: Attack, hint: str) -> None:
    (clean, sure), (now, sure_now), (noisy, _) = found.before[0], found.after[0], control.after[0]
    noise = "leaves it unchanged" if noisy == clean else f"makes it {plain(noisy)}"
    if found.success:
        st.success(
            f"**{plain(clean)}** ({percent(sure)}) has become **{plain(now)}** ({percent(sure_now)}). "
            f"Random noise of the same size {noise}.", icon=":material/check_circle:",
        )  # fmt: skip
    else:
        st.info(f"The network still says **{plain(now)}** ({percent(sure_now)}). {hint}", icon=":material/info:")


def one_over_the_other(found: Attack) -> None:
    """The two pictures in one place, with a divider and a flicker switch."""
    compare(
        render.enlarge(found.original.uint8, 448), render.enlarge(found.adversarial.uint8, 448),
        ("original", "adversarial"), alt="The original under the adversarial picture", key="attack_compare",
    )  # fmt: skip


def trials(tried: list[Trial], best: Trial | None, norm: str, *, done: bool) -> None:
    """The smallest ε found so far, and every ε that was tried."""
    if best is None:
        st.markdown("None of the sizes tried so far reaches the goal." if not done else "No size up to here works.")
    else:
        said, sure = best.found.after[0]
        st.markdown(
            f"**{_size(best.epsilon, norm)}** is the smallest that works: saved with 8 bits it is {plain(said)} "
            f"({percent(sure)}), with an L2 norm of {best.found.l2:.2f}."
        )
    rows = sorted(tried, key=lambda trial: trial.epsilon)
    st.caption(
        "Tried: "
        + ", ".join(f"{_size(one.epsilon, norm)} {'works' if one.found.success else 'fails'}" for one in rows)
        + (". Sizes next to the one found were tried too: more is not always better." if done else " …")
    )


def _size(epsilon: float, norm: str) -> str:
    levels = round(255 * epsilon)
    return f"{levels} {'level' if levels == 1 else 'levels'}" if norm == "linf" else f"{epsilon:.2g}"
