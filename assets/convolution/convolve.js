// The mathematics, without a page: the same sums as explorer/filtering/convolution.py, on planes of 32-bit floats.
// A picture is { height, width, planes: [Float32Array, …] }, one plane a channel, row after row.
// The functions are also sent to workers as text, so each uses nothing but its arguments and the others named
// in WORKER_FUNCTIONS.
import { padBefore, padPicture, sourceIndex } from "./geometry.js";
import { accumulate, accumulateRun, addNine, nonzeroTaps, outerProducts } from "./sums.js";

export function flatKernel(kernel, flip) {
  const flat = Float64Array.from(kernel.flat());
  return flip ? flat.reverse() : flat;
}

// The weights for each channel: the same ones, or those of a filter's own grid, whose results are then summed.
export function filtersOf(picture, { kernel, rest, flip }) {
  const grids = rest && picture.planes.length === 3 ? [kernel, ...rest] : picture.planes.map(() => kernel);
  return grids.map((grid) => flatKernel(grid, flip));
}

export function isSummed(picture, { rest }) {
  return Boolean(rest) && picture.planes.length === 3;
}

// Rows `first` to `last` of the result, computed from an already padded picture.
export function convolveBand(padded, job, first, last) {
  const count = job.summed ? 1 : padded.planes.length;
  const planes = Array.from({ length: count }, () => new Float32Array((last - first) * job.width));
  padded.planes.forEach((plane, c) => addProducts(planes[c % count], plane, padded.width, job, job.filters[c], first, last));
  if (job.scale !== 1 || job.bias !== 0) {
    for (const sums of planes) for (let i = 0; i < sums.length; i++) sums[i] = job.scale * sums[i] + job.bias;
  }
  return { planes, ...extremes(planes) };
}

export function addProducts(sums, plane, planeWidth, job, weights, first, last) {
  const { rows, columns, stride, dilation, width } = job;
  if (rows === 3 && columns === 3 && stride === 1 && dilation === 1) return addNine(sums, plane, planeWidth, width, weights, first, last);
  const terms = outerProducts(weights, rows, columns);
  if (terms) return separableBand(sums, plane, planeWidth, job, terms, first, last);
  const taps = nonzeroTaps(weights, columns, dilation * planeWidth, dilation);
  for (let y = first; y < last; y++) {
    accumulate(sums, (y - first) * width, width, plane, y * stride * planeWidth, stride, taps);
  }
}

export function separableBand(sums, plane, planeWidth, job, terms, first, last) {
  const { columns, rows, stride, dilation, width } = job;
  const top = first * stride;
  const high = (last - 1) * stride + dilation * (rows - 1) + 1 - top;
  for (const { column, row } of terms) {
    const across = nonzeroTaps(row, columns, 0, dilation);
    const down = nonzeroTaps(column, 1, dilation * width, 0);
    const between = new Float32Array(high * width);
    for (let y = 0; y < high; y++) {
      accumulate(between, y * width, width, plane, (top + y) * planeWidth, stride, across);
    }
    for (let y = first; y < last; y++) {
      accumulate(sums, (y - first) * width, width, between, (y - first) * stride * width, 1, down);
    }
  }
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

// A worker keeps the picture and its last padding; it is asked for one band of rows at a time.
export function createCalculator() {
  let picture = null;
  let padded = { key: null, picture: null };
  return (message) => {
    if (message.picture) {
      picture = message.picture;
      padded = { key: null, picture: null };
      return null;
    }
    const { job, first, last } = message;
    const key = [job.rows, job.columns, job.padding, job.dilation].join();
    if (padded.key !== key) {
      padded = { key, picture: padPicture(picture, job.rows, job.columns, job.padding, job.dilation) };
    }
    return { ...convolveBand(padded.picture, job, first, last), first, last, frame: message.frame };
  };
}

export const WORKER_FUNCTIONS = [
  padBefore, sourceIndex, padPicture, outerProducts, nonzeroTaps, accumulate, accumulateRun, convolveBand, addProducts, addNine, separableBand,
  extremes, createCalculator,
];
