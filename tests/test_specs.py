"""The list of all networks: read without any library, and true to what the libraries say."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest
import torch

from explorer.networks.registry.catalogue import available, build, published_accuracy, resolve, weights_file
from explorer.networks.registry.census import _short, rows, year
from explorer.networks.registry.specs import EMBEDDED, NETWORKS, all_specs, full_name, search

NAMES = [name for name in all_specs() if name not in EMBEDDED]


def test_the_list_is_the_catalogues() -> None:
    """Newer libraries may add and drop a few; then the census is to be taken anew."""
    both = set(NAMES) & set(available())
    assert len(both) > 0.95 * max(len(NAMES), len(available()))
    assert list(all_specs())[: len(EMBEDDED)] == list(EMBEDDED)
    assert len(NAMES) > 1000


@pytest.mark.parametrize("name", [*random.Random(0).sample(NAMES, 3), "torchvision/alexnet", "timm/test_vit"])
def test_a_row_is_what_the_network_says_of_itself(name: str) -> None:
    with torch.device("meta"):
        module, _ = build(name)
    spec = all_specs()[name]
    assert spec.parameters == pytest.approx(sum(p.numel() for p in module.parameters()) / 1e6, rel=0.005)
    assert spec.download == pytest.approx(4 * spec.parameters * 1e6 / 2**20, rel=0.03)
    assert spec.accuracy == published_accuracy(name)
    (row,) = rows((name,))
    assert (float(row["parameters"]), row["name"]) == (spec.parameters, name)


def test_the_short_list_says_what_the_long_one_says() -> None:
    for name in NETWORKS.keys() - EMBEDDED.keys():
        assert all_specs()[name].title == NETWORKS[name].title
        assert all_specs()[name].parameters == pytest.approx(NETWORKS[name].parameters, abs=0.06, rel=0.01)
        assert all_specs()[name].download == pytest.approx(weights_file(name).size / 2**20, rel=0.01)


def test_accuracies_are_the_publishers() -> None:
    assert published_accuracy("torchvision/alexnet") == pytest.approx(56.522)
    assert published_accuracy("timm/vgg16") == pytest.approx(71.592)  # torchvision's weights under another name
    assert published_accuracy("timm/resnet18") is None


@pytest.mark.parametrize(
    ("words", "first"),
    [("resnet 18", "torchvision/resnet18"), ("ALEX", "torchvision/alexnet"), ("levit 128s", "timm/levit_128s")],
)
def test_search_finds_all_words_whatever_the_case(words: str, first: str) -> None:
    found = search(words)
    assert found[0] == first
    assert all(word in name for name in found for word in words.lower().split())


def test_search_for_nothing_gives_all_and_for_nonsense_none() -> None:
    assert len(search("")) == len(all_specs())
    assert search("no such thing") == ()
    assert "torchvision/alexnet" in search("2012")


@pytest.mark.parametrize(
    "text", ["ResNet-18", "torchvision/resnet18", "resnet18", "timm/resnet18", "levit_128", "x", ""]
)
def test_full_names_are_those_of_the_catalogue(text: str) -> None:
    found = full_name(text)
    assert found == (None if text in ("x", "") else resolve(text))


def test_years_and_numbers() -> None:
    assert (year("timm/resnetv2_50"), year("timm/resnet50"), year("torchvision/wide_resnet50_2")) == (2016, 2015, 2016)
    assert (year("timm/lowformer_b1"), year("timm/lowformer_e1"), year("timm/gcresnet50t")) == (2024, 2026, 2019)
    assert year("timm/unheard_of") is None
    assert {name: all_specs()[name].year for name in NAMES} == {name: year(name) for name in NAMES}
    undated = {re.sub(r"timm/(test_)?|[v0-9_].*", "", name) for name in NAMES if year(name) is None}
    assert undated == {"csat", "gmixer", "maxx", "byobnet"}  # without a paper of their own
    assert [_short(n) for n in (0.25634, 11.689, 1282.6)] == ["0.256", "11.7", "1280"]


def test_the_list_needs_no_library() -> None:
    code = (
        "import sys, explorer.networks.registry.specs; explorer.networks.registry.specs.search('resnet')\n"
        "print(*{'torch', 'torchvision', 'timm', 'pandas', 'numpy'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
