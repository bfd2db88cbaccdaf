"""The picker: any network by its full name, downloads that run beside the page, weights of one's own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

import pytest
import torch
from streamlit.testing.v1 import AppTest

import explorer
from explorer.networks.registry import catalogue
from explorer.networks.registry.catalogue import build
from explorer.networks.registry.published import WeightsFile
from explorer.networks.registry.specs import NETWORKS
from pages.parts.pickers.own_network import OWN
from pages.parts.widgets import job
from tests.support.weights_server import Served, WeightsServer, serving
from tests.support.whole_app import app, shown

NET = "timm/test_resnet"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[WeightsServer]:
    """A server that publishes the weights of the small network, and a cache folder of its own."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    torch.manual_seed(5)
    buffer = io.BytesIO()
    torch.save(build(NET)[0].state_dict(), buffer)
    body = buffer.getvalue()
    with serving() as running:
        running.paths["/net"] = Served(body)
        file = WeightsFile(running.url("/net"), hashlib.sha256(body).hexdigest(), "picker-net.pth", len(body))
        monkeypatch.setattr(catalogue, "weights_file", lambda _name: file)
        monkeypatch.setattr("explorer.networks.weights.pretrained.weights_file", lambda _name: file)
        yield running


def press(test, key: str):
    return test.button(key).click().run()


def ended(test, slot: str = "fetching"):
    """The screen once that work has ended, with what came of it."""
    assert test.session_state[slot].finished.wait(60)
    return test.run()


@pytest.mark.parametrize(
    ("link", "name"),
    [("timm/test_resnet", NET), ("test_resnet", NET), ("squeezenet1_1", "torchvision/squeezenet1_1")],
)
def test_a_link_may_hold_any_full_name(link: str, name: str) -> None:
    test = app(query={"network": link, "weights": "random"})
    assert not test.exception
    assert test.selectbox("network").value == name
    assert "random weights" in shown(test)
    test.selectbox("network").set_value("efficientnet_lite1").run()
    assert test.selectbox("network").value == "efficientnet_lite1"
    assert "EfficientNet-Lite1" in shown(test)


def test_what_is_to_be_fetched_is_said_and_nothing_is_fetched_unasked(server: WeightsServer) -> None:
    test = app(query={"network": NET})
    assert not test.exception
    assert "to download once, from 127.0.0.1" in shown(test)
    assert "Until then you see EfficientNet-Lite0" in shown(test)
    assert server.paths["/net"].asked == []
    assert "No hash" not in shown(test)


def test_a_file_whose_hash_nobody_published_is_said_to_be_so(server: WeightsServer, monkeypatch) -> None:
    file = WeightsFile(server.url("/net"), "", "picker-net.pth", 1000)
    monkeypatch.setattr(catalogue, "weights_file", lambda _name: file)
    assert "No hash of this file is known beforehand" in shown(app(query={"network": NET}))


def test_the_network_in_use_stays_until_the_other_is_there(server: WeightsServer) -> None:
    test = app(query={"network": "EfficientNet-Lite1"})
    test.session_state["network_wish"] = NET
    test.run()
    assert "Until then you see EfficientNet-Lite1" in shown(test)
    press(test, "fetch")
    assert "test_resnet, trained" in shown(ended(test))
    assert not test.exception
    assert "Until then" not in shown(test)
    assert server.paths["/net"].asked == [None]


def test_a_stopped_download_goes_on_or_begins_anew(server: WeightsServer) -> None:
    server.paths["/net"].hang_after = 300_000
    test = app(query={"network": NET})
    press(test, "fetch")
    assert test.session_state["fetching"].begun.wait(60)
    assert "MB" in test.run().get("progress")[0].proto.text
    test.session_state["fetching"].stop()
    server.released.set()
    assert "are already downloaded" in shown(ended(test))
    server.paths["/net"].hang_after = None
    press(test, "fetch_anew")
    assert "test_resnet, trained" in shown(ended(test))
    assert server.paths["/net"].asked == [None, None]


@pytest.mark.parametrize(
    ("served", "says"), [({"status": 404}, "no longer has"), ({"declared": 5_000_000}, "broke off after")]
)
def test_a_failed_download_is_explained_and_can_be_tried_again(server: WeightsServer, served, says: str) -> None:
    whole = server.paths["/net"].body
    server.paths["/net"] = Served(whole, **served)
    test = app(query={"network": NET})
    press(test, "fetch")
    ended(test)
    assert says in test.error[0].value.replace("\\", "")
    assert "daisy" in shown(test)
    server.paths["/net"] = Served(whole)
    press(test, "fetch_anew" if "declared" in served else "fetch")
    assert "test_resnet, trained" in shown(ended(test))
    assert not test.error


def test_what_ends_before_the_page_is_drawn_is_told_with_the_way_on(server: WeightsServer, monkeypatch) -> None:
    monkeypatch.setattr(job, "PATIENCE_S", 20.0)
    whole = server.paths["/net"].body
    server.paths["/net"] = Served(whole, status=404)
    test = app(query={"network": NET})
    press(test, "fetch")
    assert "no longer has" in test.error[0].value.replace("\\", "")
    assert test.button("fetch").label == "Try again"
    server.paths["/net"] = Served(whole)
    press(test, "fetch")
    assert "test_resnet, trained" in shown(test)


def test_random_weights_need_no_fetching(server: WeightsServer) -> None:
    test = app(query={"network": NET, "weights": "random"})
    assert "to download" not in shown(test)
    assert "test_resnet, random weights" in shown(test)


@pytest.mark.parametrize("page", ["home", "plan", "filters", "feature_maps", "neurons", "adversarial"])
def test_own_weights_on_every_page(page: str, tmp_path) -> None:
    torch.manual_seed(0)
    torch.save(build(NET, 3)[0].state_dict(), tmp_path / "mine.pth")
    own = explorer.load_own(NET, tmp_path / "mine.pth", labels=["<b>cat</b>", "dog", "fox"])
    test = app(page, **{OWN: own, "network_wish": OWN})
    assert not test.exception
    assert "your own weights" in shown(test)
    assert "<b>cat" not in shown(test)
    test.segmented_control("weights").set_value("random").run()
    assert not test.exception
    assert "random weights" in shown(test)


def test_a_link_made_with_an_own_network_says_that_it_shows_another():
    test = app("filters", query={"network": "Your own network"})
    assert not test.exception
    assert "the sender's own network, which a link can't carry" in test.info[0].value
    assert "EfficientNet" in test.info[0].value
    test.selectbox("network").set_value(list(NETWORKS)[1]).run()
    assert not any("link" in info.value for info in test.info)


def test_a_link_to_a_network_that_there_is_not_says_so():
    test = app("filters", query={"network": "no such network"})
    assert "“no such network”, which doesn’t exist here" in test.info[0].value
    assert not app("filters", query={"network": "SqueezeNet 1.1", "weights": "random"}).info


def _list() -> None:
    from pages.parts.pickers import all_networks

    all_networks.choose("wish")


def test_whatever_screen_it_opens_says_so_once():
    test = app(query={"network": "no such network"})
    assert len(test.toast) == 1
    assert "“no such network”, which doesn’t exist here" in test.toast[0].value


def test_what_nobody_says_of_a_network_is_a_dash():
    test = AppTest.from_function(_list, default_timeout=120).run()
    (table,) = test.dataframe
    assert table.value["Top 1"].isna().any()
    assert table.proto.placeholder == "–"


class Cut(torch.nn.Module):
    """A classifier that no gradient comes back through."""

    def __init__(self) -> None:
        super().__init__()
        self.net = build(NET, 3)[0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x).detach()


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("where", {}),
        ("neurons", {"layer": "net.fc"}),
        ("adversarial", {}),
        ("feature_maps", {}),
        ("home", {}),
        ("many", {}),
    ],
)
def test_a_network_without_gradients_is_told_so_on_every_page(page: str, query: dict[str, str]) -> None:
    own = explorer.wrap_network(Cut(), input_size=64, device="cpu")
    test = app(page, query=query, **{OWN: own, "network_wish": OWN})
    assert not test.exception
    if page == "adversarial":
        ended(test, "attack")
    if page in ("where", "adversarial"):
        assert "no gradient from here back to the picture" in shown(test)
