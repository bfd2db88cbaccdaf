"""Attacks in the browser: what they come to is what Python's engine makes, never beyond ε; Python judges them."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

import explorer
from explorer.attacks.controls import shuffled_perturbation
from tests.browser.support.driver import LIMIT_MS, at_rest, no_exceptions, open_page
from tests.browser.support.live_page import BROCCOLI, opened
from tests.browser.support.server import ROOT

QUICK = "adversarial?attack_view=Drag+%CE%B5&attack_steps=4"
SOURCE = re.sub(r"^export ", "", (ROOT / "assets/fooling/attack.js").read_text("utf-8"), flags=re.M)
# An attack by the page's own functions on a picture of so many bytes; gives the levels of the change, of 16 bits.
ATTACK = (
    "async ([text, how, goal, seed]) => {"
    + SOURCE
    + """
    const network = [...window.explorerNetworks.values()][0];
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const count = bytes.length / 3, picture = new Float32Array(bytes.length);
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) picture[c * count + i] = bytes[3 * i + c] / 255;
    let last = null;
    for await (const step of projectedGradient(network, picture, how, goal)) last = step;
    const levels = quantized(last.x, picture, how);
    const { logits } = await network.look(changed(picture, levels));
    const noise = shuffledLevels(levels, picture, seed);
    const packed = (whole) => { // as text, which comes sooner than so many numbers
        const raw = new Uint8Array(Int16Array.from(whole).buffer);
        let text = "";
        for (let i = 0; i < raw.length; i += 32768) text += String.fromCharCode(...raw.subarray(i, i + 32768));
        return btoa(text);
    };
    const said = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
    return { said, levels: packed(levels), noise: packed(noise) };
}"""
)


def unpacked(text: str) -> NDArray[np.int16]:
    """Levels as they came from the browser: (224, 224, 3)."""
    return np.frombuffer(base64.b64decode(text), np.int16).reshape(3, 224, 224).transpose(1, 2, 0)


def done(page: Page):
    root = page.get_by_test_id("fooling")
    root.wait_for(timeout=LIMIT_MS)
    page.wait_for_function("root => root.dataset.done === 'true'", arg=root.element_handle(), timeout=2 * LIMIT_MS)
    at_rest(page)
    return root


def test_what_the_browser_finds_is_what_python_finds_within_epsilon_beside_as_large_a_control(page: Page, lite0):
    opened(page)  # where the network is, and attacks nothing meanwhile
    cases = [
        ("flower", "linf", 2 / 255, 4, BROCCOLI), ("flower", "linf", 1 / 255, 1, None),
        ("coffee", "linf", 0.5 / 255, 2, None), ("cat", "linf", 8 / 255, 4, BROCCOLI), ("coffee", "l2", 1.0, 4, None),
    ]  # fmt: skip
    for name, norm, epsilon, steps, target in cases:
        image = explorer.sample(name)
        step = epsilon / steps
        wanted = explorer.attack(lite0, image, norm=norm, epsilon=epsilon, steps=steps, target=target, step_size=step)
        original = lite0.prepare(image).uint8
        how = {"norm": norm, "epsilon": epsilon, "steps": steps, "stepSize": step}
        goal = {"label": int(lite0.class_index(wanted.label)), "target": target}
        found = page.evaluate(ATTACK, [base64.b64encode(original.tobytes()).decode(), how, goal, 3])
        levels = unpacked(found["levels"])
        assert lite0.labels[found["said"]] == wanted.after[0][0], name
        assert ((original + levels >= 0) & (original + levels <= 255)).all()
        ours = np.rint(255 * wanted.perturbation)
        if norm == "linf":
            assert np.abs(levels).max() <= 255 * epsilon + 1e-6
        else:
            assert np.sqrt(np.square(levels / 255).sum()) <= epsilon * (1 + 1e-6)
        # a few values lie at an edge of a ReLU6, and with each step of signs the two ways part further
        assert (levels == ours).mean() > (0.999 if steps == 1 else 0.5), name
        noise = unpacked(found["noise"])
        assert (noise.any(2) == levels.any(2)).mean() > 0.99
        sizes = [np.linalg.norm(one.astype(float)) for one in (noise, levels, shuffled_perturbation(wanted, 3))]
        assert sizes[0] == pytest.approx(sizes[1], rel=0.02, abs=1)
        assert sizes[0] == pytest.approx(sizes[2], rel=0.02, abs=1)


def test_epsilon_is_dragged_the_link_follows_and_python_judges_what_was_made(page: Page):
    open_page(page, QUICK + "&picture=flower&attack_linf=0.5")
    root = done(page)
    expect(root).to_have_attribute("data-success", "false")
    expect(root).to_have_attribute("data-linf", "0")
    slider = page.get_by_test_id("fooling").get_by_role("slider")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"attack_linf=3"), timeout=LIMIT_MS)
    done(page)
    expect(page.get_by_test_id("fooling-verdict")).to_contain_text("daisy has become broccoli", timeout=LIMIT_MS)
    expect(page.get_by_test_id("fooling-verdict")).to_contain_text("Of 20 random changes as large 0 fool")
    expect(
        page.get_by_text(re.compile("your browser says broccoli .* Python's engine broccoli .*: fooled"))
    ).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)


def test_what_does_not_run_in_the_browser_is_said_and_runs_on_the_server(page: Page):
    open_page(page, QUICK + "&picture=flower&attack_method=DeepFool")
    expect(page.get_by_text("this attack runs on the server")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_text(re.compile("has become|still says")).first).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)
