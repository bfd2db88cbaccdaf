"""All settings of a method: what a link calls them, which older links and lessons hold."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from explorer.maximization import METHODS

NAMES = {
    "blur_σ", "contrast", "decay_of_fine_waves", "final_learning_rate", "gain", "l2_decay", "largest_contrast",
    "largest_scale", "largest_window", "longest_step", "natural_statistics", "noise", "noise_at_the_end",
    "noise_at_the_start", "random_views", "rate", "rule", "shifted_by_up_to", "side_in_pixels", "small_contributions",
    "small_norms", "smallest_scale", "smallest_window", "steps", "steps_between_blurs", "target_increase_per_step",
    "their_weight", "their_weight_for_other_units", "turned_by_up_to", "views_per_step", "what_is_changed",
    "which_views", "windows_turned_by_up_to",
}  # fmt: skip


def draw_all() -> None:
    """The settings of every method, one beneath the other."""
    from explorer.maximization import METHODS
    from pages.parts.neurons.maximization import method_settings

    for method in METHODS:
        method_settings.settings(method)


def test_settings_are_called_in_a_link_what_they_have_always_been_called():
    test = AppTest.from_function(draw_all).run(timeout=30)
    test.selectbox("unit_two_networks_rule").select("progress").run(timeout=30)  # by which no method begins
    assert not test.exception
    keys = [str(widget.key) for widget in (*test.slider, *test.selectbox, *test.toggle)]
    prefixes = tuple(f"unit_{method.replace(' ', '_')}_" for method in METHODS)
    prefixed = [next(prefix for prefix in prefixes if key.startswith(prefix)) for key in keys]
    assert {key.removeprefix(prefix) for key, prefix in zip(keys, prefixed, strict=True)} == NAMES
    assert set(prefixed) == set(prefixes)
