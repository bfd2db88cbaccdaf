// Loss and accuracy over the epochs, of the points learned from and of those held out.
import { show } from "../convolution/numbers.js";

const [WIDE, HIGH, EDGE] = [320, 84, 4];

export const share = (value) => (Number.isNaN(value) ? "–" : `${(100 * value).toFixed(value === 1 || value === 0 ? 0 : 1)} %`);

export function createCurves(root) {
  const svg = (name) => root.querySelector(`svg[data-curve="${name}"]`);

  function draw(curves, epoch) {
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
      const now = curves[epoch];
      const written = name === "loss" ? (value) => (Number.isFinite(value) ? show(value, 3) : "–") : share;
      picture.setAttribute("aria-label", `${name} over ${end} epochs; at ${epoch}: ${written(now?.learned[name] ?? NaN)} learned from, ${written(now?.held[name] ?? NaN)} held out`);
      root.querySelector(`[data-now="${name}"]`).innerHTML = `<b class="learned">${written(now?.learned[name] ?? NaN)}</b> <b class="held">${written(now?.held[name] ?? NaN)}</b>`;
    }
  }

  // As many epochs as the picture has places for.
  function thin(curves, end) {
    const step = Math.max(1, Math.floor(end / WIDE));
    return Array.from({ length: Math.floor(end / step) + 1 }, (_, k) => k * step).filter((n) => curves[n]);
  }

  return { draw };
}
