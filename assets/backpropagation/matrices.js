// The same network as matrices: v lies above the columns of W that it multiplies, δ beneath those it comes back through.
import { createDrag } from "../convolution/drag.js";
import { tint } from "../convolution/cells.js";
import { compact, parseNumber, plain, show } from "../convolution/numbers.js";
import { idOf, sub } from "./words.js";
import { rounded } from "./network.js";
import { LARGEST, sizesOf } from "./state.js";

const DRAG_STEP = 0.01; // a pixel
const NUDGE = 0.1;

function made(tag, parent, attributes = {}) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

// on.change(kind, layer, r, c, value, stroke): a number was set; on.point(kind, layer, r, c), on.leave(); on.say(sentence); on.rest().
export function createMatrices(root, on) {
  let shape = "";
  let cells = []; // { element, kind, layer, r, c, editable }
  let current = null; // what the Tab key comes to
  let fresh = null; // the field that has just got the focus

  function build(net, names) {
    drag.stop();
    root.replaceChildren();
    cells = [];
    root.dataset.size = Math.max(...sizesOf(net)) > 3 ? "large" : "small";
    net.weights.forEach((W, i) => buildLayer(net, names, i, W.length, W[0].length));
    setCurrent(cells.find((cell) => cell.kind === "w"));
  }

  function buildLayer(net, names, i, rows, columns) {
    const box = made("section", root, { class: "layer", "aria-label": `Layer ${i + 1}: ${rows} rows, ${columns} columns` });
    const last = i === net.weights.length - 1;
    const there = made("div", box, { class: "part" });
    const back = made("div", box, { class: "part back" });
    const extra = net.biased ? 1 : 0;
    const sums = 2 + columns + extra; // the grid's column of v̄
    const put = (parent, row, column, element) => { element.style.gridArea = `${row} / ${column}`; parent.append(element); };
    const head = (parent, column, text, span = 1) => {
      const label = made("span", parent, { class: "head" });
      label.textContent = text;
      label.style.gridArea = `1 / ${column} / 2 / span ${span}`;
    };
    const side = (parent, row, text) => { const label = made("span", parent, { class: "head side" }); label.textContent = text; label.style.gridArea = `${row} / 1`; };
    head(there, 2, `W${sub(i)}`, columns);
    if (extra) head(there, 2 + columns, `b${sub(i + 1)}`);
    head(there, sums, `v̄${sub(i + 1)}`);
    head(there, sums + 1, `v${sub(i + 1)}`);
    side(there, 2, `v${sub(i)}`);
    side(there, rows + 3, `δ${sub(i)}`);
    for (let c = 0; c < columns; c++) put(there, 2, 2 + c, cell("v", i, c, 0, names, !i));
    for (let r = 0; r < rows; r++) {
      side(there, 3 + r, names[i + 1][r]);
      for (let c = 0; c < columns; c++) put(there, 3 + r, 2 + c, cell("w", i, r, c, names, true));
      if (extra) put(there, 3 + r, 2 + columns, cell("b", i, r, 0, names, true));
      put(there, 3 + r, sums, cell("s", i, r, 0, names));
      put(there, 3 + r, sums + 1, cell("v", i + 1, r, 0, names));
      if (last && net.loss !== "none") put(there, 3 + r, sums + 2, cell("t", i + 1, r, 0, names, true));
    }
    if (last && net.loss !== "none") head(there, sums + 2, "target");
    for (let c = 0; c < columns; c++) put(there, rows + 3, 2 + c, cell("d", i, c, 0, names));
    head(back, 2, `δ${sub(i + 1)}`);
    head(back, 3, `δ̄${sub(i + 1)}`);
    head(back, 4, `Δ${sub(i)} = δ̄${sub(i + 1)} v${sub(i)}ᵀ`, columns);
    for (let c = 0; c < columns; c++) put(back, 2, 4 + c, cell("v", i, c, 0, names));
    for (let r = 0; r < rows; r++) {
      side(back, 3 + r, names[i + 1][r]);
      put(back, 3 + r, 2, cell("d", i + 1, r, 0, names));
      put(back, 3 + r, 3, cell("g", i, r, 0, names));
      for (let c = 0; c < columns; c++) put(back, 3 + r, 4 + c, cell("D", i, r, c, names));
    }
  }

  const TITLES = {
    v: (l, r, c, n) => `v of ${n[l][r]}`, s: (l, r, c, n) => `v̄ of ${n[l + 1][r]}`, d: (l, r, c, n) => `δ of ${n[l][r]}`,
    g: (l, r, c, n) => `δ̄ of ${n[l + 1][r]}`, w: (l, r, c, n) => `weight from ${n[l][c]} to ${n[l + 1][r]}`,
    D: (l, r, c, n) => `Δ from ${n[l][c]} to ${n[l + 1][r]}`, b: (l, r, c, n) => `bias of ${n[l + 1][r]}`, t: (l, r, c, n) => `target of ${n[l][r]}`,
  };

  function cell(kind, layer, r, c, names, editable = false) {
    const element = document.createElement(editable ? "input" : "span");
    if (editable) Object.assign(element, { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    else element.setAttribute("role", "img");
    element.className = `cell ${kind}`;
    element.tabIndex = -1;
    element.dataset.id = idOf(kind, layer, r, c);
    const title = kind === "v" && !layer ? `input ${names[0][r]}` : TITLES[kind](layer, r, c, names);
    const one = { element, kind, layer, r, c, editable, title };
    element.addEventListener("pointerover", () => on.point(kind, layer, r, c));
    element.addEventListener("pointerleave", on.leave);
    element.addEventListener("focus", () => { setCurrent(one); on.point(kind, layer, r, c, true); });
    if (editable) element.setAttribute("aria-label", title);
    cells.push(one);
    return element;
  }

  function setCurrent(next) {
    if (current) current.element.tabIndex = -1;
    current = next ?? null;
    if (current) current.element.tabIndex = 0;
  }

  const VALUES = {
    v: (net, f, l, r) => f.values[l][r], s: (net, f, l, r) => f.sums[l][r], d: (net, f, l, r) => f.derivatives[l][r],
    g: (net, f, l, r) => f.bars[l][r], w: (net, f, l, r, c) => net.weights[l][r][c], D: (net, f, l, r, c) => f.weightDerivatives[l][r][c],
    b: (net, f, l, r) => net.biases[l][r], t: (net, f, l, r) => net.target[r],
  };

  // known(kind, layer): computed by the step shown; now(kind, layer): by just that step.
  function draw(net, found, names, known, now) {
    const wanted = [sizesOf(net).join("-"), net.biased, net.loss === "none"].join();
    if (wanted !== shape) build(net, names);
    shape = wanted;
    const room = root.dataset.size === "large" ? 6 : 7;
    const focused = root.getRootNode().activeElement;
    const largest = {};
    for (const { kind, layer, r, c } of cells) largest[kind] = Math.max(largest[kind] ?? 0, Math.abs(VALUES[kind](net, found, layer, r, c)));
    for (const { element, kind, layer, r, c, editable, title } of cells) {
      const value = VALUES[kind](net, found, layer, r, c);
      const there = known(kind, layer);
      element.style.setProperty("--tint", there ? tint(value, largest[kind]) : "transparent");
      element.classList.toggle("now", now(kind, layer));
      if (editable) {
        if (element === focused && element.ariaInvalid === "true") continue;
        element.ariaInvalid = null;
        if (element !== focused || drag.moving) element.value = element === focused ? plain(value) : compact(value, room);
        else if (parseNumber(element.value) !== value) element.value = plain(value);
      } else {
        element.textContent = there ? compact(rounded(value), room) : "·";
        element.setAttribute("aria-label", `${title}: ${there ? show(value, 4) : "not computed yet"}`);
      }
    }
  }

  function light({ cells: lit = [] } = {}) {
    const [first, ...others] = lit;
    for (const { element } of cells) {
      element.classList.toggle("first", element.dataset.id === first);
      element.classList.toggle("lit", others.includes(element.dataset.id));
    }
  }

  // -- by hand

  const of = (element) => cells.find((one) => one.element === element);

  function set(one, value, stroke) {
    const bounded = clamp(value, -LARGEST, LARGEST);
    on.change(one.kind, one.layer, one.r, one.c, rounded(bounded), stroke);
  }

  const valueOf = (element) => parseNumber(element.value);

  function typed({ target }) {
    const value = parseNumber(target.value);
    target.ariaInvalid = Number.isNaN(value) ? "true" : null;
    if (Number.isNaN(value)) return on.say(`“${target.value.trim().slice(0, 12)}” is no number up to a million; the last one stays.`);
    on.say("");
    set(of(target), value, of(target).element.dataset.id);
  }

  function nudge(element, direction, event) {
    const from = valueOf(element);
    if (Number.isNaN(from)) return;
    const step = event.shiftKey ? 10 * NUDGE : NUDGE;
    set(of(element), Math.round((from + direction * step) / 0.01) * 0.01, element.dataset.id);
    element.value = plain(rounded(Math.round((from + direction * step) / 0.01) * 0.01));
    element.select();
  }

  // The nearest cell in a direction, wherever it is drawn.
  function goes(from, [dx, dy]) {
    const [x, y] = middle(from);
    let [best, least] = [null, Infinity];
    for (const { element } of cells) {
      const [u, v] = middle(element);
      const [along, across] = dx ? [(u - x) * dx, Math.abs(v - y)] : [(v - y) * dy, Math.abs(u - x)];
      const far = along + 3 * across;
      if (along > 2 && far < least) [best, least] = [element, far];
    }
    best?.focus();
    if (best?.select) best.select();
  }

  function middle(element) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2];
  }

  function pressed(event) {
    const element = event.target;
    if (event.ctrlKey || event.metaKey || !of(element)) return;
    const field = element.matches("input");
    const whole = field && element.selectionStart === 0 && element.selectionEnd === element.value.length;
    const moves = {
      ArrowUp: () => (field && event.altKey ? nudge(element, 1, event) : goes(element, [0, -1])),
      ArrowDown: () => (field && event.altKey ? nudge(element, -1, event) : goes(element, [0, 1])),
      PageUp: () => field && nudge(element, 1, event),
      PageDown: () => field && nudge(element, -1, event),
      ArrowLeft: () => (!field || whole || element.selectionEnd === 0) && goes(element, [-1, 0]),
      ArrowRight: () => (!field || whole || element.selectionStart === element.value.length) && goes(element, [1, 0]),
    };
    if (!moves[event.key]) return;
    if (moves[event.key]() !== false) event.preventDefault();
    event.stopPropagation();
  }

  const drag = createDrag(root, {
    begin: (element) => ({ from: valueOf(element) }),
    move: (element, up, { from }) => Number.isNaN(from) || set(of(element), Math.round((from + up * DRAG_STEP) / DRAG_STEP) * DRAG_STEP, element.dataset.id),
    end: (element) => { element.blur(); on.rest(); },
  });
  root.oninput = typed;
  root.onkeydown = pressed;
  root.addEventListener("focusin", ({ target }) => {
    if (!target.matches("input")) return;
    if (target.ariaInvalid !== "true") target.value = plain(parseNumber(target.value));
    on.focus(of(target), target);
    fresh = target;
    target.select();
  });
  root.onclick = ({ target }) => {
    if (target === fresh && target.matches("input") && target.selectionStart === target.selectionEnd) target.select();
    if (of(target) && !target.matches("input")) target.focus();
    fresh = null;
  };
  root.addEventListener("focusout", () => setTimeout(on.blur));
  return { draw, light, get dragging() { return drag.moving; } };
}
