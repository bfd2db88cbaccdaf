"""Takes stock of every classifier of torchvision and timm once, so that the list of them opens without either.

`python -m explorer.networks.registry.census` builds each network without numbers (on torch's meta device, so none
is downloaded) and writes networks.csv beside this file; `specs` reads it. Run it again after an update of the
libraries.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from explorer.networks.registry.catalogue import available, build, published_accuracy, weights_file
from explorer.networks.registry.specs import CENSUS, COLUMNS

if TYPE_CHECKING:
    from torch import nn

    from explorer.networks.registry.published import Preprocessing

# The year in which a family was first published (the paper's first version), by how its names begin; the longest
# beginning that fits counts. Without a paper of their own, and so without a year: csatv2, gmixer, maxxvit.
FAMILY_YEARS = {
    "alexnet": 2012, "vgg": 2014, "googlenet": 2014, "inception_v3": 2015, "inception_v4": 2016,
    "inception_resnet": 2016, "inception_next": 2023, "resnet": 2015, "resnetv2": 2016, "resnetrs": 2021,
    "resnetaa": 2019, "resnetblur": 2019, "wide_resnet": 2016, "squeezenet": 2016, "densenet": 2016,
    "densenetblur": 2019, "xception": 2016, "legacy_xception": 2016, "resnext": 2016, "dpn": 2017, "nasnet": 2017,
    "pnasnet": 2017, "senet": 2017, "legacy_se": 2017, "seresne": 2017, "shufflenet": 2018, "mobilenet_v2": 2018,
    "mobilenetv2": 2018, "mobilenet_v3": 2019, "mobilenetv3": 2019, "tf_mobilenetv3": 2019, "mobilenetv1": 2017,
    "mobilenet_edgetpu": 2019, "mobilenetv4": 2024, "mobilenetv5": 2025, "mnasnet": 2018, "semnasnet": 2018,
    "spnasnet": 2019, "fbnetc": 2018, "fbnetv3": 2020, "dla": 2017, "hrnet": 2019, "selecsls": 2019, "res2ne": 2019,
    "sknet": 2019, "skresne": 2019, "ese_vovnet": 2019, "efficientnet": 2019, "tf_efficientnet": 2019,
    "tf_efficientnet_lite": 2020, "efficientnetv2": 2021, "tf_efficientnetv2": 2021, "efficientnet_v2": 2021,
    "gc_efficientnetv2": 2021, "mixnet": 2019, "tf_mixnet": 2019, "tresnet": 2020, "resnest": 2020, "regnet": 2020,
    "regnetz": 2021, "gernet": 2020, "ghostnet": 2019, "ghostnetv2": 2022, "ghostnetv3": 2024, "rexnet": 2020,
    "tinynet": 2020, "hardcorenas": 2021, "cspresne": 2019, "cspdarknet": 2019, "cs3": 2021, "darknet": 2018,
    "ecaresnet": 2019, "eca_resne": 2019, "vit": 2020, "deit": 2020, "deit3": 2022, "convit": 2021, "cait": 2021,
    "coat": 2021, "coatnet": 2021, "crossvit": 2021, "swin": 2021, "swinv2": 2021, "swin_v2": 2021, "beit": 2021,
    "beitv2": 2022, "beit3": 2022, "mixer": 2021, "resmlp": 2021, "gmlp": 2021, "levit": 2021, "pit": 2021,
    "tnt": 2021, "twins": 2021, "visformer": 2021, "volo": 2021, "xcit": 2021, "nest": 2021, "pvt_v2": 2021,
    "halonet": 2021, "lambda_resnet": 2021, "botnet": 2021, "nfnet": 2021, "dm_nfnet": 2021, "repvgg": 2021,
    "convmixer": 2022, "convnext": 2022, "convnextv2": 2023, "maxvit": 2022, "mvitv2": 2021, "mobilevit": 2021,
    "mobilevitv2": 2022, "mobileone": 2022, "poolformer": 2021, "caformer": 2022, "convformer": 2022, "davit": 2022,
    "edgenext": 2022, "efficientformer": 2022, "efficientformerv2": 2022, "gcvit": 2022, "focalnet": 2022,
    "eva": 2022, "eva02": 2023, "flexivit": 2022, "sequencer2d": 2022, "tiny_vit": 2022, "nextvit": 2022,
    "efficientvit": 2022, "fasternet": 2023, "fastvit": 2023, "swiftformer": 2023, "hiera": 2023, "repvit": 2023,
    "repghostnet": 2022, "inception_next_": 2023, "rdnet": 2024, "mambaout": 2024, "starnet": 2024, "shvit": 2024,
    "cspnext": 2022, "efficientvim": 2024, "eca_botnext": 2021, "eca_halonext": 2021, "eca_nfnet": 2021, "halo": 2021,
    "lamhalo": 2021, "sehalonet": 2021, "sebotnet": 2021, "nf_re": 2021, "bat_resnext": 2021,
    "hgnet": 2022, "hgnetv2": 2023, "lcnet": 2021, "naflexvit": 2025, "gcresne": 2019, "lowformer": 2024,
    "lowformer_e": 2026, "iformer": 2025, "cpubone": 2026,
}  # fmt: skip


def rows(names: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """What is known of each network, a row of the table after the other; an unknown number is left empty."""
    for name in names:
        module, given = _outline(name)
        yield {
            "name": name,
            "year": year(name) or "",
            "parameters": _short(sum(p.numel() for p in module.parameters()) / 1e6),
            "download": _short(_megabytes(name, module)),
            "pixels": given.input_size,
            "top1": published_accuracy(name) or "",
            **_cost(module, given.input_size),
        }


def _cost(module: nn.Module, side: int) -> dict[str, object]:
    """How deep it is and what it costs; empty where a pass needs numbers that an outline doesn't have."""
    from explorer.networks.tracing.depth import cost_of

    try:
        cost = cost_of(module, side)
    except (RuntimeError, TypeError, ValueError):
        return {"depth": "", "multiply_adds": ""}
    return {"depth": cost.depth or "", "multiply_adds": _short(cost.multiply_adds / 1e9)}


def _outline(name: str) -> tuple[nn.Module, Preprocessing]:
    """The network without numbers, or, where its own code computes with some while it is built, with them."""
    import torch

    try:
        with torch.device("meta"):
            return build(name)
    except RuntimeError:  # NotImplementedError among them
        return build(name)


def year(name: str) -> int | None:
    """When a network's family was published; None where nobody wrote it down here."""
    bare = name.partition("/")[2]
    bare = re.sub(r"^test_", "", bare)
    begins = max((family for family in FAMILY_YEARS if bare.startswith(family)), key=len, default="")
    return FAMILY_YEARS.get(begins)


def _short(number: float) -> str:
    """Three digits: 0.256, 11.7, 1280."""
    return f"{float(f'{number:.3g}'):g}"


def _megabytes(name: str, module: nn.Module) -> float:
    """What a download of the weights takes: as published, else what its numbers take in 32 bits."""
    size = weights_file(name).size
    return (size or sum(4 * tensor.numel() for tensor in module.state_dict().values())) / 2**20


def main() -> None:
    """Write the list of all networks anew, sorted by name."""
    with CENSUS.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for row in rows(available()):
            table.writerow(row)
            file.flush()


if __name__ == "__main__":
    main()
