"""Which pixels of the picture can reach a value inside a network: its theoretical receptive field.

A `FieldTracker` watches every tensor operation of a forward pass and works out what each result sees, by
Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019. Chains and
branches of convolutions and pools are exact; what isn't known is taken to see all that its operands see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from explorer.networks.tracing.dimensions import Destinations, Shape, Window, destinations, is_fresh, is_view
from explorer.networks.tracing.operations import Operation, Watcher, tensors


@dataclass(frozen=True)
class Axis:
    """Along one axis, position i sees the `size` input pixels from `start` + i · `stride` on.

    They may lie outside the picture, in the padding. With a stride of 0 all positions see the same pixels.
    """

    size: int
    stride: int
    start: int

    def span(self, position: int) -> tuple[int, int]:
        """The first pixel seen and the one after the last."""
        first = self.start + position * self.stride
        return first, first + self.size

    def through(self, window: Window) -> Axis:
        """What the outputs of a sliding window see of the input when the window's own input is this axis."""
        return Axis(
            self.size + (window.kernel - 1) * window.dilation * self.stride,
            self.stride * window.stride,
            self.start - window.padding * self.stride,
        )


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer. Units without a row and column of their own see all the layer sees."""

    rows: Axis
    columns: Axis

    @property
    def size(self) -> int:
        """The longer side in input pixels."""
        return max(self.rows.size, self.columns.size)

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) of what the unit there sees, ends excluded; may exceed the picture."""
        (top, bottom), (left, right) = self.rows.span(row), self.columns.span(column)
        return top, left, bottom, right

    def clipped(self, row: int, column: int, side: int) -> tuple[int, int, int, int]:
        """The part of `box` in a picture of `side` × `side` pixels; near its edge it may be a little too large."""
        top, left, bottom, right = (min(max(edge, 0), side) for edge in self.box(row, column))
        return top, left, bottom, right


@dataclass(frozen=True)
class _Track:
    """Where an axis of the picture is in a tensor: element e (row-major) is at position e // step % count.

    So a view, which only renames dimensions, changes nothing. With a count of 1 all see the same pixels.
    """

    axis: Axis
    step: int
    count: int

    def everywhere(self) -> _Track:
        """All elements see all that any of them sees."""
        axis = self.axis
        return _Track(Axis(axis.size + (self.count - 1) * axis.stride, 0, axis.start), 1, 1)

    def place(self, shape: Sequence[int]) -> tuple[int, int] | None:
        """The dimension of `shape` that holds the axis, and its step in it; None if no single one does."""
        below = 1
        for dim in reversed(range(len(shape))):
            if self.step % below == 0 and below * shape[dim] % (self.step * self.count) == 0:
                return dim, self.step // below
            below *= shape[dim]
        return None

    def is_dimension(self, shape: Sequence[int]) -> bool:
        """Whether the positions of the axis are exactly the indices of one dimension of `shape`."""
        place = self.place(shape)
        return place is not None and place[1] == 1 and shape[place[0]] == self.count


_Tracks = tuple[_Track, ...]  # of rows and columns; () for what doesn't depend on the picture
_NOTHING = Axis(0, 0, 0)


@dataclass(frozen=True)
class _Operand:
    argument: str
    shape: Shape
    tracks: _Tracks


class FieldTracker(Watcher):
    """While the block runs, keeps the receptive field of all that is computed from `picture` (1, C, H, W)."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__()
        *_, height, width = picture.shape
        pixel = Axis(1, 1, 0)
        self._tracks: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
        self._tracks[picture] = (_Track(pixel, width, height), _Track(pixel, 1, width))

    def field(self, tensor: Tensor) -> Field:
        """The field of `tensor`; of size 0 if the picture can't reach it."""
        tracks = self._tracks.get(tensor, ())
        if not tracks:
            return Field(_NOTHING, _NOTHING)
        rows, columns = (t if t.is_dimension(tensor.shape) else t.everywhere() for t in tracks)
        return Field(rows.axis, columns.axis)

    def saw(self, operation: Operation, output: Any) -> None:
        """Carry the fields of the operands over to the results."""
        known = ((name, shape, self._tracks.get(tensor, ())) for name, tensor, shape in operation.tensors)
        operands = [_Operand(*each) for each in known if each[-1]]
        for result in tensors([output, operation.written]):
            self._keep(result, _result(operation, operands, tuple(result.shape)), bool(operation.written))

    def _keep(self, result: Tensor, tracks: _Tracks, in_place: bool) -> None:
        before = self._tracks.get(result, ())
        self._tracks[result] = tracks
        if not in_place or before == tracks:
            return
        memory = result.untyped_storage().data_ptr()
        for other in list(self._tracks):  # views of what was written to
            if other is not result and other.untyped_storage().data_ptr() == memory:
                self._tracks[other] = _mixed([tracks, self._tracks[other]])


def _result(operation: Operation, operands: Sequence[_Operand], shape: Shape) -> _Tracks:
    """The tracks of a result of `shape`: those of the operands, moved, seen through windows and united."""
    if is_fresh(operation):
        return ()
    if len(operands) == 1 and is_view(operation):
        return operands[0].tracks
    moved = []
    for operand in operands:
        where = destinations(operation, operand.argument, operand.shape, shape)
        if where is None:
            return _mixed([o.tracks for o in operands])
        moved.append(tuple(_moved(track, operand.shape, shape, where) for track in operand.tracks))
    return tuple(_union(tracks) for tracks in zip(*moved, strict=True))


def _moved(track: _Track, source: Shape, target: Shape, where: Destinations) -> _Track:
    if track.count == 1:
        return track
    place = track.place(source)
    to = where[place[0]] if place is not None else None
    if place is None or to is None:
        return track.everywhere()
    below = prod(target[to.dim + 1 :])
    if to.window == Window() and target[to.dim] == source[place[0]]:
        return replace(track, step=place[1] * below)
    if not track.is_dimension(source):
        return track.everywhere()
    return _Track(track.axis.through(to.window), below, target[to.dim])


def _mixed(several: Sequence[_Tracks]) -> _Tracks:
    """Every element sees all that all elements of all operands see."""
    return tuple(_union([t.everywhere() for t in tracks]) for tracks in zip(*filter(None, several), strict=True))


def _union(tracks: Sequence[_Track]) -> _Track:
    """What a sum of operands sees: exact if they move over the picture in step, else all of it everywhere."""
    if len({(t.step, t.count, t.axis.stride) for t in tracks}) > 1:
        tracks = [t.everywhere() for t in tracks]
    start = min(t.axis.start for t in tracks)
    end = max(t.axis.start + t.axis.size for t in tracks)
    return replace(tracks[0], axis=Axis(end - start, tracks[0].axis.stride, start))
