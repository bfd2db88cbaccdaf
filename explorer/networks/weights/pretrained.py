"""A network's published weights: fetched when missing, read without ever running code that a file holds."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from explorer.imports import imported
from explorer.networks.checkpoints.fitting import only_trains, todays_name
from explorer.networks.checkpoints.pickled import PickledDict
from explorer.networks.checkpoints.reading import read_checkpoint, read_tensor
from explorer.networks.checkpoints.stored import Stored
from explorer.networks.registry.catalogue import resolve, weights_file
from explorer.networks.registry.published import WeightsError, WeightsFile
from explorer.networks.weights.cache_folder import cache_folder, cached, mark_used
from explorer.networks.weights.downloads import download

if TYPE_CHECKING:
    from torch import Tensor, nn

_WRAPPERS = ("state_dict", "model_state_dict", "model")  # under which training scripts keep the tensors


@dataclass(frozen=True)
class Difference:
    """A tensor that a file and a network don't have in common; the shape is None where there is none."""

    tensor: str
    expected: tuple[int, ...] | None
    found: tuple[int, ...] | None

    PROBLEMS: ClassVar = ("missing", "of another shape", "not in the network")

    @property
    def problem(self) -> str:
        """What is wrong with it, in a word or two."""
        missing, reshaped, extra = self.PROBLEMS
        return missing if self.found is None else extra if self.expected is None else reshaped


class MismatchError(WeightsError):
    """Weights that don't fit a network; `differences` are all tensors that say so."""

    def __init__(self, sentence: str, differences: tuple[Difference, ...]) -> None:
        super().__init__(sentence)
        self.differences = differences


def read_state(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a published checkpoint by name, on the CPU, as they lie in its table.

    Raises WeightsError on a missing or damaged file, on one that is something else or holds no table of tensors, and
    on one that claims to hold more than its bytes; its code never runs.
    """
    path = Path(path)
    table = read_checkpoint(path).root
    for wrapper in _WRAPPERS:
        if isinstance(table, PickledDict) and isinstance(table.get(wrapper), PickledDict):
            table = table[wrapper]
    stored = (
        {name: value for name, value in table.items() if isinstance(value, Stored)}
        if isinstance(table, PickledDict)
        else {}
    )
    if not stored:
        raise WeightsError(f"{path} holds no plain table of tensors by name: choose a file of weights.")
    state = OrderedDict((str(name), read_tensor(path, str(name), value)) for name, value in stored.items())
    if isinstance(table.attributes, dict) and isinstance(table.attributes.get("_metadata"), dict):
        state._metadata = table.attributes["_metadata"]  # type: ignore[attr-defined] # the versions of its layers
    return state


def digest(path: str | Path) -> str:
    """The beginning of a file's SHA-256."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def load_pretrained(module: nn.Module, name: str) -> None:
    """Fill a network made by `build` with its published weights, downloaded first when they aren't here.

    Raises WeightsError as `download` does, on a file that can't be read, and on weights that don't fit the network.
    """
    published, full = weights_file(name), resolve(name)
    state = _state(published)
    try:
        module.load_state_dict(_adapted(full, state))
    except (RuntimeError, KeyError, ValueError) as error:
        raise WeightsError(_mismatch(module, state, full, published.file)) from error


def _state(published: WeightsFile) -> dict[str, Tensor]:
    """What a published file holds; one that was damaged since it came is thrown away and fetched again."""
    path = cache_folder() / published.file
    if cached(published) is not None:
        mark_used(path)
        try:
            return read_state(path)
        except WeightsError:
            with suppress(OSError):
                path.unlink()
    for _progress in download(published):
        pass
    try:
        return read_state(path)
    except WeightsError as error:  # which names the place on the server
        raise WeightsError(f"{published.file} is damaged where it was published: choose another network.") from error


def _adapted(full: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state under today's tensor names. torchvision's changes in place: it carries its version along."""
    library, bare = full.split("/")
    if library == "timm":
        timm = imported("timm")
        # timm alone knows how to convert each of its checkpoints, and does so only while it builds a network.
        filled = timm.create_model(bare, pretrained=True, pretrained_cfg_overlay={"state_dict": state})
        adapted: dict[str, Tensor] = filled.state_dict()
        return adapted
    for key in list(state):
        if only_trains(key):
            del state[key]
        elif (today := todays_name(key)) != key:
            state[today] = state.pop(key)
    return state


def compare(state: Mapping[str, Tensor] | Mapping[str, Stored], module: nn.Module) -> tuple[Difference, ...]:
    """What a checkpoint and a network don't have in common, in the network's order, then what only the file has."""
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in state.items()}
    names = [*wanted, *(found.keys() - wanted.keys())]
    return tuple(Difference(n, wanted.get(n), found.get(n)) for n in names if wanted.get(n) != found.get(n))


def fill(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Fill a network with tensors of just its names; batch counters may be missing.

    Raises MismatchError on any other difference, WeightsError on what is no number.
    """
    check_fit(module, state)
    broken = next((n for n, t in state.items() if t.is_floating_point() and not t.isfinite().all()), None)
    if broken is not None:
        raise WeightsError(f"{broken} holds values that are not numbers (NaN or infinity): choose other weights.")
    for name, tensor in module.state_dict().items():
        if name in state:
            tensor.copy_(state[name])


def check_fit(module: nn.Module, state: Mapping[str, Tensor] | Mapping[str, Stored]) -> None:
    """Raise MismatchError unless tensors have a network's names and shapes; batch counters may be missing."""
    odd = tuple(d for d in compare(state, module) if d.found is not None or not d.tensor.endswith("batches_tracked"))
    if odd:
        raise MismatchError(_summary(odd, len(module.state_dict())), odd)


def _summary(odd: tuple[Difference, ...], wanted: int) -> str:
    said = [f"{n} {word}" for word in Difference.PROBLEMS if (n := sum(d.problem == word for d in odd))]
    return (
        f"These weights don't fit this network of {wanted} tensors ({', '.join(said)}): "
        "choose the architecture that they belong to."
    )


def _mismatch(module: nn.Module, state: dict[str, Tensor], full: str, file: str) -> str:
    odd = compare(state, module)
    named = "; ".join(f"{d.tensor}: {shape_text(d.found)}, expected {shape_text(d.expected)}" for d in odd[:3])
    return f"The weights in {file} don't fit {full} ({named or 'in their values'}): update torchvision and timm."


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A tensor's shape as people read it: 64 × 3 × 7 × 7."""
    return "nothing" if shape is None else " × ".join(map(str, shape)) or "a number"
