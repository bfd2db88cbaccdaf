"""What stands beside a unit on the live screen: its painting and its photographs."""

from __future__ import annotations

import explorer
from explorer.maximization import Unit
from explorer.maximization.atlas import read_atlas
from explorer.maximization.peak_and_mean import peak_and_mean
from pages.parts.live.unit_references import beside
from pages.parts.shell.frame import ASSETS
from pages.parts.shell.words import rounded


def test_the_painting_is_told_by_its_highest_value_as_photographs_are(lite0):
    unit, atlas = Unit("blocks.1", 23), read_atlas(ASSETS / "atlas" / "efficientnet_lite0")
    (entry,) = (one for one in atlas.entries if one.unit == unit)
    painting, best, *_ = beside(lite0, unit).pictures
    assert painting.words == f"painted for it, {rounded(peak_and_mean(lite0, atlas.image(entry), unit)[0])}"
    (found,) = explorer.top_examples(lite0, unit, [explorer.sample(name) for name in explorer.sample_names()], count=1)
    assert best.words == f"{found.source}, {rounded(found.score)}"
