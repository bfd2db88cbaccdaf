"""Weights of the visitor's own for a known architecture: found in their file, checked, and what was done is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.networks.checkpoints.fit import Fit
from explorer.networks.checkpoints.fitting import fits
from explorer.networks.checkpoints.reading import Checkpoint, read_checkpoint, read_tensor, whole_model
from explorer.networks.checkpoints.stored import Stored
from explorer.networks.registry.published import WeightsError
from explorer.networks.weights.pretrained import check_fit, fill

if TYPE_CHECKING:
    from torch import nn

_MOST_CLASSES = 100_000
_MOST_NAMED = 6  # in one sentence
_BITS = {
    "float64": "64-bit", "float16": "16-bit", "bfloat16": "16-bit (bfloat16)",
    "float8_e4m3fn": "8-bit (E4M3)", "float8_e5m2": "8-bit (E5M2)",
}  # fmt: skip


@dataclass(frozen=True)
class OwnWeights:
    """A file that was read, and the models in it; those that fit an architecture, or the one that comes nearest."""

    checkpoint: Checkpoint
    fits: tuple[Fit, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """The models that fit, by the way to each in the file; one without a way is the file's only table."""
        return tuple(fit.label for fit in self.fits if fit.whole)

    def chosen(self, which: str | None) -> Fit:
        """The model that was asked for, or the first. Raises WeightsError naming those that are there."""
        if which is None:
            return self.fits[0]
        for fit in self.fits:
            if fit.label == which:
                return fit
        there = ", ".join(repr(fit.label) for fit in self.fits)
        raise WeightsError(f"{self.checkpoint.path} has no model {which!r} that fits: choose one of {there}.")


def read_own(file: str | Path, module: nn.Module, published: int) -> OwnWeights:
    """The models in a file that fit a network of `published` classes. Raises WeightsError as `read_checkpoint` does,
    and when all that it holds is a model as program code."""
    checkpoint = read_checkpoint(Path(file))
    found = OwnWeights(checkpoint, fits(checkpoint, module, published))
    if not found.choices:
        _refuse_what_is_known(checkpoint)
    return found


def _refuse_what_is_known(checkpoint: Checkpoint) -> None:
    """Say it shortly where no tensor fits because they are of another kind, or because the model itself is code."""
    odd = next(((name, stored) for name, stored in checkpoint.tensors.items() if stored.odd), None)
    if odd is not None:
        read_tensor(checkpoint.path, *odd)
    model = whole_model(checkpoint.root)
    if model is not None:
        raise WeightsError(
            f"{checkpoint.path} holds a whole model as program code (of class {model.name}), which is never run. Where "
            "its code is, save its weights alone: torch.save(model.state_dict(), 'weights.pth')."
        )


def classes_in(fit: Fit, checkpoint: Checkpoint, module: nn.Module, published: int) -> int:
    """How many classes a model in a file has: the rows of those tensors that in the network have one for each class."""
    shapes = {name: checkpoint.tensors[place].shape for name, place in fit.names.items()}
    rows = {
        shapes[name][0]
        for name, tensor in module.state_dict().items()
        if tensor.shape[:1] == (published,) and name in shapes
        if len(shapes[name]) == tensor.ndim and shapes[name][1:] == tensor.shape[1:]
    }
    (found,) = rows if len(rows) == 1 else (published,)
    return found if 0 < found <= _MOST_CLASSES else published


def fill_own(module: nn.Module, fit: Fit, checkpoint: Checkpoint) -> None:
    """Fill a network with a model of a file. Raises MismatchError and WeightsError as `fill` does, and on whole numbers
    where fractions belong."""
    stored = _stored(fit, checkpoint)
    check_fit(module, stored)
    wanted = module.state_dict()
    for name, one in stored.items():
        if wanted[name].is_floating_point() and "float" not in one.numbers:
            raise WeightsError(
                f"{checkpoint.path} holds {name} as whole numbers ({one.numbers}), which aren't the weights "
                "themselves: save them as they were before they were quantized."
            )
    fill(module, {name: read_tensor(checkpoint.path, fit.names[name], one) for name, one in stored.items()})


def _stored(fit: Fit, checkpoint: Checkpoint) -> Mapping[str, Stored]:
    prefix = f"{fit.label}." if fit.label else ""
    extra = {name.removeprefix(prefix): checkpoint.tensors[name] for name in fit.extra}
    return {name: checkpoint.tensors[place] for name, place in fit.names.items()} | extra


def remarks(own: OwnWeights, fit: Fit) -> str:
    """What was taken, set aside and changed in reading, in a few sentences; "" if all was taken as it is."""
    checkpoint, said = own.checkpoint, []
    if len(own.choices) > 1:
        others = _listed([_called(label) for label in own.choices if label != fit.label])
        said.append(f"Of the models in the file this is {_called(fit.label)}; {others} would fit, too.")
    if fit.remark:
        said.append(fit.remark)
    taken = set(fit.names.values())
    left = [name for name in checkpoint.tensors if name not in taken]
    groups = dict.fromkeys((*checkpoint.others, *(_group(name, fit.label) for name in left)))
    if groups:
        said.append(f"Set aside: {_listed(list(groups))}.")
    if checkpoint.foreign:
        said.append(f"Named in the file and never run: {_listed(list(checkpoint.foreign))}.")
    kinds = dict.fromkeys(checkpoint.tensors[place].numbers for place in fit.names.values())
    if bits := [_BITS[kind] for kind in kinds if kind in _BITS]:
        said.append(f"The {' and '.join(bits)} numbers of the file were made 32-bit ones.")
    return " ".join(said)


def _called(label: str) -> str:
    return f"“{label}”" if label else "the one at its top"


def _group(name: str, label: str) -> str:
    """The part of a file that a tensor left over belongs to: the first part of its name that isn't the model's way."""
    way = label.split(".") if label else []
    parts = name.split(".")
    shared = next((place for place, part in enumerate(way) if parts[place : place + 1] != [part]), len(way))
    return ".".join(parts[: shared + 1])


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
