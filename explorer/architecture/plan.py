"""A network as a tree of blocks, from stages to single layers, with what each costs: the plan that is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from torch import nn

from explorer.cache import memoised
from explorer.networks.layers import OUTPUT, Layer, module_name
from explorer.networks.loading import Network
from explorer.networks.tracing.receptive_fields import Field

#: what a layer does, by a part of its kind's name; the first that fits counts
_ROLES = {
    "attention": "attention", "attn": "attention", "conv": "convolution", "linear": "dense", "pool": "pooling",
    "norm": "normalization", "grn": "normalization",
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A layer, or a group of layers with `children` in the order in which they finish.

    `layer` is the name under which the layer can be opened, "" for a group that no module of its own computes.
    `channels`, `places` and `prefix` are those of what it puts out; `parameters` and `multiply_adds` include its
    children's. `role` is one of convolution, dense, attention, pooling, normalization, activation, other: of a group,
    that of its costliest part.
    """

    name: str
    kind: str
    role: str
    layer: str
    channels: int
    places: tuple[int, ...]
    parameters: int
    multiply_adds: int
    field: Field
    children: tuple[Block, ...] = ()
    prefix: int | None = None

    @property
    def label(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def is_layer(self) -> bool:
        """Whether it is a step of its own: it holds no others, or has weights beside theirs.

        So does a normalization of timm's that holds the non-linearity behind it.
        """
        return not self.children or self.parameters > sum(child.parameters for child in self.children)

    @property
    def layers(self) -> tuple[Block, ...]:
        """All steps inside it."""
        return tuple(block for block in self.walk() if block.is_layer and block is not self)

    def walk(self) -> Iterator[Block]:
        """This block and all inside it, the outer ones first."""
        yield self
        for child in self.children:
            yield from child.walk()


@memoised
def plan(network: Network) -> Block:
    """The whole network as one block, whose children are its parts."""
    body: nn.Module = network.module.get_submodule("body")
    stack: list[Block] = []
    for layer in network.layers:
        inside = f"{module_name(layer.name)}."
        first = next((i for i in range(len(stack), 0, -1) if not stack[i - 1].name.startswith(inside)), 0)
        stack[first:] = [_block(layer, _grouped(stack[first:], inside, body), body)]
    parts, last = _grouped(stack, "", body), network.layers[-1]
    work = sum(part.multiply_adds for part in parts)
    if parts[-1].name == OUTPUT and module_name(last.name) == OUTPUT and len(parts) > 1:
        # the step that the network's own code makes was charged with all that the network costs
        *others, final = parts
        work = final.multiply_adds
        rest = work - sum(part.multiply_adds for part in others)
        parts = (*others, _block(last, (), body, parameters=0, work=rest))
    return Block(
        network.name, type(body).__name__, "other", "", last.channels, last.places, network.parameters, work,
        last.field, parts,
    )  # fmt: skip


def opened(root: Block, *, least: int = 8, most: int = 44) -> tuple[Block, ...]:
    """The groups to open at first, costliest first, so that `least` blocks are seen, but not more than `most`."""
    seen, found = list(root.children), []
    while len(seen) < least:
        groups = [b for b in seen if b.children and len(seen) + len(b.children) - 1 <= most]
        if not groups:
            break
        largest = max(groups, key=lambda b: b.multiply_adds)
        place = seen.index(largest)
        seen[place : place + 1] = largest.children
        found.append(largest)
    return tuple(found)


def _block(
    layer: Layer,
    children: tuple[Block, ...],
    body: nn.Module,
    *,
    parameters: int | None = None,
    work: int | None = None,
) -> Block:
    return Block(
        name=layer.name,
        kind=layer.kind,
        role=_role(layer.kind, _module(body, module_name(layer.name)), children),
        layer=layer.name,
        channels=layer.channels,
        places=layer.places,
        prefix=layer.prefix,
        parameters=layer.parameters if parameters is None else parameters,
        multiply_adds=layer.multiply_adds if work is None else work,
        field=layer.field,
        children=children,
    )


def _grouped(blocks: Sequence[Block], inside: str, body: nn.Module) -> tuple[Block, ...]:
    """The blocks within a module, those that a list of modules (which computes nothing itself) holds put together."""
    found: list[Block] = []
    for name, run in groupby(blocks, lambda block: inside + block.name[len(inside) :].partition(".")[0]):
        members = list(run)
        if len(members) == 1 or any(module_name(member.name) == module_name(name) for member in members):
            found += members
        else:
            found.append(_group(name, _grouped(members, f"{name}.", body), body))
    return tuple(found)


def _group(name: str, children: tuple[Block, ...], body: nn.Module) -> Block:
    last, module = children[-1], _module(body, name)
    return Block(
        name=name,
        kind=type(module).__name__,
        role=_role("", module, children),
        layer="",
        channels=last.channels,
        places=last.places,
        prefix=last.prefix,
        parameters=sum(p.numel() for p in module.parameters()),
        multiply_adds=sum(child.multiply_adds for child in children),
        field=last.field,
        children=children,
    )


def _module(body: nn.Module, name: str) -> nn.Module:
    try:
        return body.get_submodule(name)
    except AttributeError:  # the network's own last step
        return body


def _role(kind: str, module: nn.Module, children: Sequence[Block]) -> str:
    if children and max(child.multiply_adds for child in children):
        return max(children, key=lambda child: child.multiply_adds).role
    for part, role in _ROLES.items():
        if part in kind.lower():
            return role
    home = type(module).__module__
    return "activation" if home.endswith((".activation", ".activations", ".activations_me")) else "other"
