"""Models with other names in a file: a head apart from its backbone, or all tensors in order under other names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from explorer.networks.checkpoints.fit import BATCH_COUNTER, Fit, shape_fits
from explorer.networks.checkpoints.reading import Checkpoint

Shapes = Mapping[str, tuple[int, ...]]

# how the layer that names the classes is called; a number is its place in nn.Sequential(backbone, head)
_HEAD = re.compile(
    r"(\w*head\w*|\w*classifier\w*|\w*classification\w*|fc\d?|last_linear|linear|cls|clf|logits|out(put)?|\d+)"
)


def with_head(fit: Fit, checkpoint: Checkpoint, wanted: Shapes, published: int) -> Fit:
    """A backbone with the one head in the file that completes it; as it is where there is none, or more than one."""
    if not fit.missing or fit.reshaped or fit.extra or not fit.names:
        return fit
    used = set(fit.names.values())
    apart = {name: stored.shape for name, stored in checkpoint.tensors.items() if name not in used}
    heads = {
        tuple(found.values()): (place, found)
        for ends in _endings(fit.missing)
        for place, found in _under_one_place(apart, ends).items()
        if len(found) == len(ends) and _HEAD.fullmatch(place.rpartition(".")[2])
        if all(shape_fits(apart[there], wanted[name], published) for name, there in found.items())
    }
    if len(heads) != 1:
        return fit
    ((place, found),) = heads.values()
    names = dict(fit.names) | found
    remark = f"Its last layer was found apart from the others, under “{place}”."
    return replace(fit, names={name: names[name] for name in wanted if name in names}, missing=(), remark=remark)


def _endings(missing: Sequence[str]) -> list[dict[str, str]]:
    """What names in the file may end with, by the name in the network: whole, or without parts that all begin with."""
    parts = [name.split(".") for name in missing]
    shared = len(list(takewhile(lambda column: len(set(column)) == 1, zip(*(p[:-1] for p in parts), strict=False))))
    return [{".".join(p): ".".join(p[start:]) for p in parts} for start in range(shared + 1)]


def _under_one_place(apart: Mapping[str, object], ends: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """For each place in the file the names there that end so, by the name in the network."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for there in apart:
        for name, end in ends.items():
            inner = end.rpartition(".")[0]  # fc of fc.weight belongs to the place
            if there == end or there.endswith(f".{end}"):
                place = there.removesuffix(end).rstrip(".")
                found[".".join(filter(None, (place, inner)))][name] = there
    return found


def in_order(checkpoint: Checkpoint, wanted: Shapes, published: int) -> list[Fit]:
    """The tables whose tensors are the network's one after the other, of the same shapes and kinds, under other names.

    As of nn.Sequential(*model.children()), or of another library's code for the same network.
    """
    tables: dict[str, list[str]] = defaultdict(list)
    for name, place in checkpoint.places.items():
        tables[place].append(name)
    shapes = {name: stored.shape for name, stored in checkpoint.tensors.items()}
    pairs = {place: _side_by_side(list(wanted), theirs) for place, theirs in tables.items()}
    remark = "Its names are others: the tensors were taken in order."
    return [
        Fit(place, names, (), (), (), remark)
        for place, names in pairs.items()
        if names and all(shape_fits(shapes[there], wanted[name], published) for name, there in names.items())
    ]


def _side_by_side(ours: Sequence[str], theirs: Sequence[str]) -> dict[str, str]:
    """Their names by ours where each is of the same kind (weight, bias, …); else {}. Batch counters may be missing."""
    if len(ours) != len(theirs):
        ours, theirs = ([n for n in names if not n.endswith(BATCH_COUNTER)] for names in (ours, theirs))
    kinds = ([name.rpartition(".")[2] for name in names] for names in (ours, theirs))
    return dict(zip(ours, theirs, strict=True)) if list(next(kinds)) == list(next(kinds)) else {}
