"""What a classifier answers with, read as logits: tables and tuples of tensors, probabilities, a single number."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import Tensor, finfo, logit, nn

_NAMED = ("logits", "out", "output", "pred", "prediction", "scores")  # how libraries call what we want

Conversion = Callable[[Tensor], Tensor]  #: the numbers (N, C) that a module gives, as logits (N, classes)


def output_tensor(answer: Any) -> Tensor | None:
    """The tensor (N, classes), or (N,), in what a module gives: itself, the part called logits, or the first such one.

    Heads for training come after the main one.
    """
    if isinstance(answer, Tensor):
        return answer
    parts = _parts(answer)
    named = [parts[name] for name in _NAMED if isinstance(parts.get(name), Tensor)]
    flat = [part for part in parts.values() if isinstance(part, Tensor) and part.ndim in (1, 2)]
    return next(iter([*named, *flat]), None)


def _parts(answer: Any) -> Mapping[str, Any]:
    if isinstance(answer, Mapping):
        return {str(name): part for name, part in answer.items()}
    if hasattr(answer, "_asdict"):
        return dict(answer._asdict())
    if dataclasses.is_dataclass(answer):
        return {f.name: getattr(answer, f.name) for f in dataclasses.fields(answer)}
    if isinstance(answer, (tuple, list)):
        return {str(place): part for place, part in enumerate(answer)}
    return vars(answer) if hasattr(answer, "__dict__") else {}


def from_logits(numbers: Tensor) -> Tensor:
    """Logits, as they are; the logarithms of probabilities are logits, too."""
    return numbers


def from_softmax(shares: Tensor) -> Tensor:
    """Probabilities of classes that exclude each other: their logarithms, of which softmax makes them again."""
    return shares.clamp(min=finfo(shares.dtype).tiny).log()


def from_sigmoid(chances: Tensor) -> Tensor:
    """A probability for each class by itself: the logits that a sigmoid made them of."""
    return logit(chances, finfo(chances.dtype).eps)


def from_one_logit(one: Tensor) -> Tensor:
    """One logit z, of a sigmoid: the logits 0 and z, of which softmax makes 1 − σ(z) and σ(z)."""
    one = one.view(-1, 1)
    return nn.functional.pad(one, (1, 0))


def from_one_sigmoid(chance: Tensor) -> Tensor:
    """One probability p: those of the two classes are 1 − p and p."""
    return from_one_logit(from_sigmoid(chance))


def conversion_to_logits(answers: Tensor) -> Conversion:
    """What makes logits of a module's outputs, told by those (N, C) for pictures and for what lies far beyond them."""
    inside = bool(((answers >= 0) & (answers <= 1)).all()) and bool(answers.any())
    if answers.shape[1] == 1:
        return from_one_sigmoid if inside else from_one_logit
    if not inside:
        return from_logits
    summing = bool(((answers.float().sum(1) - 1).abs() < 0.01).all())
    return from_softmax if summing else from_sigmoid


def make_give_logits(module: nn.Module, convert: Conversion) -> None:
    """Make a module of ours give logits (N, classes) in place of whatever else it gives."""
    module.register_forward_hook(partial(_as_logits, convert))


def _as_logits(convert: Conversion, _module: nn.Module, _inputs: object, answer: Any) -> Tensor | None:
    numbers = output_tensor(answer)
    return None if numbers is None else convert(numbers.view(-1, 1) if numbers.ndim == 1 else numbers)
