// Loss and accuracy over the epochs, of the training points and of those held out.
import { show } from "../convolution/numbers.js";

const [WIDE, HIGH, EDGE] = [320, 84, 4];

export const share = (value) => (Number.isNaN(value) ? "–" : `${(100 * value).toFixed(value === 1 || value === 0 ? 0 : 1)} %`);

export function createCurves(root) {
  const svg = (name) => root.querySelector(`svg[data-curve="${name}"]`);
  const now = (name, which) => root.querySelector(`[data-now="${name}"] .${which}`);
  for (const name of ["loss", "accuracy"]) root.querySelector(`[data-now="${name}"]`).innerHTML = '<b class="learned"></b> <b class="held"></b>';

  let drawn = -Infinity; // when, in milliseconds

  // While it plays, ten times a second are enough: they move little, and cost as much as the pictures.
  function draw(curves, epoch, playing) {
    if (playing && performance.now() - drawn < 100) return;
    drawn = performance.now();
    const end = Math.max(curves.length - 1, 1);
    const most = { loss: Math.max(0.05, ...thin(curves, end).flatMap((n) => [curves[n].learned.loss, curves[n].held.loss].filter(Number.isFinite))), accuracy: 1 };
    for (const name of ["loss", "accuracy"]) {
      const picture = svg(name);
      for (const which of ["learned", "held"]) {
        const places = thin(curves, end).filter((n) => Number.isFinite(curves[n][which][name]));
        const least = name === "loss" ? 0 : 0.4;
        const y = (value) => EDGE + (1 - (Math.max(least, value) - least) / (most[name] - least)) * (HIGH - 2 * EDGE);
        picture.querySelector(`.${which}`).setAttribute("points", places.map((n) => `${(EDGE + (n / end) * (WIDE - 2 * EDGE)).toFixed(1)},${y(curves[n][which][name]).toFixed(1)}`).join(" "));
      }
      const at = EDGE + (epoch / end) * (WIDE - 2 * EDGE);
      picture.querySelector("line").setAttribute("x1", at);
      picture.querySelector("line").setAttribute("x2", at);
      const told = curves[epoch];
      const written = name === "loss" ? (value) => (Number.isFinite(value) ? show(value, 3) : "–") : share;
      const [learned, held] = ["learned", "held"].map((which) => written(told?.[which][name] ?? NaN));
      now(name, "learned").textContent = learned;
      now(name, "held").textContent = held;
      if (!playing) picture.setAttribute("aria-label", `${name} over ${end} epochs; at ${epoch}: ${learned} training, ${held} held out`);
    }
  }

  // As many epochs as the picture has places for.
  function thin(curves, end) {
    const step = Math.max(1, Math.floor(end / WIDE));
    return Array.from({ length: Math.floor(end / step) + 1 }, (_, k) => k * step).filter((n) => curves[n]);
  }

  return { draw };
}
