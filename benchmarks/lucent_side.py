"""Lucent in a process of its own: reads one request a line from standard input, answers each with one line of JSON.

A request names network, layer, channel, side, steps, seed and the file for the picture. The time is that of the climb
alone; hooks that Lucent leaves on the module are taken off before the next.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter
from typing import Any

import numpy as np
import torch
from lucent.optvis import param, render

from explorer.networks.loading import Network, load_network


def climb(network: Network, request: dict[str, Any]) -> dict[str, Any]:
    layer, channel = request["layer"], request["channel"]
    counts = {"forwards": 0, "backwards": 0}
    module = network.module
    torch.manual_seed(request["seed"])

    def objective(outputs: Any) -> torch.Tensor:
        found = outputs(f"body_{layer}".replace(".", "_"))
        counts["forwards"] += 1
        counts["backwards"] += 1
        return -found[:, channel].mean()

    module.requires_grad_(True)  # as whoever uses Lucent gets it
    start = perf_counter()
    (image,) = render.render_vis(
        module, objective, lambda: param.image(request["side"]), thresholds=(request["steps"],), preprocess=False,
        progress=False, show_image=False,
    )  # fmt: skip
    took = (perf_counter() - start) * 1000
    for inner in module.modules():
        inner._forward_hooks.clear()
    np.save(request["file"], image[0])
    return {"ms": took, **counts}


def main() -> None:
    torch.set_num_threads(int(sys.argv[1]))
    networks: dict[tuple[str, bool], Network] = {}
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        key = request["network"], request["pretrained"]
        if key not in networks:
            networks[key] = load_network(key[0], device="cpu", pretrained=key[1])
        print(json.dumps(climb(networks[key], request)), flush=True)


if __name__ == "__main__":
    main()
