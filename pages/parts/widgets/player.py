"""Frames of something that went step by step, to be played, stepped and scrubbed in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from pages.parts.widgets import linked
from pages.parts.widgets.component import component, fingerprint, pack, values_sent


def play(
    frames: Sequence[bytes],
    captions: Sequence[str],
    *,
    alt: str,
    key: str,
    start: int = -1,
    link: str = "",
    smooth: bool = False,
) -> None:
    """Show PNG frames, N ≥ 1, each with its caption; `start` is the one shown first, from the end if negative.

    They are enlarged pixel by pixel, or, as suits what looks like a photograph, `smooth`.
    By its name `link` the frame at which the visitor left them stands in the session and in the link, and rules.
    """
    first = start if (left := _left(link, len(frames))) is None else left
    _mount([Reel("", frames, captions)], captions, 1, alt=alt, key=key, start=first, link=link, smooth=smooth)


@dataclass(frozen=True)
class Reel:
    """PNG frames of one thing, N ≥ 1, each with what is said of it."""

    name: str
    frames: Sequence[bytes]
    captions: Sequence[str]


def play_together(reels: Sequence[Reel], captions: Sequence[str], *, columns: int, alt: str, key: str) -> None:
    """Show several things, photographs side by side, that went on at the same time: one control steps them all.

    `captions` are of the steps, at least as many as any has frames; what has ended before stays. A click enlarges one.
    """
    _mount(reels, captions, columns, alt=alt, key=key, start=-1, link="", smooth=True)


def _mount(
    reels: Sequence[Reel], captions: Sequence[str], columns: int, *, alt: str, key: str, start: int, link: str,
    smooth: bool,
) -> None:  # fmt: skip
    assert all(len(captions) >= len(reel.frames) == len(reel.captions) > 0 for reel in reels)
    raw = b"".join(frame for reel in reels for frame in reel.frames)
    parts = [
        {"name": reel.name, "lengths": [len(frame) for frame in reel.frames], "captions": list(reel.captions)}
        for reel in reels
    ]
    header = {"reels": parts, "captions": list(captions), "columns": columns, "alt": alt}
    digest = fingerprint(repr(header), raw)
    header |= {"start": start, "digest": digest, "tells": bool(link), "smooth": smooth}
    component("player")(data=pack(header, raw), key=key, on_placed_change=partial(_placed, key, link))


def forget(link: str) -> None:
    """The frames that come begin where they usually do."""
    linked.forget(link)


def _left(link: str, count: int) -> int | None:
    """The frame, from 0, where the visitor left the player; link and session count from 1. None: nowhere."""
    number = linked.value(link, linked.whole, 0) if link else 0
    return number - 1 if 1 <= number <= count else None


def _placed(key: str, link: str) -> None:
    frame = values_sent(key, "placed").get("frame")
    if isinstance(frame, int) and 0 <= frame < 10**5:  # whatever reaches the server may be forged
        linked.keep(link, str(frame + 1))
