// What can be done to a whole kernel. A kernel is a list of grids: one, or for a filter over colours one for R, G and B.
import { LARGEST_KERNEL, parseNumber } from "./numbers.js";

export function largestOf(grids) {
  return grids.flat(2).reduce((most, w) => Math.max(most, Math.abs(w)), 0);
}

// The sum of all weights; what rounding leaves of a sum of zero is zero.
export function sumOf(grids) {
  const sum = grids.flat(2).reduce((a, b) => a + b, 0);
  return Math.abs(sum) < 1e-9 * largestOf(grids) ? 0 : sum;
}

// Whether half a turn changes nothing.
export function looksTurned(grids) {
  return grids.map((grid) => grid.flat()).every((w) => w.every((v, i) => Math.abs(v - w[w.length - 1 - i]) < 1e-12));
}

// A grid of another size: grown or cut around its anchor, the weight at (k − 1)//2.
export function resized(grid, rows, columns) {
  const top = ((rows - 1) >> 1) - ((grid.length - 1) >> 1);
  const left = ((columns - 1) >> 1) - ((grid[0].length - 1) >> 1);
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => grid[i - top]?.[j - left] ?? 0),
  );
}

const each = (grids, change) => grids.map((grid) => grid.map((row) => row.map(change)));

export const TOOLS = {
  one(grids) {
    const sum = sumOf(grids);
    if (Math.abs(sum) < 1e-9) {
      throw new Error("The weights sum to 0, so no factor makes them sum to 1: change a weight first.");
    }
    return each(grids, (w) => w / sum);
  },
  zero(grids) {
    const mean = sumOf(grids) / grids.flat(2).length;
    return each(grids, (w) => w - mean);
  },
  transpose: (grids) => grids.map((grid) => grid[0].map((_, j) => grid.map((row) => row[j]))),
  rotate: (grids) => grids.map((grid) => grid[0].map((_, j) => grid.map((row) => row[j]).reverse())),
  mirror: (grids) => grids.map((grid) => grid.map((row) => [...row].reverse())),
  tumble: (grids) => grids.map((grid) => [...grid].reverse()),
};

// The sizes two fields ask for; null when a kernel cannot have them.
export function readSizes(fields) {
  const sizes = fields.map((field) => parseNumber(field.value));
  const fits = sizes.map((n) => Number.isInteger(n) && n >= 1 && n <= LARGEST_KERNEL);
  fields.forEach((field, i) => { field.ariaInvalid = fits[i] ? null : "true"; });
  return fits.every(Boolean) ? sizes : null;
}
