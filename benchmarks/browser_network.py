"""EfficientNet-Lite0 in the browser against the same in eager torch, both with one thread: a pass, a gradient step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch.nn.functional import cross_entropy

import explorer
from benchmarks.browser import browsing, fresh_page
from benchmarks.measure import Figure, interleave, timed
from explorer.networks.gradients.derivatives import derivative

GOALS = {"forward": 2.5, "gradient": 2.6}
ROUNDS = 15
# Milliseconds from the question to the answer, the worker's messages counted.
ASK = """async (kind) => {
    const [network] = window.explorerNetworks.values();
    const picture = new Float32Array(3 * network.files.size ** 2).fill(0.5);
    const direction = new Float32Array(network.files.labels.length);
    const began = performance.now();
    await (kind === "gradient" ? network.climb(picture, direction, 1) : network.look(picture));
    return performance.now() - began;
}"""


def figures() -> Iterator[Figure]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with browsing("app.py") as (browser, (url,)):
            page = fresh_page(browser, f"{url}/live")
            page.wait_for_selector('[data-testid="live"][data-ready="true"]')
            for kind, theirs in {"forward": _look, "gradient": _climb}.items():
                ours, eager = interleave(partial(page.evaluate, ASK, kind), timed(theirs), rounds=ROUNDS)
                yield Figure(f"in the browser: Lite0, {kind}; eager torch", ours, eager, GOALS[kind])
    finally:
        torch.set_num_threads(threads)


def _look() -> None:
    network = explorer.load_network(device="cpu")
    with torch.inference_mode():
        network.module(torch.full((1, 3, 224, 224), 0.5))


def _climb() -> None:
    x = torch.full((1, 3, 224, 224), 0.5).requires_grad_()
    derivative(cross_entropy(explorer.load_network(device="cpu").module(x), torch.tensor([0])), x)
