// Kernels with sliders, as explorer/filtering/kernels.py has them and says where they come from.
import NORMALS from "./normals"; // in base64, a run for each seed: see bundle() in pages/parts/convolver.py

const LONGEST = 225; // of a run: 15 × 15

// weight(y, x), counted from the centre.
function gridOf(size, weight) {
  const half = (size - 1) / 2;
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => weight(i - half, j - half)));
}

export const total = (grid) => grid.flat().reduce((a, b) => a + b, 0);
export const mapped = (grid, change) => grid.map((row, i) => row.map((weight, j) => change(weight, i, j)));
const withoutMean = (grid, mean = total(grid) / grid.flat().length) => mapped(grid, (w) => w - mean);
const reaching = (distance) => 2 * Math.ceil(distance) + 1;

function sizesToTwo(grid) {
  const sizes = total(mapped(grid, Math.abs));
  return mapped(grid, (w) => (2 * w) / sizes);
}

function gaussian({ sigma }) {
  const bell = gridOf(reaching(2 * sigma), (y, x) => Math.exp(-(x * x + y * y) / sigma ** 2));
  const sum = total(bell);
  return mapped(bell, (w) => w / sum);
}

function unsharp({ sigma, amount }) {
  const blur = gaussian({ sigma });
  const middle = (blur.length - 1) / 2;
  return mapped(blur, (w, i, j) => (i === middle && j === middle ? 1 + amount : 0) - amount * w);
}

function laplacianOfGaussian({ sigma }) {
  return withoutMean(gridOf(reaching(2.2 * sigma), (y, x) => {
    const r2 = (x * x + y * y) / sigma ** 2;
    return ((4 / sigma ** 2) * (r2 - 1) * Math.exp(-r2)) / (Math.PI * sigma ** 2);
  }));
}

// weight(distance across the line, the round bell there)
function turned({ angle_deg, sigma }, weight) {
  const angle = (angle_deg * Math.PI) / 180;
  return gridOf(reaching(2 * sigma), (y, x) =>
    weight(x * Math.sin(angle) + y * Math.cos(angle), Math.exp(-(x * x + y * y) / sigma ** 2)));
}

const edge = (given) => sizesToTwo(turned(given, (across, bell) => -across * bell));
const line = (given) => sizesToTwo(withoutMean(turned(given, (across, bell) => (1 - (2 * across ** 2) / given.sigma ** 2) * bell)));

function gabor(given) {
  const bells = turned(given, (_, bell) => bell);
  const waves = turned(given, (across, bell) => Math.cos((2 * Math.PI * across) / given.wavelength) * bell);
  const share = total(waves) / total(bells);
  return sizesToTwo(mapped(waves, (w, i, j) => w - share * bells[i][j]));
}

function random({ size, seed }) {
  const numbers = new Float32Array(Uint8Array.from(atob(NORMALS), (letter) => letter.charCodeAt(0)).buffer);
  return mapped(gridOf(size, () => 0), (_, i, j) => numbers[seed * LONGEST + i * size + j] / size);
}

const FORMULAS = {
  uniform: ({ size }) => gridOf(size, () => 1 / size ** 2),
  Gaussian: gaussian,
  sharpen: ({ amount: a }) => [[0, -a, 0], [-a, 1 + 4 * a, -a], [0, -a, 0]],
  "unsharp mask": unsharp,
  "Laplacian of Gaussian": laplacianOfGaussian,
  "edge at an angle": edge,
  "line at an angle": line,
  Gabor: gabor,
  random,
};

// To six digits: as many as a link holds.
export function kernelByFormula(name, parameters) {
  return mapped(FORMULAS[name](parameters), (w) => Number(w.toPrecision(6)));
}
