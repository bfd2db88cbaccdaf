"""Which of a file's tensors are a network's: under which prefixes and tables they lie, and what is left over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import prod
from typing import TYPE_CHECKING

from explorer.networks.checkpoints.fit import BATCH_COUNTER, Fit, shape_fits
from explorer.networks.checkpoints.other_names import in_order, with_head
from explorer.networks.checkpoints.reading import Checkpoint

if TYPE_CHECKING:
    from torch import nn

# what torch.compile, DataParallel and its relatives put between the names of a model's own parts
_BETWEEN = frozenset(("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"))
_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.(?=[12]\.)")
_AUXILIARY = re.compile(r"(aux\d?|AuxLogits)\.")
# what trainers keep in the same table as a model's tensors, and what is none of the model's
_OF_TRAINING = re.compile(
    r"(criterion|loss(es|_\w+)?|\w+_loss|metrics?|\w+_metrics?|(train|val|valid|test)_\w+|\w*accuracy\w*|\w+_acc"
    r"|n_averaged|num_updates|decay|epoch|step|global_step|iteration|class_weights?|pos_weight|normalizer?|mean|std"
    r"|pixel_mean|pixel_std|data_preprocessor|optimizer|scheduler|scaler)(\.|$)"
)


def todays_name(name: str) -> str:
    """A tensor's name as torchvision gives it today: DenseNet's were others once."""
    return _DENSENET.sub(r"\1", name)


def only_trains(name: str) -> bool:
    """Whether a tensor belongs to GoogLeNet's or Inception's heads for training."""
    return _AUXILIARY.match(name) is not None


def fits(checkpoint: Checkpoint, module: nn.Module, published: int) -> tuple[Fit, ...]:
    """The models in a file, best first: all that fill the network, else the one that comes nearest.

    Tensors with a row for each of the network's `published` classes may have another number of rows.
    """
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    forms = {name: _forms(name) for name in checkpoint.tensors}
    counts: Counter[str] = Counter()
    for name, ways in forms.items():
        for form in ways:
            found = {prefix: inner for prefix, inner in _splits(form) if inner in wanted}
            shape = checkpoint.tensors[name].shape
            counts.update(p for p, inner in found.items() if shape_fits(shape, wanted[inner], published))
    found_at = [_fit(checkpoint, forms, prefix, wanted, published) for prefix, _ in counts.most_common(20)]
    found_at = [with_head(fit, checkpoint, wanted, published) for fit in found_at]
    if not any(fit.whole for fit in found_at):
        found_at += in_order(checkpoint, wanted, published)
    whole = {tuple(fit.names.values()): fit for fit in reversed(found_at) if fit.whole}
    if whole:
        order = {name: place for place, name in enumerate(checkpoint.tensors)}
        return tuple(whole[names] for names in sorted(whole, key=lambda names: order[names[0]]))
    nearest = found_at or [_fit(checkpoint, forms, _largest(checkpoint), wanted, published)]
    return (min(nearest, key=lambda fit: len(fit.missing) + len(fit.reshaped)),)


def _forms(name: str) -> tuple[str, ...]:
    """A tensor's name under today's, and without what wrappers put between its parts."""
    today = todays_name(name)
    bare = ".".join(part for part in today.split(".") if part not in _BETWEEN)
    return tuple(dict.fromkeys((today, bare)))


def _splits(name: str) -> Iterable[tuple[str, str]]:
    parts = name.split(".")
    for place in range(len(parts)):
        yield "".join(f"{part}." for part in parts[:place]), ".".join(parts[place:])


def _largest(checkpoint: Checkpoint) -> str:
    """The prefix of the table with the most numbers."""
    sizes: Counter[str] = Counter()
    for name, stored in checkpoint.tensors.items():
        sizes[checkpoint.places[name]] += prod(stored.shape)
    (place, _), *_ = sizes.most_common(1)
    return f"{place}." if place else ""


def _fit(
    checkpoint: Checkpoint, forms: Mapping[str, tuple[str, ...]], prefix: str, wanted: Mapping[str, tuple[int, ...]],
    published: int,
) -> Fit:  # fmt: skip
    names = dict[str, str]()
    beneath = dict[str, str]()  # every tensor under the prefix: its name in the file by that without the prefix
    for name, ways in forms.items():
        inner = [form.removeprefix(prefix) for form in ways if form.startswith(prefix)]
        for form in inner:
            if form in wanted and form not in names:
                names[form] = name
        if inner:
            beneath[name] = inner[-1]
    tables = {checkpoint.places[name] for name in names.values()} or {prefix.removesuffix(".")}
    used = set(names.values())
    extra = tuple(
        name
        for name, inner in beneath.items()
        if name not in used and checkpoint.places[name] in tables
        if not only_trains(inner) and not _OF_TRAINING.match(inner)
        if "." in inner or prod(checkpoint.tensors[name].shape) > 1  # a lone number, such as the learning rate
    )
    shapes = {inner: checkpoint.tensors[name].shape for inner, name in names.items()}
    return Fit(
        prefix.removesuffix("."),
        {name: names[name] for name in wanted if name in names},
        tuple(name for name in wanted if name not in names and not name.endswith(BATCH_COUNTER)),
        tuple(name for name, shape in shapes.items() if not shape_fits(shape, wanted[name], published)),
        extra,
    )
