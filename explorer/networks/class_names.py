"""Names of classes: told apart where one stands twice, and looked up by exactly one class or by none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names in their order; one that stands twice, in whatever case, carries its number: "cardigan (474)".

    No two of the result are equal in any case, so each finds its class.
    """
    apart = list(names)
    while len(repeated := _repeated(apart)) > 0:  # a name given as "cat (0)" may meet a "cat" that was numbered 0
        apart = [numbered(name, i) if name.casefold() in repeated else name for i, name in enumerate(apart)]
    return tuple(apart)


def _repeated(names: Sequence[str]) -> set[str]:
    return {name for name, times in Counter(name.casefold() for name in names).items() if times > 1}


def numbered(name: str, number: int) -> str:
    """A name with the number of its class."""
    return f"{name} ({number})"


class ClassNames:
    """Which classes a name may mean, given `told_apart` labels."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._exact, self._caseless = _table(labels, str), _table(labels, str.casefold)

    def called(self, name: str) -> list[int]:
        """The numbers of the classes; more than one: the name is ambiguous.

        A label as it is shown comes before the name without its number, and both before either in another case. A name
        with its number is understood where no number is needed, too.
        """
        return self._exact.get(name) or self._caseless.get(name.casefold()) or []


def _table(labels: Sequence[str], fold: Callable[[str], str]) -> dict[str, list[int]]:
    shown: dict[str, list[int]] = defaultdict(list)
    loose: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        bare = label.removesuffix(numbered("", i))
        shown[fold(label)].append(i)
        for name in {fold(bare), fold(numbered(bare, i))}:
            loose[name].append(i)
    return loose | shown
