// What all derivatives cost: one pass back, or one pass forward for each weight; counted and, on networks of growing size, timed.
import { backward, forward, lossOf, weightCount } from "./network.js";

export const SIDES = [4, 8, 12, 20]; // nodes of each of four layers

const ROUNDS = 20;

export function counts(net) {
  const d = weightCount(net);
  return { d, forward: d, backward: 2 * d, each: d * (d + 1) };
}

function network(side) {
  const wave = (n) => Math.sin(1.7 * n + 0.3);
  const W = (k) => Array.from({ length: side }, (_, r) => Array.from({ length: side }, (_, c) => wave(k + r * side + c)));
  return { x: Array.from({ length: side }, (_, c) => wave(c)), weights: [W(1), W(2), W(3)], biases: [], biased: false, activation: "sigmoid", output: "identity", loss: "squared", target: Array(side).fill(0) };
}

// Milliseconds for one pass forward and back, and for a pass forward with each weight moved in turn.
export function timed(side) {
  const net = network(side);
  const back = best(() => { for (let round = 0; round < ROUNDS; round++) backward(net, forward(net)); }) / ROUNDS;
  const each = best(() => {
    for (const W of net.weights) for (const row of W) for (let c = 0; c < side; c++) {
      row[c] += 1e-6;
      lossOf(net, forward(net));
      row[c] -= 1e-6;
    }
  });
  return { d: weightCount(net), back, each };
}

// The shortest of a few times: what else the machine does only adds.
function best(work) {
  const times = Array.from({ length: 4 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.max(1e-3, Math.min(...times));
}
