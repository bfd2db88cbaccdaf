// What the visitor has set, as the text that the link holds: see pages/parts/learning/backpropagation_link.py.
import { rounded } from "./network.js";

export const MOST_NODES = 5;
export const LARGEST = 1e6; // of all numbers
export const [FEWEST_LAYERS, MOST_LAYERS] = [2, 4];

// "2-3-1_sigmoid_identity_squared_0_0.5_11_…": sizes, names, biases or not, rate, step; then input, W and b of each layer, target.
export function read(text) {
  const [sizes, activation, output, loss, biased, rate, step, ...numbers] = text.split("_");
  const counts = sizes.split("-").map(Number);
  const next = numbers.map(Number);
  const take = (count) => next.splice(0, count);
  const net = { activation, output, loss, biased: biased === "1", x: take(counts[0]), weights: [], biases: [] };
  for (let i = 1; i < counts.length; i++) {
    net.weights.push(Array.from({ length: counts[i] }, () => take(counts[i - 1])));
    net.biases.push(take(counts[i]));
  }
  return { net: { ...net, target: take(counts.at(-1)) }, rate: Number(rate), step: Number(step) };
}

export function write({ net, rate, step }) {
  const numbers = [net.x, ...net.weights.flatMap((W, i) => [W, net.biases[i]]), net.target].flat(2);
  const names = [sizesOf(net).join("-"), net.activation, net.output, net.loss, net.biased ? 1 : 0, rate, step];
  return [...names, ...numbers.map((value) => String(rounded(value)))].join("_");
}

export const sizesOf = (net) => [net.x.length, ...net.weights.map((W) => W.length)];

// A normal number by two even ones (Box and Muller 1958), to two decimals.
function drawn() {
  const size = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Math.round(100 * size) / 100 + 0;
}

// The same network with so many nodes a layer: what is in both stays, what is new is drawn at random.
export function resized(net, sizes) {
  const kept = (old, r, c, made) => old?.[r]?.[c] ?? made();
  return {
    ...net,
    x: Array.from({ length: sizes[0] }, (_, r) => net.x[r] ?? drawn()),
    weights: sizes.slice(1).map((rows, i) => Array.from({ length: rows }, (_, r) => Array.from({ length: sizes[i] }, (_, c) => kept(net.weights[i], r, c, drawn)))),
    biases: sizes.slice(1).map((rows, i) => Array.from({ length: rows }, (_, r) => net.biases[i]?.[r] ?? 0)),
    target: Array.from({ length: sizes.at(-1) }, (_, r) => net.target[r] ?? 0),
  };
}

export function redrawn(net) {
  return { ...net, weights: net.weights.map((W) => W.map((row) => row.map(drawn))), biases: net.biases.map((b) => b.map(() => (net.biased ? drawn() : 0))) };
}

// a, b → c, d, e → …; the last layer is z, or z₁, z₂, ….
export function namesOf(net) {
  const sizes = sizesOf(net);
  let letter = 0;
  return sizes.map((count, layer) => Array.from({ length: count }, (_, r) => {
    if (layer < sizes.length - 1) return String.fromCharCode(97 + letter++);
    return count === 1 ? "z" : `z${"₁₂₃₄₅"[r]}`;
  }));
}

// What is computed in which step, forward and back; layers of nodes count from 0.
export function stepsOf(net) {
  const count = net.weights.length;
  const there = net.weights.flatMap((_, i) => [{ kind: "s", layer: i }, { kind: "v", layer: i + 1 }]);
  const back = net.weights.flatMap((_, k) => { const i = count - 1 - k; return ["g", "D", "d"].map((kind) => ({ kind, layer: i })); });
  return [...there, { kind: "d", layer: count }, ...back];
}
