"""Pickles read as a list of instructions by a machine of our own, which can build tables and tensors and nothing else.

Python's unpickler calls whatever a file names. This machine never imports or calls any of it: a name is a name, what it
would have made is a stand-in, and only the few names that torch.save writes for tensors and tables mean something.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from explorer.networks.checkpoints.pickled import (
    CONSTANTS,
    TUPLES,
    VALUES,
    Name,
    PickledDict,
    StandIn,
    appended,
    filled,
)

MOST_INSTRUCTIONS = 4_000_000  # which take some seconds
# names that make what their first argument names
_MAKING = ("copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__")
_MARK = object()


class PickleError(ValueError):
    """A pickle that can't be read to its end."""


Maker = Callable[..., Any]  #: what a known name makes of its arguments


@dataclass(eq=False)
class Machine:
    """Reads one pickle after another from a file.

    `makers` are the names it knows, and `storage` makes what stands for a persistent id.
    """

    makers: dict[str, Maker]
    storage: Callable[[Any], Any]
    foreign: dict[str, None] = field(default_factory=dict)  #: unknown names that would have been called, in order

    def __post_init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def read(self, file: BinaryIO) -> Any:
        """The value of the pickle that begins here. Raises PickleError."""
        self._stack, self._memo = [], {}
        try:
            for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
                if count > MOST_INSTRUCTIONS:
                    raise PickleError(f"more than {MOST_INSTRUCTIONS:,} instructions")
                if opcode.name == "STOP":
                    return self._stack.pop()
                self._step(opcode.name, argument)
        except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise PickleError(str(error)) from error
        raise PickleError("it doesn't end")

    def _step(self, code: str, argument: Any) -> None:
        if code in CONSTANTS:
            self._stack.append(CONSTANTS[code]())
        elif code in VALUES:
            self._stack.append(argument)
        elif code in TUPLES:
            self._stack.append(tuple(self._take(TUPLES[code])))
        else:
            getattr(self, f"_{code.lower()}")(argument)

    def _take(self, count: int) -> list[Any]:
        taken = [self._stack.pop() for _ in range(count)]
        return taken[::-1]

    def _since_mark(self) -> list[Any]:
        place = len(self._stack) - 1
        while self._stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise PickleError("a mark is missing")
        taken = self._stack[place + 1 :]
        del self._stack[place:]
        return taken

    # each of the following is an opcode of the pickle module

    def _proto(self, _version: Any) -> None: ...

    def _frame(self, _length: Any) -> None: ...

    def _mark(self, _: Any) -> None:
        self._stack.append(_MARK)

    def _pop(self, _: Any) -> None:
        self._stack.pop()

    def _pop_mark(self, _: Any) -> None:
        self._since_mark()

    def _dup(self, _: Any) -> None:
        self._stack.append(self._stack[-1])

    def _put(self, place: int) -> None:
        self._memo[place] = self._stack[-1]

    _binput = _long_binput = _put

    def _memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _get(self, place: int) -> None:
        self._stack.append(self._memo[place])

    _binget = _long_binget = _get

    def _tuple(self, _: Any) -> None:
        self._stack.append(tuple(self._since_mark()))

    def _list(self, _: Any) -> None:
        self._stack.append(self._since_mark())

    def _dict(self, _: Any) -> None:
        self._stack.append(filled(PickledDict(), self._since_mark()))

    def _frozenset(self, _: Any) -> None:
        self._stack.append(self._since_mark())

    def _append(self, _: Any) -> None:
        value = self._stack.pop()
        appended(self._stack[-1], [value])

    def _appends(self, _: Any) -> None:
        values = self._since_mark()
        appended(self._stack[-1], values)

    _additems = _appends

    def _setitem(self, _: Any) -> None:
        pair = self._take(2)
        filled(self._stack[-1], pair)

    def _setitems(self, _: Any) -> None:
        pairs = self._since_mark()
        filled(self._stack[-1], pairs)

    def _global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._stack.append(Name(module, name))

    def _stack_global(self, _: Any) -> None:
        module, name = self._take(2)
        self._stack.append(Name(str(module), str(name)))

    def _reduce(self, _: Any) -> None:
        called, arguments = self._take(2)
        self._stack.append(self._made(called, arguments))

    _newobj = _reduce

    def _newobj_ex(self, _: Any) -> None:
        called, arguments, _named = self._take(3)
        self._stack.append(self._made(called, arguments))

    def _obj(self, _: Any) -> None:
        called, *arguments = self._since_mark()
        self._stack.append(self._made(called, tuple(arguments)))

    def _inst(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._stack.append(self._made(Name(module, name), tuple(self._since_mark())))

    def _build(self, _: Any) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, PickledDict):
            target.attributes = state
        elif isinstance(target, StandIn):
            target.state = state

    def _persid(self, identity: Any) -> None:
        self._stack.append(self.storage(identity))

    def _binpersid(self, _: Any) -> None:
        self._stack.append(self.storage(self._stack.pop()))

    def _made(self, called: Any, arguments: Any) -> Any:
        if isinstance(called, Name) and (maker := self.makers.get(str(called))) and isinstance(arguments, tuple):
            return maker(*arguments)
        name = called if isinstance(called, Name) else Name("", type(called).__name__)
        if str(name) in _MAKING and isinstance(arguments, tuple) and arguments and isinstance(arguments[0], Name):
            name = arguments[0]
        self.foreign.setdefault(str(name))
        return StandIn(name, arguments)
