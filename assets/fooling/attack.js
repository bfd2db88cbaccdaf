// Attacks and their control as explorer/attacks/ has them, on planes of [0, 1]: Python's engine is what they are held to.

const TINY = 1e-12;
const SLACK = 1 + 1e-6; // ε = 2/255 is meant to be exactly two levels

const lengthOf = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

// The largest size of any; too many for the arguments of one call.
export const largestOf = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

// One step after the other of projected gradient descent (Madry et al. 2018, section 2.1); gives { x, logits, number }.
// how: { norm, epsilon, steps, stepSize }; goal: { label, target }, the target null without one.
export async function* projectedGradient(network, picture, how, { label, target }) {
  const direction = new Float32Array(network.files.labels.length);
  direction[target ?? label] = -1; // of the cross-entropy, which is climbed without a target and descended with one
  const way = target === null ? 1 : -1;
  let x = Float32Array.from(picture);
  for (let number = 0; number < how.steps; number++) {
    const { gradient, logits } = await network.climb(x.slice(), direction, 1);
    yield { x, logits, number };
    x = projected(stepped(x, gradient, way, how), picture, how);
  }
  yield { x, logits: (await network.look(x.slice())).logits, number: how.steps };
}

function stepped(x, gradient, way, { norm, stepSize }) {
  const scale = norm === "linf" ? 0 : stepSize / Math.max(TINY, lengthOf(gradient));
  return x.map((value, i) => value + way * (norm === "linf" ? stepSize * Math.sign(gradient[i]) : scale * gradient[i]));
}

// The nearest point within ε, and then within [0, 1].
function projected(x, center, { norm, epsilon }) {
  const change = x.map((value, i) => value - center[i]);
  const factor = norm === "linf" ? 1 : Math.min(1, epsilon / Math.max(TINY, lengthOf(change)));
  const bound = norm === "linf" ? epsilon : Infinity;
  return x.map((_, i) => Math.min(1, Math.max(0, center[i] + Math.min(bound, Math.max(-bound, factor * change[i])))));
}

// A change as whole 8-bit levels whose norm is still at most ε; for L2 scaled by the largest factor for which that holds.
export function quantized(x, picture, { norm, epsilon }) {
  const levels = Float64Array.from(x, (value, i) => 255 * (value - picture[i]));
  const budget = 255 * epsilon * SLACK;
  if (norm === "linf") {
    const most = Math.floor(budget);
    return inRange(levels.map((level) => Math.min(most, Math.max(-most, even(level)))), picture);
  }
  const largest = Math.max(TINY, largestOf(levels));
  let [low, high] = [0, Math.max(1, 255 / largest)];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (lengthOf(levels.map((level) => even(level * middle))) <= budget) low = middle;
    else high = middle;
  }
  return inRange(levels.map((level) => even(level * low)), picture);
}

// Halves go to the even neighbour, as NumPy's rint has it.
function even(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const inRange = (levels, picture) => Int16Array.from(levels, (level, i) => {
  const start = Math.round(255 * picture[i]);
  return Math.min(255, Math.max(0, start + level)) - start;
});

// The 8-bit picture that so many levels of change make.
export const changed = (picture, levels) => picture.map((value, i) => (Math.round(255 * value) + levels[i]) / 255);

// The control: the amounts of the changed pixels, each at another's place, in any order, with random signs, the other one
// where a value would leave its range; the rest grows until it is as long in L2. See `shuffled_perturbation` in controls.py.
export function shuffledLevels(levels, picture, seed) {
  const count = levels.length / 3;
  const random = generator(seed);
  const places = [...Array(count).keys()].filter((i) => levels[i] || levels[count + i] || levels[2 * count + i]);
  const from = shuffledOrder([...places], random);
  const [signs, rooms, amounts, where] = [[], [], [], []];
  places.forEach((place, k) => {
    const order = shuffledOrder([0, 1, 2], random);
    for (let c = 0; c < 3; c++) {
      const start = Math.round(255 * picture[c * count + place]);
      const amount = Math.abs(levels[order[c] * count + from[k]]);
      let [up, room] = random() < 0.5 ? [1, 255 - start] : [-1, start];
      if (amount > room && 255 - room > room) [up, room] = [-up, 255 - room];
      signs.push(up);
      rooms.push(room);
      amounts.push(amount);
      where.push(c * count + place);
    }
  });
  const grown = asLong(amounts, rooms, lengthOf(levels));
  const change = new Int16Array(levels.length);
  where.forEach((i, k) => { change[i] = signs[k] * grown[k]; });
  return change;
}

// The amounts within their room, grown by the largest factor for which they are at most `size` long.
function asLong(amounts, rooms, size) {
  const grown = (factor) => amounts.map((amount, i) => Math.min(even(amount * factor), rooms[i]));
  let [low, high] = [1, 256];
  if (lengthOf(grown(low)) >= size * (1 - 1e-9)) return grown(low);
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (lengthOf(grown(middle)) <= size) low = middle;
    else high = middle;
  }
  return grown(low);
}

function shuffledOrder(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [list[i], list[other]] = [list[other], list[i]];
  }
  return list;
}

// Numbers from 0 to 1 that a seed draws (a linear congruential generator: Numerical Recipes, section 7.1).
function generator(seed) {
  let state = (seed * 2654435761 + 1013904223) >>> 0;
  return () => (state = (Math.imul(1664525, state) + 1013904223) >>> 0) / 2 ** 32;
}
