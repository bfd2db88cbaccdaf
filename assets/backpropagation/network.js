// One pass forward, one pass back: the same sums as explorer/learning/backpropagation/passes.py, which is their oracle.

// Of each name: s(v̄) and s′(v̄); ReLU's derivative is 0 at 0.
export const ACTIVATIONS = {
  sigmoid: [sigmoid, (x) => sigmoid(x) * sigmoid(-x)],
  tanh: [Math.tanh, (x) => 4 * sigmoid(2 * x) * sigmoid(-2 * x)],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  identity: [(x) => x, () => 1],
};

export const nameOf = (net, layer) => (layer === net.weights.length - 1 ? net.output : net.activation);

// v̄ᵢ = W v (+ b) and v = s(v̄), layer by layer. net: { weights, biases (used where net.biased), x, activation, output }.
export function forward(net) {
  const [sums, values] = [[], [net.x]];
  net.weights.forEach((W, i) => {
    const s = ACTIVATIONS[nameOf(net, i)][0];
    sums.push(W.map((row, r) => row.reduce((sum, w, c) => sum + w * values[i][c], net.biased ? net.biases[i][r] : 0)));
    values.push(sums[i].map(s));
  });
  return { sums, values };
}

// The number that is differentiated: the loss, or without one the last node.
export function lossOf(net, { sums, values }) {
  const [last, sum] = [values.at(-1), sums.at(-1)];
  if (net.loss === "none") return last.at(-1);
  if (net.loss === "squared") return last.reduce((total, v, r) => total + (v - net.target[r]) ** 2, 0) / 2;
  return sum.reduce((total, x, r) => total + softplus(x) - net.target[r] * x, 0);
}

function lastDerivatives(net, { sums, values }) {
  const last = values.at(-1);
  if (net.loss === "none") return last.map((_, r) => (r === last.length - 1 ? 1 : 0));
  if (net.loss === "squared") return last.map((v, r) => v - net.target[r]);
  const over = (share, value) => (share === 0 ? 0 : share / value);
  return last.map((v, r) => over(1 - net.target[r], sigmoid(-sums.at(-1)[r])) - over(net.target[r], v));
}

// δ̄ = s′(v̄) × δ, δ = Wᵀ δ̄ (Claim 1) and Δ = δ̄ vᵀ (Claim 2), from the last layer to the input.
export function backward(net, passed) {
  const count = net.weights.length;
  const [bars, derivatives, weightDerivatives] = [Array(count), Array(count + 1), Array(count)];
  derivatives[count] = lastDerivatives(net, passed);
  for (let i = count - 1; i >= 0; i--) {
    const slope = ACTIVATIONS[nameOf(net, i)][1];
    bars[i] = passed.sums[i].map((x, r) => slope(x) * derivatives[i + 1][r]);
    derivatives[i] = passed.values[i].map((_, c) => net.weights[i].reduce((sum, row, r) => sum + row[c] * bars[i][r], 0));
    weightDerivatives[i] = bars[i].map((bar) => passed.values[i].map((value) => bar * value));
  }
  return { bars, derivatives, weightDerivatives };
}

export function passes(net) {
  const passed = forward(net);
  return { ...passed, ...backward(net, passed), loss: lossOf(net, passed) };
}

export const finite = (found) => [found.loss, ...[found.sums, found.values, found.bars, found.derivatives, found.weightDerivatives].flat(3)].every(Number.isFinite);

export const weightCount = (net) => net.weights.reduce((sum, W) => sum + W.length * W[0].length, 0);

// One step against the derivatives; what is kept has six digits, as the link has.
export function stepped(net, found, rate) {
  const less = (value, derivative) => rounded(value - rate * derivative);
  return {
    ...net,
    weights: net.weights.map((W, i) => W.map((row, r) => row.map((w, c) => less(w, found.weightDerivatives[i][r][c])))),
    biases: net.biased ? net.biases.map((b, i) => b.map((value, r) => less(value, found.bars[i][r]))) : net.biases,
  };
}

export const rounded = (value) => Number(value.toPrecision(6)) + 0;

// The largest distance between Δ and what moving each weight a little both ways gives, and the largest |Δ|.
export function differences(net, found) {
  let [apart, largest] = [0, 0];
  const moved = { ...net, weights: net.weights.map((W) => W.map((row) => [...row])) };
  moved.weights.forEach((W, i) => W.forEach((row, r) => row.forEach((w, c) => {
    const h = 1e-5 * Math.max(1, Math.abs(w));
    row[c] = w + h;
    const above = lossOf(moved, forward(moved));
    row[c] = w - h;
    const below = lossOf(moved, forward(moved));
    row[c] = w;
    apart = Math.max(apart, Math.abs((above - below) / (2 * h) - found.weightDerivatives[i][r][c]));
    largest = Math.max(largest, Math.abs(found.weightDerivatives[i][r][c]));
  })));
  return { apart, largest };
}
