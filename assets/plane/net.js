// The network in the plane and its training, with the same sums as explorer/learning/plane/training.py, which is their oracle.
import { createSeeded } from "./seeded.js";

const [START, ORDER] = [3, 4]; // streams of a seed
const [MOMENTUM, SMOOTHING, BETA_1, BETA_2, EPSILON] = [0.9, 0.99, 0.9, 0.999, 1e-8];

// s, and s′ by the value s(v̄) where that is enough.
export const FUNCTIONS = {
  sigmoid: [sigmoid, (v) => v * (1 - v)],
  tanh: [Math.tanh, (v) => 1 - v * v],
  relu: [(x) => (x > 0 ? x : 0), (v) => (v > 0 ? 1 : 0)],
};

// Where in the flat array each layer's weights and biases begin: [{ rows, columns, W, b }].
export function layout(layers) {
  const sizes = [2, ...layers, 1];
  let at = 0;
  return sizes.slice(1).map((rows, i) => {
    const one = { rows, columns: sizes[i], W: at, b: at + rows * sizes[i] };
    at = one.b + rows;
    return one;
  });
}

const lengthOf = (parts) => parts.at(-1).b + parts.at(-1).rows;

export function started(layers, seed) {
  const [random, parts] = [createSeeded(seed, START), layout(layers)];
  const flat = new Float64Array(lengthOf(parts));
  for (const { rows, columns, W } of parts) {
    const limit = Math.sqrt(6 / (rows + columns));
    for (let k = 0; k < rows * columns; k++) flat[W + k] = limit * (2 * random.uniform() - 1);
  }
  return flat;
}

// Training from its start on: pass() once through the points, told() what it has come to.
export function createTraining(state, points) {
  const parts = layout(state.layers);
  const last = parts.length - 1;
  const [s, slope] = FUNCTIONS[state.activation];
  const flat = started(state.layers, state.seed);
  const [m, v, slopes] = [0, 0, 0].map(() => new Float64Array(flat.length));
  const values = [new Float64Array(2), ...parts.map(({ rows }) => new Float64Array(rows))];
  const bars = parts.map(({ rows }) => new Float64Array(rows));
  const random = createSeeded(state.seed, ORDER);
  const [learned, held] = [points.filter((point) => !point.held), points.filter((point) => point.held)];
  let [epoch, step] = [0, 0];

  // The last sum for one point; the values of all layers but that stay in `values`.
  function sum(point) {
    values[0][0] = point.x;
    values[0][1] = point.y;
    for (let i = 0; i <= last; i++) {
      const { rows, columns, W, b } = parts[i];
      const [from, to] = [values[i], values[i + 1]];
      for (let r = 0, k = W; r < rows; r++) {
        let total = flat[b + r];
        for (let c = 0; c < columns; c++) total += flat[k++] * from[c];
        to[r] = i === last ? total : s(total);
      }
    }
    return values[last + 1][0];
  }

  function backpropagate(point, share) {
    bars[last][0] = (sigmoid(sum(point)) - point.label) * share;
    for (let i = last; i >= 0; i--) {
      const { rows, columns, W, b } = parts[i];
      const [bar, from, before] = [bars[i], values[i], bars[i - 1]];
      if (i) before.fill(0);
      for (let r = 0, k = W; r < rows; r++) {
        slopes[b + r] += bar[r];
        for (let c = 0; c < columns; c++, k++) {
          slopes[k] += bar[r] * from[c];
          if (i) before[c] += flat[k] * bar[r];
        }
      }
      if (i) for (let c = 0; c < columns; c++) before[c] *= slope(from[c]);
    }
  }

  const moves = {
    SGD(k, g) { flat[k] -= state.rate * g; },
    momentum(k, g) { flat[k] -= state.rate * (m[k] = MOMENTUM * m[k] + g); },
    RMSprop(k, g) {
      v[k] = SMOOTHING * v[k] + (1 - SMOOTHING) * g * g;
      flat[k] -= (state.rate * g) / (Math.sqrt(v[k]) + EPSILON);
    },
    Adam(k, g, one, two) {
      m[k] = BETA_1 * m[k] + (1 - BETA_1) * g;
      v[k] = BETA_2 * v[k] + (1 - BETA_2) * g * g;
      flat[k] -= ((state.rate / one) * m[k]) / (Math.sqrt(v[k]) / two + EPSILON);
    },
  };

  function pass() {
    const order = random.order(learned.length);
    const move = moves[state.optimizer];
    for (let start = 0; start < order.length; start += state.batch) {
      const end = Math.min(start + state.batch, order.length);
      slopes.fill(0);
      for (let n = start; n < end; n++) backpropagate(learned[order[n]], 1 / (end - start));
      step++;
      const [one, two] = [1 - BETA_1 ** step, Math.sqrt(1 - BETA_2 ** step)];
      for (let k = 0; k < flat.length; k++) move(k, slopes[k] + state.decay * flat[k], one, two);
    }
    epoch++;
    edit();
  }

  // What a hand set in this epoch.
  function edit() {
    for (const [at, place, value] of state.edits) if (at === epoch && place < flat.length) flat[place] = value;
  }

  function over(some) {
    let [loss, right] = [0, 0];
    for (const point of some) {
      const x = sum(point);
      loss += softplus(x) - point.label * x;
      right += (x > 0) === (point.label === 1);
    }
    return some.length ? { loss: loss / some.length, accuracy: right / some.length } : { loss: NaN, accuracy: NaN };
  }

  edit();
  return {
    parts, flat, pass,
    told: () => ({ learned: over(learned), held: over(held) }),
    get epoch() { return epoch; },
    // All that the next pass depends on, and back to it.
    kept: () => ({ epoch, step, random: random.state, flat: flat.slice(), m: m.slice(), v: v.slice() }),
    restore(kept) {
      [epoch, step, random.state] = [kept.epoch, kept.step, kept.random];
      flat.set(kept.flat);
      m.set(kept.m);
      v.set(kept.v);
    },
  };
}
