"""Every page by Streamlit's AppTest: it opens on any picture and setting, and keeps what the visitor had."""

import ast
import re
import subprocess
import sys

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import magic

from explorer.networks.loading import load_network
from explorer.networks.registry.specs import EMBEDDED, NETWORKS
from explorer.pictures.images import from_array
from pages.parts.pickers.picture import YOURS
from pages.parts.shell import frame
from pages.parts.shell.screens import SCREENS, WITH_TORCH
from pages.parts.shell.words import percent, plain, rounded
from tests.support.alone import ROOT
from tests.support.short_work import few_sizes
from tests.support.whole_app import app, shown
from tests.support.wording import ill_written

PAGES = tuple(file for file, *_ in SCREENS)
NETWORK_PAGES = ("live", "plan", "filters", "feature_maps", "where", "invariance", "neurons", "circuits", "adversarial",
                 "many")  # fmt: skip
WITHOUT_PICTURE = {"atlas", "backpropagation", "defence", "depth", "glossary", "hidden_units", "many", "overfitting",
                   "plan", "tricks"}  # fmt: skip
RNG = np.random.default_rng(0)
PICTURES = {
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a line": RNG.integers(0, 256, (1, 300, 3), np.uint8),
    "one colour": np.full((64, 64, 3), 255, np.uint8),
    "noise": RNG.integers(0, 256, (90, 70, 3), np.uint8),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pictures begins with less, of which nothing here sees the end."""
    few_sizes(monkeypatch)


@pytest.mark.parametrize("page", PAGES)
def test_opens_at_once_without_exception(page):
    test = app(page)
    assert not test.exception
    assert not test.error, [e.value for e in test.error]
    assert test.title[0].value
    assert not list(ill_written(re.sub(r"\$[^$]+\$|`[^`]+`", "…", shown(test))))


@pytest.mark.parametrize(
    ("page", "kind"),
    [(page, kind) for page in PAGES for kind in PICTURES if page not in WITHOUT_PICTURE or kind == "noise"],
)
def test_opens_on_any_picture(page, kind):
    picture = from_array(PICTURES[kind], "<b>mine</b> $x$ :red[y] **z**.png")
    test = app(page, own_picture=picture)
    assert not test.exception
    assert "<b>mine</b>" not in shown(test)
    assert ":red[y]" not in shown(test)


@pytest.mark.parametrize("page", ["home", "edges", *sorted(WITH_TORCH)])
def test_opens_with_random_weights(page):
    test = app(page, query={"weights": "random"})
    assert not test.exception
    assert test.session_state["weights"] == "random"


@pytest.mark.parametrize("page", NETWORK_PAGES)
@pytest.mark.parametrize("title", ["SqueezeNet 1.1", "ResNet-18"])
def test_opens_on_networks_of_other_libraries(page, title):
    test = app(page, query={"weights": "random", "network": title})
    assert not test.exception
    assert title in shown(test)


@pytest.fixture(scope="module")
def trained_here():
    """The network that the Learning screen hands to the others."""
    from explorer.learning.exemplar_cnn import shipped_runs, training

    return training.as_network(shipped_runs.shipped(shipped_runs.TRUE)[-1], name="learned from patches")


@pytest.mark.parametrize("page", NETWORK_PAGES)
@pytest.mark.parametrize(("weights", "said"), [("trained", "trained here"), ("random", "random weights")])
def test_opens_on_a_network_trained_here(page, weights, said, trained_here):
    test = app(page, query={"weights": weights}, own_network=trained_here, network_wish="own_network")
    assert not test.exception
    assert not test.error, [e.value for e in test.error]
    assert f"learned from patches, {said}" in shown(test)


@pytest.mark.parametrize("page", NETWORK_PAGES)
def test_another_network_while_a_page_is_open(page):
    test = app(page, query={"weights": "random", "maps_layer": "blocks.4", "unit_layer": "blocks.4", "map": "99"})
    test.selectbox("network").set_value("torchvision/squeezenet1_1").run()
    assert not test.exception
    assert "SqueezeNet" in shown(test)


KINDS = ("selectbox", "multiselect", "slider", "select_slider", "number_input", "toggle", "checkbox", "button_group")


def linked_widgets(test):
    """Everything on the page that a link can set to one of some choices, by its name in the link."""
    widgets = [widget for kind in KINDS for widget in test.get(kind)]
    return {widget.key: widget.value for widget in widgets if widget.proto.query_param_key}


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_the_link_is_said_and_the_usual_rules(page):
    usual = linked_widgets(app(page))
    nonsense = {key: f"nonsense{number}Z" for number, key in enumerate(usual)}
    test = app(page, query=nonsense)
    assert not test.exception
    found = linked_widgets(test)  # where a result is there by now, what comes with it too
    assert {key: found.get(key, value) for key, value in usual.items()} == usual
    notes = " ".join(note.value for kind in (test.toast, test.warning, test.info, test.caption) for note in kind)
    of_the_page = usual.keys() - {"picture", "network", "weights"}  # those were said on the page before
    assert not [key for key in of_the_page if nonsense[key] not in notes]


def test_nonsense_for_what_all_screens_share_is_said():
    test = app(query={"picture": "nobody", "network": "none", "weights": "heavy"})
    notes = " ".join(note.value for kind in (test.toast, test.info) for note in kind)
    assert all(word in notes for word in ("nobody", "none", "heavy"))
    assert linked_widgets(test) == linked_widgets(app())


def test_a_link_restores_picture_and_network():
    test = app(query={"picture": "coffee", "network": "EfficientNet-Lite1"})
    assert test.selectbox("picture").value == "coffee"
    assert "EfficientNet-Lite1" in shown(test)
    assert "espresso" in shown(test)


def test_no_file_is_taken_apart_before_it_runs(monkeypatch):
    """What Streamlit would do for its magic fails in Python 3.11 where two threads do it at once."""
    monkeypatch.setattr(magic, "add_magic", lambda *_: pytest.fail("it is taken apart"))
    assert not app("patterns").exception


def test_the_list_of_screens_is_made_once(monkeypatch):
    test, made = app("glossary"), list[str]()
    monkeypatch.setattr(frame, "file_of", made.append)
    assert not test.run().exception
    assert made == []


def test_picture_and_network_stay_from_screen_to_screen():
    test = app()
    test.selectbox("picture").set_value("camera").run()
    test.selectbox("network").set_value("efficientnet_lite2").run()
    for page in PAGES[1:]:
        test.switch_page(f"pages/{page}.py").run()
        assert not test.exception
        assert test.selectbox("picture").value == "camera"
        assert test.selectbox("network").value == "efficientnet_lite2"


def test_on_another_screen_the_browser_is_told_what_is_picked():
    test = app("plan", query={"picture": "camera", "weights": "random"}).run()
    for page in ("learning", "home", "edges"):
        picture = test.switch_page(f"pages/{page}.py").run().selectbox("picture").proto
        assert (picture.set_value, picture.raw_value) == (True, "camera")
        assert test.button_group("weights").proto.set_value
    again = test.run().selectbox("picture")
    assert (again.value, again.proto.set_value) == ("camera", False)


def test_an_own_picture_gives_way_to_a_sample_again():
    test = app(own_picture=from_array(PICTURES["noise"], "mine.png"))
    assert "mine" in shown(test)
    next(b for b in test.button if b.label == "Back to the samples").click().run()
    assert "mine" not in shown(test)


def test_the_box_says_that_the_picture_is_the_visitors_own():
    own = from_array(PICTURES["noise"], "mine.jpg")
    test = app("filters", own_picture=own)
    assert test.selectbox("picture").value == YOURS
    test.selectbox("picture").set_value("coffee").run()
    assert not test.exception
    assert test.selectbox("picture").value == "coffee"
    assert YOURS not in test.selectbox("picture").options
    assert test.session_state["own_picture"] is None


def test_a_link_made_with_an_own_picture_says_which_one_it_shows_instead():
    test = app("filters", query={"picture": YOURS})
    assert not test.exception
    assert "the sender's own picture, which a link can't carry. This is flower" in test.info[0].value
    test.selectbox("picture").set_value("coffee").run()
    assert not test.info


def test_a_picture_that_is_none_is_refused_once_on_home():
    test = app("home", picture_refused="That is no picture.")
    assert [error.value for error in test.error] == [plain("That is no picture.")]
    assert [error.value for error in test.switch_page("pages/filters.py").run().error] == [plain("That is no picture.")]


def test_home_shows_in_a_frame_what_the_network_looks_at():
    assert "It sees only what is inside the frame" in shown(app())
    square = from_array(PICTURES["noise"][:64, :64], "square.png")
    net = load_network()
    assert net.crop(square)[0] == net.crop(square)[1]
    assert "inside the frame" not in shown(app(own_picture=net.prepare(square)))


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.0004, "< 0.1 %"),
        (0.059, "5.9 %"),
        (0.32, "32 %"),
        (0.996, "99.6 %"),
        (0.99999, "> 99.9 %"),
        (1, "100 %"),
    ],
)
def test_probabilities_read_well(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(-0.001, "0.00"), (-0.0, "0.00"), (-1.5, "−1.50"), (2, "2.00"), (-0.006, "−0.01")]
)
def test_numbers_have_a_true_minus_and_none_where_they_are_zero(value, text):
    assert rounded(value) == text


def test_markup_in_names_is_escaped():
    assert plain("a*b_[x](y)<i>$z$:red[w]") == r"a\*b\_\[x\]\(y\)\<i\>\$z\$\:red\[w\]"


def test_the_screens_before_torch_need_no_torch():
    code = (
        "import sys, explorer, explorer.filtering.convolution, explorer.filtering.kernels, "
        "explorer.pictures.samples, explorer.render\n"
        "explorer.convolve([[1.0, 2]], [[1.0]]); explorer.sample('cat')\n"
        "from pages.parts.shell import frame\n"
        "from pages.parts.pickers import network, picture\n"
        "from pages.parts.widgets import show, takeaway, tiles\n"
        "from pages.parts.convolution import convolver\n"
        "assert 'torch' not in sys.modules and 'timm' not in sys.modules, 'torch was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_screens_that_wait_for_no_torch_import_none():
    light = [file for file, *_ in SCREENS if file not in WITH_TORCH]
    sources = [ast.parse((ROOT / "pages" / f"{file}.py").read_text("utf-8")) for file in light]
    imports = [
        ast.unparse(node) for tree in sources for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert len(light) > 5
    assert {file for file, *_ in SCREENS} >= WITH_TORCH
    future = sorted(imports, key=lambda line: "__future__" not in line)
    code = "\n".join([*future, "import sys", "assert 'torch' not in sys.modules, 'torch was imported'"])
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_engine_runs_without_streamlit():
    code = (
        "import sys, pkgutil, importlib, explorer\n"
        "for m in pkgutil.walk_packages(explorer.__path__, 'explorer.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "assert 'streamlit' not in sys.modules, 'streamlit was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=170)


def test_networks_offered_are_named_as_the_catalogue_names_them():
    from explorer.networks.registry.catalogue import available

    assert {name for name in NETWORKS if name not in EMBEDDED} <= set(available())


@pytest.mark.parametrize(
    ("page", "key", "old", "now"),
    [
        ("hierarchy", "hierarchy_view", "Built or grown?", "Man-made or natural?"),
        ("many", "many_view", "One for all", "Universal"),
        ("neurons", "unit_make", "dream", "caricature"),
    ],
)
def test_links_with_earlier_words_still_open_what_they_meant(page, key, old, now):
    test = app(page, query={key: old, "unit_layer": "blocks.0"})
    assert not test.exception
    assert test.session_state[key] == now
    assert not test.toast
