"""Beside each picture of an atlas the patch of a photograph that excites its unit most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from explorer.dataset_examples.gallery import Gallery
from explorer.dataset_examples.index import examples, indexing
from explorer.maximization.atlas import Entry
from explorer.maximization.atlas_making import Made, encode
from explorer.networks.loading import Network


def photographs(network: Network, entries: Sequence[Entry], gallery: Gallery, form: str) -> Iterator[Made]:
    """Entries of one layer with what was found for each, and its file; an entry of which nothing is found is left out.

    The gallery is looked through once. Raises NetworkError for a layer that the network lacks.
    """
    if not entries:
        return
    layer = entries[0].layer
    *_, last = indexing(network, layer, gallery)
    for entry in entries:
        for best in examples(network, layer, gallery, last.index.top, entry.channel, count=1):
            file = f"photographs/{Path(entry.file).with_suffix('').as_posix()}.{form}"
            found = replace(entry, photograph=file, photograph_of=best.source, photograph_score=round(best.score, 4))
            yield found, encode(best.image, form)
