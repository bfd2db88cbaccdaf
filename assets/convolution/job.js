// What is to be computed. A picture is { height, width, planes: [Float32Array, …] }, one plane a
// channel, row after row.
import { outputSize } from "./geometry.js";

// Everything a frame needs besides the picture. `step`: every step-th pixel of the result only.
export function makeJob(picture, settings, step = 1) {
  const { kernel, padding, dilation, scale, bias } = settings;
  const [rows, columns, stride] = [kernel.length, kernel[0].length, settings.stride * step];
  return {
    filters: filtersOf(picture, settings), summed: isSummed(picture, settings),
    rows, columns, padding, dilation, scale, bias, stride,
    height: outputSize(picture.height, rows, padding, stride, dilation),
    width: outputSize(picture.width, columns, padding, stride, dilation),
  };
}

// The weights for each channel: the same ones, or those of a filter's own grid, whose results are then summed.
export function filtersOf(picture, { kernel, rest, flip }) {
  const grids = rest && picture.planes.length === 3 ? [kernel, ...rest] : picture.planes.map(() => kernel);
  return grids.map((grid) => flatKernel(grid, flip));
}

function flatKernel(kernel, flip) {
  const flat = Float64Array.from(kernel.flat());
  return flip ? flat.reverse() : flat;
}

export function isSummed(picture, { rest }) {
  return Boolean(rest) && picture.planes.length === 3;
}

export function extremes(planes) {
  let [low, high] = [Infinity, -Infinity];
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) {
      const value = plane[i];
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}

// What 32-bit floats leave, at most, of sums that are zero, for pixels from `least` to `most`.
export function roundingOf({ filters, scale }, [least, most]) {
  const sizes = filters.flatMap((weights) => [...weights].map(Math.abs));
  return 1e-6 * Math.abs(scale) * sizes.reduce((a, b) => a + b, 0) * Math.max(-least, most);
}
