// What an entry is, as a sentence with its numbers, and what it is made of: cells, edges and nodes to light up.
import { show } from "../convolution/numbers.js";
import { nameOf } from "./network.js";

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";
export const sub = (number) => DIGITS[number];
export const idOf = (kind, layer, r, c = 0) => `${kind}-${layer}-${r}-${c}`;
const written = (value) => show(value, 4);
const factor = (value) => (value < 0 ? `(${written(value)})` : written(value));
const FUNCTIONS = {
  sigmoid: (x) => `1 / (1 + e^${factor(-x)})`, tanh: (x) => `tanh(${written(x)})`,
  relu: (x) => `max(${written(x)}, 0)`, identity: (x) => written(x),
};
const PRIME = { sigmoid: "s(v̄)·(1 − s(v̄))", tanh: "1 − tanh²(v̄)", relu: "1 above 0, else 0", identity: "1" };
const edge = (layer, r, c) => ({ layer, r, c });
const all = (net, layer) => net.weights[layer].flatMap((row, r) => row.map((_, c) => edge(layer, r, c)));
// Every edge on a path from a layer of nodes to the last.
const onwards = (net, from) => net.weights.slice(from).flatMap((_, k) => all(net, from + k));
const paths = (net, from) => net.weights.slice(from + 1).reduce((count, W) => count * W[0].length, net.weights.length > from ? net.weights.at(-1).length : 1);

function products(pairs) {
  return pairs.map(([a, b]) => `${factor(a)}·${factor(b)}`).join(" + ");
}

// → { words, cells: [id], edges: lit strongly, far: the rest of the paths, nodes: [[layer, r]] }
export function explained(kind, layer, r, c, net, found, names) {
  return EXPLAIN[kind](layer, r, c, net, found, names);
}

const EXPLAIN = {
  v(layer, r, _, net, found, names) {
    const value = found.values[layer][r];
    const own = { cells: [idOf("v", layer, r)], edges: [], far: [], nodes: [[layer, r]] };
    if (!layer) return { ...own, words: `${names[0][r]} = ${written(value)}: an input. Type, or drag it up and down.` };
    const name = nameOf(net, layer - 1);
    const sum = found.sums[layer - 1][r];
    return { ...own, cells: [...own.cells, idOf("s", layer - 1, r)],
      words: `v of ${names[layer][r]} = s(v̄) = ${FUNCTIONS[name](sum)} = ${written(value)}` };
  },
  s(layer, r, _, net, found, names) {
    const [row, from] = [net.weights[layer][r], found.values[layer]];
    const bias = net.biased ? ` + ${factor(net.biases[layer][r])}` : "";
    return {
      cells: [idOf("s", layer, r), ...row.flatMap((_, k) => [idOf("w", layer, r, k), idOf("v", layer, k)]), ...(net.biased ? [idOf("b", layer, r)] : [])],
      edges: row.map((_, k) => edge(layer, r, k)), far: [], nodes: [[layer + 1, r], ...row.map((_, k) => [layer, k])],
      words: `v̄ of ${names[layer + 1][r]} = row ${r} of W${sub(layer)} times v${sub(layer)} = ${products(row.map((w, k) => [w, from[k]]))}${bias} = ${written(found.sums[layer][r])}`,
    };
  },
  d(layer, r, _, net, found, names) {
    const value = written(found.derivatives[layer][r]);
    const [cells, nodes] = [[idOf("d", layer, r)], [[layer, r]]];
    if (layer === net.weights.length) return { cells: [...cells, idOf("v", layer, r), ...(net.loss === "none" ? [] : [idOf("t", layer, r)])], edges: [], far: [], nodes, words: last(r, net, found, names, value) };
    const column = net.weights[layer].map((row) => row[r]);
    const count = paths(net, layer);
    return {
      cells: [...cells, ...column.flatMap((_, k) => [idOf("w", layer, k, r), idOf("g", layer, k)])],
      edges: column.map((_, k) => edge(layer, k, r)), far: onwards(net, layer + 1), nodes: [...nodes, ...column.map((_, k) => [layer + 1, k])],
      words: `δ of ${names[layer][r]} = column ${r} of W${sub(layer)} times δ̄${sub(layer + 1)} = ${products(column.map((w, k) => [w, found.bars[layer][k]]))} = ${value}: all ${count === 1 ? "of the one path" : `${count} paths`} from ${names[layer][r]} to the end`,
    };
  },
  g(layer, r, _, net, found, names) {
    const [slope, derivative, bar] = [found.derivatives[layer + 1][r] ? found.bars[layer][r] / found.derivatives[layer + 1][r] : NaN, found.derivatives[layer + 1][r], found.bars[layer][r]];
    const name = nameOf(net, layer);
    return {
      cells: [idOf("g", layer, r), idOf("s", layer, r), idOf("d", layer + 1, r)], edges: [], far: [], nodes: [[layer + 1, r]],
      words: `δ̄ of ${names[layer + 1][r]} = s′(v̄) × δ = ${Number.isFinite(slope) ? `${factor(slope)}·` : "s′·"}${factor(derivative)} = ${written(bar)}, with s′ = ${PRIME[name]}${net.biased ? "; it is the bias's derivative, too" : ""}`,
    };
  },
  w(layer, r, c, net, found, names) {
    return { ...EXPLAIN.D(layer, r, c, net, found, names), words: `W${sub(layer)} row ${r}, column ${c} = ${written(net.weights[layer][r][c])} leads from ${names[layer][c]} to ${names[layer + 1][r]}. Its derivative Δ = δ̄·v = ${products([[found.bars[layer][r], found.values[layer][c]]])} = ${written(found.weightDerivatives[layer][r][c])}` };
  },
  D(layer, r, c, net, found, names) {
    return {
      cells: [idOf("D", layer, r, c), idOf("w", layer, r, c), idOf("g", layer, r), idOf("v", layer, c)],
      edges: [edge(layer, r, c)], far: onwards(net, layer + 1), nodes: [[layer, c], [layer + 1, r]],
      words: `Δ of the edge ${names[layer][c]} → ${names[layer + 1][r]} = δ̄ of ${names[layer + 1][r]} times v of ${names[layer][c]} = ${products([[found.bars[layer][r], found.values[layer][c]]])} = ${written(found.weightDerivatives[layer][r][c])}`,
    };
  },
  b(layer, r, _, net, found, names) {
    return { cells: [idOf("b", layer, r), idOf("s", layer, r), idOf("g", layer, r)], edges: [], far: onwards(net, layer + 1), nodes: [[layer + 1, r]],
      words: `Bias of ${names[layer + 1][r]} = ${written(net.biases[layer][r])}. Its derivative is δ̄ = ${written(found.bars[layer][r])}` };
  },
  t(layer, r, _, net, found, names) {
    return { cells: [idOf("t", layer, r), idOf("v", layer, r)], edges: [], far: [], nodes: [[layer, r]],
      words: `Target of ${names[layer][r]} = ${written(net.target[r])}; the network gives ${written(found.values[layer][r])}` };
  },
};

function last(r, net, found, names, value) {
  const [name, v, t] = [names.at(-1)[r], found.values.at(-1)[r], net.target[r]];
  if (net.loss === "none") return `δ of ${name} = ∂${names.at(-1).at(-1)}/∂${name} = ${value}`;
  if (net.loss === "squared") return `δ of ${name} = ∂loss/∂${name} = v − target = ${written(v)} − ${factor(t)} = ${value}`;
  return `δ of ${name} = ∂loss/∂${name} = (1 − t)/(1 − v) − t/v, with t = ${written(t)} and v = ${written(v)}, = ${value}`;
}

// What a step does, for whoever points at nothing.
export function stepWords({ kind, layer }, net, found) {
  const [here, next] = [sub(layer), sub(layer + 1)];
  const words = {
    s: `Forward: v̄${next} = W${here} v${here}${net.biased ? ` + b${next}` : ""}. Each row of W${here} times the column v${here}.`,
    v: `Forward: v${here} = s(v̄${here}), entry by entry${layer === net.weights.length ? `; s is ${nameOf(net, layer - 1)}` : ""}.`,
    d: layer === net.weights.length
      ? net.loss === "none" ? `Now back: δ${here} = ∂z/∂v${here} = 1.` : `The loss is ${written(found.loss)}. Now back: δ${here} = ∂loss/∂v${here}.`
      : `Back, Claim 1: δ${here} = W${here}ᵀ δ̄${next}. Each column of W${here} times δ̄${next}.`,
    g: `Back: δ̄${next} = s′(v̄${next}) × δ${next}, entry by entry.`,
    D: `Back, Claim 2: Δ${here} = δ̄${next} v${here}ᵀ. Every entry is one product: row's δ̄ times column's v.`,
  };
  return words[kind];
}
