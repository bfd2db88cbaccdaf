// The network: a picture for each unit, a line for each weight between them.
import { show } from "../convolution/numbers.js";

const SVG = "http://www.w3.org/2000/svg";
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
  let [shape, links, tiles] = ["", [], []];

  function build(layers) {
    const last = layers.length;
    columns.replaceChildren();
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
    return { layer, r, c, path };
  }

  // Where the links run: from each picture's right side to the left side of the next; to the output's side.
  function place(board) {
    const box = root.getBoundingClientRect();
    svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
    const sides = tiles.map((column) => column.map(({ button }) => {
      const { left, right, top, bottom } = button.querySelector("canvas").getBoundingClientRect();
      return { left: left - box.left, right: right - box.left, middle: (top + bottom) / 2 - box.top };
    }));
    const end = board.getBoundingClientRect();
    sides.push([{ left: end.left - box.left, middle: (end.top + end.bottom) / 2 - box.top }]);
    for (const { layer, r, c, path } of links) {
      const [from, to] = [sides[layer][c], sides[layer + 1][r]];
      const half = (from.right + to.left) / 2;
      path.setAttribute("d", `M${from.right} ${from.middle}C${half} ${from.middle} ${half} ${to.middle} ${to.left} ${to.middle}`);
    }
  }

  function draw(state, parts, flat, pictures, paint, chosen) {
    const wanted = state.layers.join("-");
    const fresh = wanted !== shape || !tiles.length;
    if (fresh) build(state.layers);
    shape = wanted;
    tiles.forEach((column, i) => column.forEach(({ button, canvas }, r) => {
      paint(canvas, i ? pictures.of(i - 1, r) : pictures.inputs[r], i ? state.activation : "input");
      button.setAttribute("aria-pressed", String(Boolean(chosen) && chosen[0] === i - 1 && chosen[1] === r));
      if (i) button.setAttribute("aria-label", `Unit ${unitName(i - 1, r, parts.length - 1)}: enlarge its picture`);
      else button.setAttribute("aria-label", `Input ${"xy"[r]}`);
    }));
    let largest = 1e-9;
    for (const { layer, r, c } of links) largest = Math.max(largest, Math.abs(flat[parts[layer].W + r * parts[layer].columns + c]));
    for (const { layer, r, c, path } of links) {
      const weight = flat[parts[layer].W + r * parts[layer].columns + c];
      path.style.strokeWidth = `${(0.3 + (4.2 * Math.abs(weight)) / largest).toFixed(2)}px`;
      path.classList.toggle("below", weight < 0);
    }
    return fresh;
  }

  // Said when the hand rests: what a pointer over a link reads.
  function title(parts, flat) {
    for (const { layer, r, c, path } of links) path.firstChild.textContent = `${unitName(layer - 1, c, parts.length - 1)} → ${unitName(layer, r, parts.length - 1)}: ${show(flat[parts[layer].W + r * parts[layer].columns + c], 4)}. Click to change it.`;
  }

  return { draw, place, title };
}
