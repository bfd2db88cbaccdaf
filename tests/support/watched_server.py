"""The app as a server that says, when SIGUSR1 asks, which pictures of the pixels of a given one it still holds."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from streamlit.web import cli

from explorer.pictures.images import Image, open_image

_DEPTH = 25  # of a chain of holders


def left(like: Image) -> list[str]:
    """The pictures of the same pixels, `like` itself aside: by their names, with a chain of what holds each."""
    pictures = [one for one in gc.get_objects() if isinstance(one, Image) and one is not like]
    return [" <- ".join([one.name, *_holders(one, {id(pictures)})]) for one in pictures if one.digest == like.digest]


def _holders(held: Any, seen: set[int]) -> list[str]:
    """What holds it, what holds that and so on; one of several."""
    chain: list[str] = []
    while len(chain) < _DEPTH:
        seen.add(id(held))
        holders = gc.get_referrers(held)
        seen.add(id(holders))
        others = [one for one in holders if id(one) not in seen and not isinstance(one, FrameType)]
        seen.add(id(others))
        if not others:
            break
        chain.append(_name(others[0], held))
        held = others[0]
        seen.update(map(id, holders))
    return chain


def _name(one: Any, held: Any) -> str:
    """A holder's kind, with the keys under which a dictionary has what it holds, or its own name."""
    names = [str(key) for key in one if one[key] is held] if isinstance(one, dict) else getattr(one, "__qualname__", "")
    return f"{type(one).__name__} {names} {getattr(one, 'whose', '')}"


def wait_for_warm_up() -> None:
    """At its end it freezes what there is, the picture too, which is then not among what can be asked for."""
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join()


def main() -> None:
    told, report = Path(sys.argv[1]), Path(sys.argv[2])

    def say(*_: object) -> None:
        wait_for_warm_up()
        gc.unfreeze()
        gc.collect()
        draft = report.with_suffix(".part")
        draft.write_text("\n".join(left(open_image(told))))
        draft.rename(report)

    signal.signal(signal.SIGUSR1, say)
    sys.argv = ["streamlit", *sys.argv[3:]]
    cli.main()


if __name__ == "__main__":
    main()
