"""The networks that come with the app on small pictures: where it is held what a screen does, not what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from explorer.cache import forget_all
from explorer.networks import loading
from explorer.networks.registry import specs

SIDE = 96  #: a pass takes a fifth of the time


@pytest.fixture(scope="module")
def small_pictures() -> Iterator[None]:
    """They are other networks meanwhile, by their keys, so that nobody finds one's results for the other's."""
    assembled = loading.assembled

    def named(name: str, key: str, *how: Any) -> loading.Network:
        return assembled(name, f"{key}, {SIDE} pixels", *how)

    with pytest.MonkeyPatch.context() as patch:
        for name in specs.EMBEDDED:
            patch.setitem(specs.EMBEDDED, name, SIDE)
        patch.setattr(loading, "assembled", named)
        forget_all()
        yield
    forget_all()
