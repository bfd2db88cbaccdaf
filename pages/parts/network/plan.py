"""The plan of a network as one drawing: blocks to scale, groups that open and close, one block chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.architecture.plan import Block, opened
from explorer.architecture.skips import skips
from explorer.cache import memo
from explorer.networks.loading import Network
from pages.parts.widgets.component import component, valid_key


def choose_block(network: Network, root: Block, chosen: str, *, key: str) -> Block:
    """Draw the plan and return the block chosen: the one just clicked, else that of the name `chosen`, else the first.

    All opening, closing and hovering happens in the browser.
    """
    blocks = list(root.walk())[1:]
    start = next((number for number, block in enumerate(blocks) if block.name == chosen), 0)
    picture = memo(("plan", network), lambda: _written(root, network))
    numbers = {id(block): str(number) for number, block in enumerate(blocks)}
    given = {
        "key": network.key,
        "root": picture,
        "input": network.input_size,
        "skips": memo(("skips", network), lambda: _skips(network, blocks)),
        "total": {"parameters": root.parameters, "work": root.multiply_adds},
        "open": [numbers[id(block)] for block in opened(root)],
        "chosen": str(start),
    }
    clicked = component("plan")(data=given, key=valid_key(key), on_chosen_change=lambda: None).chosen
    return blocks[int(clicked)] if str(clicked).isdecimal() and int(clicked) < len(blocks) else blocks[start]


def _skips(network: Network, blocks: Sequence[Block]) -> list[list[str]]:
    """The ways around layers, by the blocks' numbers; "" is the picture."""
    numbers = {block.layer: str(number) for number, block in enumerate(blocks) if block.layer}
    return [[numbers.get(one.start, ""), numbers[one.end], one.how] for one in skips(network) if one.end in numbers]


def output_words(block: Block) -> str:
    """What a block puts out, in words."""
    if not block.places:
        return f"{block.channels:,} numbers"
    if len(block.places) == 1:
        return f"{block.places[0]:,} tokens of {block.channels:,}"
    if block.places == (1, 1):
        return f"{block.channels:,} numbers, 1 × 1"
    maps = f"{block.channels:,} maps of {' × '.join(map(str, block.places))}"
    if block.prefix is None:
        return maps
    return f"{maps}: tokens of the patches" + (f", and {block.prefix} more" if block.prefix else "")


def field_words(block: Block, side: int) -> str:
    """The receptive field: how much of the picture one value sees."""
    if block.field.size == 0:
        return "none of the picture"
    rows, columns = (min(axis.size, side) for axis in (block.field.rows, block.field.columns))
    return "the whole picture" if rows == columns == side else f"{rows} × {columns} pixels"


def stride_words(block: Block) -> str:
    """How far its neighbour's view lies away, in pixels of the picture."""
    step = block.field.rows.stride
    return f"{step} pixel{'s' if step > 1 else ''}" if step else ""


def _written(root: Block, network: Network) -> dict[str, Any]:
    numbers = iter(range(-1, 10**6))

    def write(block: Block) -> dict[str, Any]:
        return {
            "id": str(next(numbers)),
            "name": block.name,
            "label": block.label,
            "kind": block.kind,
            "role": block.role,
            "channels": block.channels,
            "places": list(block.places),
            "parameters": block.parameters,
            "work": block.multiply_adds,
            "gives": output_words(block),
            "sees": field_words(block, network.input_size),
            "step": stride_words(block),
            "children": [write(child) for child in block.children],
        }

    return write(root)
