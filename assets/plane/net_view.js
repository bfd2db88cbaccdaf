// The network: a picture for each unit, a line for each weight between them. The lines are drawn on one canvas: hundreds of
// SVG paths that change their width in every frame take most of its time. Paths no one sees lie above, for the pointer.
import { show } from "../convolution/numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const [ABOVE, BELOW] = ["#d08a10", "#3f74c9"];
const SUB = "₀₁₂₃₄₅₆₇₈₉";
export const small = (number) => [...String(number)].map((digit) => SUB[digit]).join("");
// x and y of the inputs, h with layer and unit of the hidden ones, p of the output.
export function unitName(layer, r, last) {
  return layer < 0 ? "xy"[r] : layer === last ? "p" : `h${small(layer + 1)},${small(r + 1)}`;
}

// on.choose(layer, r): a unit is enlarged; on.weight(layer, r, c): a weight is edited.
export function createNetView(root, on) {
  const svg = root.querySelector("svg.links");
  const columns = root.querySelector(".columns");
  const wires = root.querySelector("canvas.wires");
  const pen = wires.getContext("2d");
  let [shape, links, tiles, pressed] = ["", [], [], ""];
  let linked = -Infinity; // when, in milliseconds

  function build(layers) {
    const last = layers.length;
    columns.replaceChildren();
    pressed = "";
    tiles = [2, ...layers].map((count, i) => {
      const column = document.createElement("div");
      column.className = "column";
      column.style.setProperty("--count", count);
      column.setAttribute("role", "group");
      column.setAttribute("aria-label", i ? `Layer ${i}: ${count} ${count === 1 ? "unit" : "units"}` : "The inputs");
      columns.append(column);
      return Array.from({ length: count }, (_, r) => tile(column, i - 1, r, last));
    });
    svg.replaceChildren();
    links = [...layers, 1].flatMap((rows, layer) => Array.from({ length: rows * (layer ? layers[layer - 1] : 2) }, (_, k) => {
      const before = layer ? layers[layer - 1] : 2;
      return link(layer, Math.floor(k / before), k % before);
    }));
  }

  function tile(column, layer, r, last) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tile";
    button.dataset.unit = `${layer}-${r}`;
    const canvas = document.createElement("canvas");
    const label = document.createElement("span");
    label.textContent = unitName(layer, r, last);
    button.append(canvas, label);
    button.setAttribute("aria-label", layer < 0 ? `Input ${"xy"[r]}` : `Unit ${unitName(layer, r, last)}: enlarge its picture`);
    button.setAttribute("aria-pressed", "false");
    if (layer < 0) button.disabled = true;
    else button.onclick = () => on.choose(layer, r);
    column.append(button);
    return { button, canvas };
  }

  function link(layer, r, c) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", "link");
    path.dataset.link = `${layer}-${r}-${c}`;
    path.addEventListener("click", () => on.weight(layer, r, c));
    path.append(document.createElementNS(SVG, "title"));
    svg.append(path);
    return { layer, r, c, path, bend: null };
  }

  // Where the links run: from each picture's right side to the left side of the next; to the output's side.
  function place(board) {
    const box = root.getBoundingClientRect();
    svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    [wires.width, wires.height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const sides = tiles.map((column) => column.map(({ button }) => {
      const { left, right, top, bottom } = button.querySelector("canvas").getBoundingClientRect();
      return { left: left - box.left, right: right - box.left, middle: (top + bottom) / 2 - box.top };
    }));
    const end = board.getBoundingClientRect();
    sides.push([{ left: end.left - box.left, middle: (end.top + end.bottom) / 2 - box.top }]);
    for (const one of links) {
      const [from, to] = [sides[one.layer][one.c], sides[one.layer + 1][one.r]];
      const half = (from.right + to.left) / 2;
      one.bend = [from.right, from.middle, half, from.middle, half, to.middle, to.left, to.middle];
      one.path.setAttribute("d", `M${from.right} ${from.middle}C${one.bend.slice(2).join(" ")}`);
    }
  }

  // Amber above zero, blue below, as wide as the weight is large. A stroke for each: one path of many curves that cross
  // each other takes twice as long as the curves one by one.
  function drawLinks(parts, flat) {
    linked = performance.now();
    const weights = links.map(({ layer, r, c }) => flat[parts[layer].W + r * parts[layer].columns + c]);
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
    pen.clearRect(0, 0, wires.width, wires.height);
    pen.globalAlpha = 0.75;
    const least = Math.max(0.3, leastLine(wires));
    links.forEach(({ bend: [x, y, ...bend] }, n) => {
      pen.lineWidth = least + (4.2 * Math.abs(weights[n])) / largest;
      pen.strokeStyle = weights[n] < 0 ? BELOW : ABOVE;
      pen.beginPath();
      pen.moveTo(x, y);
      pen.bezierCurveTo(...bend);
      pen.stroke();
    });
  }

  // `end` is where the last links lead to. While it plays they are drawn ten times a second: they move little.
  function draw(state, parts, flat, pictures, paint, chosen, end, playing) {
    const wanted = state.layers.join("-");
    const fresh = wanted !== shape || !tiles.length;
    if (fresh) build(state.layers);
    shape = wanted;
    tiles.forEach((column, i) => column.forEach(({ canvas }, r) => {
      if (i || fresh) paint(canvas, i ? pictures.of(i - 1, r) : pictures.inputs[r], i ? state.activation : "input");
    }));
    const now = String(chosen);
    if (now !== pressed) tiles.forEach((column, i) => column.forEach(({ button }, r) => button.setAttribute("aria-pressed", String(now === `${i - 1},${r}`))));
    pressed = now;
    if (fresh) place(end);
    if (fresh || !playing || performance.now() - linked >= 100) drawLinks(parts, flat);
  }

  // Said when the hand rests: what a pointer over a link reads.
  function title(parts, flat) {
    for (const { layer, r, c, path } of links) path.firstChild.textContent = `${unitName(layer - 1, c, parts.length - 1)} → ${unitName(layer, r, parts.length - 1)}: ${show(flat[parts[layer].W + r * parts[layer].columns + c], 4)}. Click to change it.`;
  }

  return { draw, place, title };
}
