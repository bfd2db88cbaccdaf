"""The lines of Python that give a maximization again: its unit, and its method with what was changed in it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from explorer.maximization import METHODS, Preset, Unit


def unit_code(unit: Unit) -> str:
    """The code of a unit."""
    place = "" if unit.position is None else f", {unit.position}"
    return f"explorer.Unit({unit.layer!r}, {unit.channel}{place})"


def method_code(method: str, preset: Preset) -> str:
    """The code of a method: its name, or what was changed in it."""
    changed = _changed(METHODS[method], preset)
    if not changed:
        return repr(method)
    return f"replace(METHODS[{method!r}], {', '.join(f'{name}={value!r}' for name, value in changed.items())})"


def _changed(before: Preset, after: Preset) -> dict[str, object]:
    parts = {field.name: getattr(after, field.name) for field in fields(after)}
    return {name: part for name, part in parts.items() if part != getattr(before, name)}


def imports_of(before: Preset, after: Preset) -> str:
    """The lines that a changed method's code needs first."""
    kinds = {type(part) for part in _changed(before, after).values() if is_dataclass(part)}
    lines = sorted(f"from {kind.__module__} import {kind.__name__}" for kind in kinds)
    lines = ["from dataclasses import replace", "", "from explorer.maximization import METHODS", *lines]
    return "".join(f"{line}\n" for line in lines)
