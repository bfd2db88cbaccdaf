"""The adversarial screens: each view draws, nothing is started twice, and what noise does is always beside."""

import re
from types import SimpleNamespace

import pytest

import explorer
from explorer.networks.registry.specs import EMBEDDED
from pages.parts.adversarial import attack_settings, browser_attack
from pages.parts.shell.words import percent
from tests.support.short_work import few_sizes, small_gallery
from tests.support.whole_app import app, shown


def finished(page: str, slot: str, **query: str):
    """The page once the job in `slot` has ended, drawn once more."""
    test = app(page, query=query)
    assert test.session_state[slot].finished.wait(120)
    test.run()
    assert not test.exception
    assert not test.error
    return test


@pytest.fixture(scope="module")
def quick() -> dict[str, str]:
    return {"attack_steps": "3", "attack_target": "anything else"}


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pictures are three, at three ε: nothing here sees more than their first results."""
    small_gallery(monkeypatch)
    few_sizes(monkeypatch)


def test_the_same_settings_keep_the_same_attack(quick):
    test = app("adversarial", query=quick)
    job = test.session_state["attack"]
    test.run()
    assert test.session_state["attack"] is job


def test_the_result_is_read_back_from_its_file(quick):
    test = finished("adversarial", "attack", **quick)
    assert "Saved as PNG and opened again" in shown(test)
    assert "SSIM" in shown(test)
    assert "Of 20 random changes as large 0 fool: so it is the direction that fools" in test.success[0].value


def test_the_daisy_becomes_broccoli_beside_its_control():
    said = finished("adversarial", "attack", picture="flower").success[0].value
    assert "daisy" in said
    assert "broccoli" in said
    assert "0 fool" in said


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"attack_view": "Does it survive?"}, "of 12 transformations the picture still fools"),
        ({"attack_view": "Why it works"}, "Many tiny steps add up"),
        ({"attack_view": "Why it works"}, "At the last layer the attack has gone"),
        ({"attack_view": "Curves", "attack_curve": "Over the steps"}, "before rounding"),
        ({"attack_method": "Few pixels"}, "how little of the picture"),
        ({"attack_method": "FGSM", "attack_linf": "0"}, "nothing can change"),
    ],
)
def test_each_view_draws(quick, query, says):
    assert says in shown(finished("adversarial", "attack", **quick, **query))


def test_the_loss_around_it_is_told_at_the_three_pictures(quick):
    test = finished("adversarial", "attack", **quick, attack_view="Curves", attack_curve="The loss around it")
    assert test.session_state["attack_surface_job"].finished.wait(120)
    test.run()
    assert not test.exception
    table = test.dataframe[0].value
    losses = [float(loss) for loss in table["loss"]]
    assert losses[1] > losses[0] + 1
    assert abs(losses[2] - losses[0]) < 1
    assert "Compare how it rises" in shown(test)


def test_other_networks_begin_with_the_embedded_ones(quick):
    test = finished("adversarial", "attack", **quick, attack_view="Does it survive?", attack_survival="Other networks")
    assert test.multiselect("attack_networks").value == list(EMBEDDED)
    test.session_state["attack_transfer_job"].stop()
    table = test.dataframe[0].value
    assert list(table["made for"]) == [
        *(one.removeprefix("shown to ") for one in table.columns[1:]),
        "control: shuffled",
    ]
    assert len(table) == len(EMBEDDED) + 2  # one with random weights, and the control


def test_many_pictures_shows_its_first_results_and_can_be_left(little):
    test = app("many", query={"many_steps": "1"})
    assert test.session_state["many"].begun.wait(60)
    test.run()
    assert not test.exception
    assert "random changes" in shown(test)
    assert test.selectbox("many_norm").value == "L2"
    test.session_state["many"].stop()


METHODS = ("fgsm", "pgd", "momentum", "minimal", "pixels", "patch")


@pytest.mark.parametrize("picture", ["coffee", "flower"])
@pytest.mark.parametrize("method", METHODS)
def test_whatever_method_is_opened_succeeds_on_the_opening_picture(method, picture):
    test = finished("adversarial", "attack", attack_method=method, picture=picture)
    assert any("has become" in one.value for one in (*test.success, *test.warning)), shown(test)


def test_an_untouched_target_goes_with_the_method_it_was_usual_for(quick):
    test = finished("adversarial", "attack", attack_steps="3")
    assert test.selectbox("attack_target").value == "broccoli"
    test.selectbox("attack_method").select("fgsm").run()
    assert test.selectbox("attack_target").value == "anything else"
    test.selectbox("attack_target").select("castle").run()
    test.selectbox("attack_method").select("pgd").run()
    assert test.selectbox("attack_target").value == "castle"  # which was a choice


def test_what_is_said_where_it_fails_is_what_is_seen():
    test = finished("adversarial", "attack", attack_method="FGSM", attack_target="broccoli", picture="cat")
    said = test.info[0].value
    found = explorer.attack(
        explorer.load_network(), explorer.sample("cat"), method="fgsm", target="broccoli", steps=1
    )  # fmt: skip
    now = found.after[0][0]
    assert not found.success
    assert ("still says" in said) == (now == found.label)
    assert now in said
    assert "more steps" not in said.replace("a method with more steps", "")  # Steps is off for FGSM


@pytest.mark.parametrize(("reached", "says"), [(True, "Before rounding it had crossed"), (False, "has not reached")])
def test_deepfools_hint_says_over_the_border_only_where_it_was(reached, says):
    from explorer.attacks import AttackSettings
    from pages.parts.adversarial.attack_words import hint

    assert says in hint(AttackSettings("deepfool"), SimpleNamespace(reached=reached))


@pytest.mark.parametrize(("method", "said"), [("PGD", "By *PGD* in 3 steps. L"), ("FGSM", "By *FGSM* in 1 step. L")])
def test_how_the_change_was_made_is_said_where_it_is_seen(quick, method, said):
    assert said in shown(finished("adversarial", "attack", **quick, attack_method=method))


def test_beside_a_patch_nothing_is_said_of_what_it_has_none_of(quick):
    said = shown(finished("adversarial", "attack", **quick, attack_method="A patch", attack_patch="48"))
    assert "pixels changed" in said
    assert not re.search(r"(?<!\d)0 (×|times)", said)
    for word in ("Largest change", "smallest ε", "L∞"):
        assert word not in said, word


@pytest.mark.parametrize(
    ("query", "value", "warned"),
    [
        ({"attack_method": "deepfool"}, "deepfool", ""),
        ({"attack_method": "PGD WITH MOMENTUM"}, "momentum", ""),
        ({"attack_method": "magic"}, "pgd", "magic"),
        ({"attack_steps": "900"}, "pgd", "900"),
        ({"attack_norm": "L1"}, "pgd", "L1"),
        ({"attack_linf": "5"}, "pgd", "5"),
        ({"attack_restarts": "many"}, "pgd", "many"),
    ],
)
def test_what_a_link_asks_for_is_followed_or_said(query, value, warned):
    test = finished("adversarial", "attack", **({"attack_steps": "2"} | query))
    assert test.selectbox("attack_method").value == value
    said = [one.value for one in test.warning if "link asks for" in one.value]
    assert bool(said) == bool(warned)
    assert all(warned in one for one in said)


def test_the_code_gives_the_attack_on_the_screen(quick):
    query = {"attack_steps": "4", "attack_linf": "3", "attack_step": "0.5", "attack_start": "true",
             "attack_restarts": "2", "attack_seed": "7", "attack_target": "broccoli", "picture": "cat"}  # fmt: skip
    test = finished("adversarial", "attack", **query)
    code = next(one.value for one in test.code if "explorer.attack" in one.value)
    names: dict[str, object] = {}
    exec(code, names)
    found = names["found"]
    said = shown(test)
    assert f"**{found.after[0][0]}** ({percent(found.after[0][1])})" in said
    assert f"L2 norm **{found.l2:.2f}**" in said


@pytest.mark.parametrize(
    ("view", "closes", "code"),
    [
        ("Per image", "The gap between the two curves", "success_rates(network, images, norm='l2'"),
        ("One for all", "it never saw", "universal_perturbation(network, images"),
        ("A patch to print", "beside the photograph", "printable_patch(network, images"),
        ("Sanity checks", "answered with No", "sanity_checks(network, images"),
    ],
)
def test_each_view_of_many_closes_with_its_own_words_and_code(view, closes, code, little):
    test = app("many", query={"many_view": view, "many_steps": "1"})
    assert not test.exception
    assert closes in shown(test)
    assert any(code in one.value for one in test.code)
    assert not [one.value for one in test.warning]


@pytest.mark.parametrize(
    ("view", "closes"),
    [("Curves", "The gap between the attack"), ("Does it survive?", "What undoes the change"),
     ("Why it works", "along the gradient than at random")],
)  # fmt: skip
def test_each_view_closes_with_its_own_words(quick, view, closes):
    said = shown(finished("adversarial", "attack", **quick, attack_view=view))
    assert closes in said
    assert "Where the change is" not in said


def test_with_a_target_its_loss_is_made_small(quick):
    from explorer.attacks import METHODS as ALL
    from explorer.attacks import AttackSettings, Goal
    from pages.parts.adversarial.attack_words import closing_words

    for method, kind in ALL.items():
        how = AttackSettings(method)
        free, aimed = (" ".join(closing_words(how, Goal(1, target), 0).values()) for target in (None, 2))
        if kind.bounded:
            assert "\\max_" in free
            assert "\\min_" in aimed
            assert "f(x + \\delta), t)" in aimed
        elif method in ("pixels", "patch"):  # as much as it likes at a fixed count: no norm is made small
            assert "\\min" not in free + aimed
            assert "made small" in aimed
            assert "made large" in free
        assert ("the smallest" in aimed) <= ("not the smallest" in aimed)


def test_one_step_is_said_as_one():
    from explorer.attacks import METHODS as ALL
    from explorer.attacks import AttackSettings, Goal
    from pages.parts.adversarial.attack_words import closing_words

    said = [" ".join(closing_words(AttackSettings(method, steps=1), Goal(1, None), 0).values()) for method in ALL]
    assert any("1 gradient step " in one for one in said)
    assert not any("1 gradient steps" in one for one in said)


def test_an_attack_that_is_dragged_asks_the_server_for_nothing(quick):
    test = app("adversarial", query=quick | {"attack_view": "Drag ε"})
    assert not test.exception
    assert not test.error
    assert "attack" not in test.session_state  # no job was begun
    assert "judges the 8-bit picture, too" in shown(test)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"attack_method": "DeepFool"}, "this attack runs on the server"),
        ({"attack_start": "true"}, "this attack runs on the server"),
        ({"weights": "random"}, "this one runs on the server"),
    ],
)
def test_what_the_browser_can_not_do_is_said_and_done_by_the_server(quick, query, says):
    assert says in shown(app("adversarial", query=quick | {"attack_view": "Drag ε"} | query))


@pytest.mark.parametrize(
    "given",
    [
        None, "made", {}, {"png": "", "said": 3, "share": 0.5}, {"request": "r", "png": 3, "said": 3, "share": 0.5},
        {"request": "r", "png": "", "said": 1000, "share": 0.5}, {"request": "r", "png": "", "said": "3", "share": 0.5},
        {"request": "r", "png": "", "said": 3, "share": 1.5}, {"request": "r", "png": "", "said": 3, "share": None},
        {"request": "r", "png": "", "said": True, "share": float("nan")},
    ],
)  # fmt: skip
def test_what_no_browser_of_ours_sends_is_not_believed(given):
    assert browser_attack._made(given, "r") is None


def test_what_the_browser_made_is_believed_of_this_request_only():
    made = {"request": "r", "png": "", "said": 3, "share": 0.5}
    assert browser_attack._made(made, "r") == made
    assert browser_attack._made(made, "another") is None


@pytest.mark.parametrize(("norm", "size"), [("linf", 2.5), ("l2", 3.0), ("l1", 2.0), (None, 2.0), ("linf", "2")])
def test_an_epsilon_that_no_slider_has_is_not_taken(norm, size, monkeypatch):
    monkeypatch.setattr(attack_settings.st, "session_state", state := {})
    attack_settings.take_size(norm, size)
    assert not state
    attack_settings.take_size("linf", 3)
    assert state == {"attack_linf": 3}
