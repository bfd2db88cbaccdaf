"""Classes that a visitor knows at sight, for an atlas that is to be read without a dictionary.

Chosen once, before any picture was made, for things, animals, plants and buildings with a shape of their own, those
first of which a child's picture book has a page; breeds, tools of a trade and look-alikes are left out.
"""

from __future__ import annotations

from explorer.networks.loading import Network

KNOWN = (
    "castle", "daisy", "broccoli", "zebra", "sports car", "tabby", "pirate", "golden retriever", "strawberry",
    "steam locomotive", "flamingo", "balloon", "grand piano", "peacock", "tiger", "volcano", "violin", "banana",
    "goldfish", "beacon", "snail", "teapot", "tractor", "African elephant", "pineapple", "bookshop",
    "monarch", "school bus", "king penguin",
)  # fmt: skip


def known_classes(network: Network) -> list[int]:
    """The numbers of those that the network has, the best known first."""
    numbers = {label: number for number, label in enumerate(network.labels)}
    return [numbers[name] for name in KNOWN if name in numbers]
