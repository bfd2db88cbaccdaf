// One unit enlarged: its picture, its line, and its formula with every weight as a number that can be changed.
import { createDrag } from "../convolution/drag.js";
import { parseNumber, plain, show } from "../convolution/numbers.js";
import { line } from "./pictures.js";
import { unitName } from "./net_view.js";

const DRAG_STEP = 0.02;
const LARGEST = 1e6;
const NAMES = { sigmoid: "sigmoid", tanh: "tanh", relu: "max(0, ·)" };

// on.edit(place in the flat array, value, stroke), on.say(sentence).
export function createUnit(root, on) {
  const canvas = root.querySelector("canvas.large");
  const lines = root.querySelector("svg.line line");
  const formula = root.querySelector(".formula");
  let shown = "";

  function build(layer, r, part, last, activation) {
    drag.stop();
    const name = unitName(layer, r, last);
    const s = layer === last ? "sigmoid" : NAMES[activation];
    formula.replaceChildren(`${name} = ${s} of `);
    const names = Array.from({ length: part.columns }, (_, c) => unitName(layer - 1, c, last));
    names.forEach((source, c) => formula.append(term(part.W + r * part.columns + c, `weight from ${source} to ${name}`, `·${source}`, c)));
    formula.append(term(part.b + r, `bias of ${name}`, "", part.columns));
  }

  function term(place, label, after, index) {
    const span = document.createElement("span");
    span.className = "term";
    const input = Object.assign(document.createElement("input"), { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    input.dataset.place = place;
    input.setAttribute("aria-label", label);
    span.append(index ? " + " : "", input, after);
    return span;
  }

  function draw({ chosen, state, parts, flat, pictures, paint }) {
    root.hidden = !chosen;
    if (!chosen) { shown = ""; return; }
    const [layer, r] = chosen;
    const last = parts.length - 1;
    const kind = layer === last ? "sigmoid" : state.activation;
    const wanted = [layer, r, state.layers.join("-"), state.activation].join("/");
    if (wanted !== shown) build(layer, r, parts[layer], last, state.activation);
    shown = wanted;
    paint(canvas, pictures.of(layer, r), kind);
    canvas.setAttribute("aria-label", `${unitName(layer, r, last)} over the plane`);
    const ends = layer === 0 ? line(flat[parts[0].W + 2 * r], flat[parts[0].W + 2 * r + 1], flat[parts[0].b + r]) : null;
    lines.style.display = ends ? "" : "none";
    if (ends) ["x1", "y1", "x2", "y2"].forEach((name, k) => lines.setAttribute(name, 100 * ends[k]));
    const focused = root.getRootNode().activeElement;
    for (const input of formula.querySelectorAll("input")) {
      if (input === focused && !drag.moving) continue;
      input.value = plain(flat[Number(input.dataset.place)], 4);
      input.ariaInvalid = null;
    }
  }

  function set(input, value) {
    on.edit(Number(input.dataset.place), Number(clamp(value, -LARGEST, LARGEST).toPrecision(6)), `weight ${input.dataset.place}`);
  }

  formula.oninput = ({ target }) => {
    const value = parseNumber(target.value);
    target.ariaInvalid = Number.isNaN(value) ? "true" : null;
    if (Number.isNaN(value)) return on.say(`“${target.value.trim().slice(0, 12)}” is no number up to a million; the last one stays.`);
    on.say("");
    set(target, value);
  };
  formula.onkeydown = (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!way || !event.target.matches("input") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const value = Math.round((parseNumber(event.target.value) + (way * (event.shiftKey ? 10 : 1)) / 10) * 1e4) / 1e4;
    if (Number.isNaN(value)) return;
    event.target.value = plain(value);
    set(event.target, value);
  };
  const drag = createDrag(formula, {
    begin: (input) => ({ from: parseNumber(input.value) }),
    move: (input, up, { from }) => Number.isNaN(from) || set(input, Math.round((from + up * DRAG_STEP) * 1e4) / 1e4),
    end: (input) => input.blur(),
  });

  function focus(place) {
    const input = formula.querySelector(`input[data-place="${place}"]`);
    input?.focus();
    input?.select();
  }

  const valueAt = (values, k) => show(values[k], 3);
  return { draw, focus, valueAt };
}
