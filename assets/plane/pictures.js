// Every unit as its picture over the plane: its value at each place, all units of a layer at once.
import { FUNCTIONS } from "./net.js";
import { SIDE } from "./points.js";

export const GRID = 48; // places a side

// The middle of a cell of the grid; rows run downwards, y upwards.
export const acrossAt = (column) => ((column + 0.5) / GRID) * 2 * SIDE - SIDE;
export const upAt = (row) => SIDE - ((row + 0.5) / GRID) * 2 * SIDE;

const NONE = new Float64Array(GRID * GRID);

// Four sources at once, so that each sum is read and written a quarter as often; where there are fewer, the rest is none.
function addFour(sums, [p = 0, q = 0, r = 0, s = 0], [one, two = NONE, three = NONE, four = NONE]) {
  for (let k = 0; k < sums.length; k++) sums[k] += p * one[k] + q * two[k] + r * three[k] + s * four[k];
}

export function createPictures() {
  const cells = GRID * GRID;
  const [x, y] = [new Float64Array(cells), new Float64Array(cells)];
  for (let k = 0; k < cells; k++) [x[k], y[k]] = [acrossAt(k % GRID), upAt(Math.floor(k / GRID))];
  let layers = []; // of each layer a Float64Array a unit; the last one is the probability

  function compute(flat, parts, activation) {
    let from = [x, y];
    layers = parts.map(({ rows, columns, W, b }, i) => {
      const s = FUNCTIONS[i === parts.length - 1 ? "sigmoid" : activation][0];
      const made = Array.from({ length: rows }, (_, r) => layers[i]?.[r] ?? new Float64Array(cells));
      made.forEach((sums, r) => {
        const weights = flat.subarray(W + r * columns, W + (r + 1) * columns);
        sums.fill(flat[b + r]);
        for (let c = 0; c < columns; c += 4) addFour(sums, weights.subarray(c, c + 4), from.slice(c, c + 4));
        for (let k = 0; k < cells; k++) sums[k] = s(sums[k]);
      });
      from = made;
      return made;
    });
  }

  return { compute, inputs: [x, y], of: (layer, r) => layers[layer]?.[r], get last() { return layers.at(-1)?.[0]; } };
}

// Values as colours: what is halfway (0; of a sigmoid ½) is mid-grey; ReLU's largest value is the brightest.
export function createPainter(hex) {
  const colours = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const [r, g, b] = [0, 2, 4].map((k) => parseInt(hex.slice(6 * i + k, 6 * i + k + 2), 16));
    colours[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  const image = new ImageData(GRID, GRID);
  const pixels = new Uint32Array(image.data.buffer);

  return function paint(canvas, values, kind) {
    let scale = 1;
    if (kind === "relu") { scale = 0; for (const value of values) if (value > scale) scale = value; }
    if (kind === "input") scale = SIDE;
    const [zero, slope] = kind === "sigmoid" ? [0.5, 255] : [0, 127.5 / (scale || 1)];
    for (let k = 0; k < values.length; k++) {
      const share = 128 + slope * (values[k] - zero);
      pixels[k] = colours[share < 0 ? 0 : share > 255 ? 255 : share | 0];
    }
    if (canvas.width !== GRID) [canvas.width, canvas.height] = [GRID, GRID];
    canvas.getContext("2d").putImageData(image, 0, 0);
  };
}

// Where values cross a level, as pieces of lines [[x1, y1, x2, y2], …] in cells: marching squares (Lorensen and Cline 1987, in two dimensions).
export function border(values, level = 0.5) {
  const pieces = [];
  const cross = (a, b) => (level - a) / (b - a);
  for (let row = 0; row < GRID - 1; row++) for (let column = 0; column < GRID - 1; column++) {
    const k = row * GRID + column;
    const [a, b, c, d] = [values[k], values[k + 1], values[k + GRID + 1], values[k + GRID]];
    const ends = [];
    if (a > level !== b > level) ends.push([column + cross(a, b), row]);
    if (b > level !== c > level) ends.push([column + 1, row + cross(b, c)]);
    if (d > level !== c > level) ends.push([column + cross(d, c), row + 1]);
    if (a > level !== d > level) ends.push([column, row + cross(a, d)]);
    for (let n = 0; n + 1 < ends.length; n += 2) pieces.push([...ends[n], ...ends[n + 1]]);
  }
  return pieces;
}

// The line w·x + b = 0 across the plane, in shares of its sides [x1, y1, x2, y2]; null where there is none in sight.
export function line(w1, w2, b) {
  const ends = [];
  const share = (px, py) => [(px + SIDE) / (2 * SIDE), (SIDE - py) / (2 * SIDE)];
  for (const px of [-SIDE, SIDE]) { const py = -(w1 * px + b) / w2; if (Math.abs(py) <= SIDE) ends.push(share(px, py)); }
  for (const py of [-SIDE, SIDE]) { const px = -(w2 * py + b) / w1; if (Math.abs(px) < SIDE) ends.push(share(px, py)); }
  return ends.length >= 2 ? [...ends[0], ...ends[1]] : null;
}
