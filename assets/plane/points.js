// Points of two classes in the plane, as explorer/learning/plane/points.py makes them, and the visitor's own.
import { createSeeded } from "./seeded.js";

export const SIDE = 3; // the plane is −3 to 3
const [POINTS, SPLIT] = [1, 2]; // streams of a seed
const { cos, sin, sqrt, PI } = Math;

const ARRANGEMENTS = {
  circles(random, label) {
    const radius = label ? 1.7 + 0.7 * random.uniform() : 1.1 * sqrt(random.uniform());
    const angle = 2 * PI * random.uniform();
    return [radius * cos(angle), radius * sin(angle)];
  },
  blobs(random, label) {
    const away = label ? 1.2 : -1.2;
    const x = away + 0.4 * random.normal();
    return [x, away + 0.4 * random.normal()];
  },
  clouds(random, label) {
    const x = (label ? 0.8 : -0.8) + 0.8 * random.normal();
    return [x, 0.8 * random.normal()];
  },
  XOR(random, label) {
    const x = 0.2 + 2 * random.uniform();
    const y = 0.2 + 2 * random.uniform();
    const right = random.uniform() < 0.5;
    return [right ? x : -x, right === (label === 0) ? y : -y];
  },
  moons(random, label) {
    const angle = PI * random.uniform();
    const [across, up] = [1.4 * cos(angle), 1.4 * sin(angle)];
    return label ? [across + 0.7, 0.4 - up] : [across - 0.7, up - 0.4];
  },
  spirals(_, label, share) {
    const [radius, angle] = [0.2 + 2.3 * share, 3.5 * PI * share + (label ? PI : 0)];
    return [radius * cos(angle), radius * sin(angle)];
  },
};

const rounded4 = (value) => Math.round(value * 1e4) / 1e4 + 0;

// [[x, y, label], …] of an arrangement.
export function arranged(name, count, noise, seed) {
  const random = createSeeded(seed, POINTS);
  const pairs = Math.floor((count + 1) / 2);
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = ARRANGEMENTS[name](random, i % 2, (Math.floor(i / 2) + 0.5) / pairs);
    const moved = x + noise * random.normal();
    return [rounded4(moved), rounded4(y + noise * random.normal()), i % 2];
  });
}

// All points in use: { x, y, label, held, at: its place among all, before any was taken away }.
export function pointsOf(state, own) {
  const base = state.data === "own" ? own : arranged(state.data, state.count, state.noise, state.dataSeed);
  const random = createSeeded(state.dataSeed, SPLIT);
  const gone = new Set(state.removed);
  return [...base, ...state.added]
    .map(([x, y, label], at) => ({ x, y, label, at, held: random.uniform() < state.share }))
    .filter(({ at }) => !gone.has(at));
}

// A place as the link holds it: two digits of base 36 for each coordinate.
const STEPS = 36 ** 2 - 1;
const digits = (value) => Math.round(((clamp(value, -SIDE, SIDE) + SIDE) / (2 * SIDE)) * STEPS).toString(36).padStart(2, "0");
const place = (text) => rounded4((parseInt(text, 36) / STEPS) * 2 * SIDE - SIDE);
export const encoded = ([x, y, label]) => digits(x) + digits(y) + label;
export const decoded = (text) => [place(text.slice(0, 2)), place(text.slice(2, 4)), Number(text[4])];
