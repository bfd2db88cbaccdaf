// The network as a graph: a circle for each node with v and δ, a line for each weight.
import { show } from "../convolution/numbers.js";
import { sizesOf } from "./state.js";

const SPACE = "http://www.w3.org/2000/svg";
const [WIDE, RADIUS, LABELLED] = [360, 22, 3]; // in the picture's units; most nodes of a layer whose edges show their numbers
const [APART, CLOSE] = [82, 64]; // from node to node of a layer, and on the projector
const FEW = 3; // layers that have room for the numbers of their edges on the projector
const [LETTER, GAP] = [12, 34]; // how tall letters are, and the least room between two layers for a number

function node(name, parent, attributes = {}) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

// on.point(kind, layer, r, c): an edge or a node is pointed at; on.leave().
export function createGraph(svg, on) {
  let [drawn, crowded] = ["", false];
  let parts = { edges: [], nodes: [] };

  function build(net, names) {
    const sizes = sizesOf(net);
    const most = Math.max(...sizes);
    const [wide, apart] = room(sizes.length);
    const high = most * apart + 6;
    const at = (layer, r) => [RADIUS + 8 + (layer * (wide - 2 * RADIUS - 16)) / (sizes.length - 1), high / 2 - 6 + (r - (sizes[layer] - 1) / 2) * apart];
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    svg.style.maxHeight = leastType(svg) ? "none" : ""; // there it is as large as its letters need
    keepLegible(svg, svg.parentElement.clientWidth / wide);
    crowded = leastType(svg) > 0 && sizes.length > FEW; // tall letters, side by side
    svg.classList.toggle("dense", most > LABELLED || crowded);
    parts = { edges: [], nodes: [] };
    net.weights.forEach((W, layer) => W.forEach((row, r) => row.forEach((_, c) => parts.edges.push(buildEdge(layer, r, c, at)))));
    for (const one of parts.edges) svg.append(one.label);
    names.forEach((layer, i) => layer.forEach((name, r) => parts.nodes.push(buildNode(i, r, name, at(i, r)))));
  }

  // How wide the picture is, and how far apart its nodes are. On the projector it is drawn so large that its letters are
  // as tall as they must be, and is as wide as there is room.
  function room(layers) {
    const scale = leastType(svg) / LETTER;
    if (!scale) return [WIDE, APART];
    return [Math.max(svg.parentElement.clientWidth / scale, 2 * RADIUS * layers + GAP * (layers - 1) + 16), CLOSE];
  }

  function buildEdge(layer, r, c, at) {
    const [[x1, y1], [x2, y2]] = [at(layer, c), at(layer + 1, r)];
    const group = node("g", svg, { class: "edge", "data-edge": `${layer}-${r}-${c}` });
    const line = node("line", group, { x1, y1, x2, y2 });
    node("line", group, { x1, y1, x2, y2, class: "reach" });
    const share = Math.min(0.5, Math.max(0.3, (RADIUS + 15) / Math.hypot(x2 - x1, y2 - y1))); // beside the circle
    const label = node("text", group, { x: x1 + share * (x2 - x1), y: y1 + share * (y2 - y1) + 3.5, class: "weight" });
    for (const one of [group, label]) {
      one.addEventListener("pointerover", () => on.point("w", layer, r, c));
      one.addEventListener("pointerleave", on.leave);
    }
    return { layer, r, c, group, line, label };
  }

  function buildNode(layer, r, name, [x, y]) {
    const group = node("g", svg, { class: "node", "data-node": `${layer}-${r}` });
    const disc = node("circle", group, { cx: x, cy: y, r: RADIUS });
    node("text", group, { x, y: y - 4, class: "name" }).textContent = name;
    const value = node("text", group, { x, y: y + 12, class: "value" });
    const derivative = node("text", group, { x, y: y + RADIUS + 15, class: "derivative" });
    group.addEventListener("pointerover", () => on.point("v", layer, r, 0));
    group.addEventListener("pointerleave", on.leave);
    return { layer, r, group, disc, value, derivative };
  }

  // known(kind, layer): whether that has been computed by the step shown.
  function draw(net, found, names, known) {
    const shape = `${sizesOf(net).join("-")} ${room(0)}`;
    if (shape !== drawn) build(net, names);
    drawn = shape;
    const largest = Math.max(...net.weights.flat(2).map(Math.abs)) || 1;
    for (const { layer, r, c, group, line, label } of parts.edges) {
      const w = net.weights[layer][r][c];
      const more = 3.4 * Math.abs(w) / largest;
      line.setAttribute("stroke-width", String(0.6 + more)); // of a saved graph; here the style has the last word
      line.style.setProperty("--more", more);
      group.classList.toggle("below", w < 0);
      label.textContent = show(w, 3);
    }
    const digits = crowded ? 2 : 3;
    for (const { layer, r, group, value, derivative } of parts.nodes) {
      value.textContent = known("v", layer) ? show(found.values[layer][r], digits) : "";
      derivative.textContent = known("d", layer) ? `δ ${show(found.derivatives[layer][r], digits)}` : "";
      group.classList.toggle("waits", !known("v", layer));
    }
    const told = names.map((layer, i) => layer.map((name, r) => `${name} ${known("v", i) ? show(found.values[i][r], 3) : "not yet"}`).join(", ")).join("; ");
    svg.setAttribute("aria-label", `The network as a graph, values by layer: ${told}. Left and right arrow keys step.`);
  }

  function light({ edges = [], far = [], nodes = [] } = {}) {
    const marked = (list, one) => list.some((other) => other.layer === one.layer && other.r === one.r && other.c === one.c);
    svg.classList.toggle("pointed", edges.length + far.length + nodes.length > 0);
    for (const one of parts.edges) {
      for (const part of [one.group, one.label]) {
        part.classList.toggle("lit", marked(edges, one));
        part.classList.toggle("far", marked(far, one));
      }
    }
    for (const { layer, r, group } of parts.nodes) group.classList.toggle("lit", nodes.some(([l, k]) => l === layer && k === r));
  }

  return { draw, light };
}
