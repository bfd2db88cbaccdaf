// The same sums as explorer/filtering/convolution.py, in 32-bit floats.
import { padPicture } from "./geometry.js";
import { createSums } from "./sums.js";

const RANGE = 0; // where the memory holds the least and the largest value; offsets, weights, planes and results follow

export function createProcessor() {
  const sums = createSums();
  let padded = { from: null, key: null };

  // The picture with the rim that the job asks for; the last one is kept.
  function pad(picture, { rows, columns, padding, dilation }) {
    const key = [rows, columns, padding, dilation].join();
    if (padded.from !== picture || padded.key !== key) {
      padded = { from: picture, key, ...padPicture(picture, rows, columns, padding, dilation), placed: false };
    }
    return padded;
  }

  // The frame's { planes, low, high }; the planes are good until the next is computed.
  function compute(picture, job) {
    const { planes, width } = pad(picture, job);
    const [taps, area] = [job.rows * job.columns, job.height * job.width];
    const count = job.summed ? 1 : planes.length;
    const [offsets, weights, pixels] = [2, 2 + taps, 2 + 2 * taps];
    const results = pixels + planes.length * planes[0].length;
    const memory = sums.floats(results + count * area);
    // One picture, padded alike, always stands at the same place.
    if (!padded.placed) planes.forEach((plane, c) => memory.set(plane, pixels + c * plane.length));
    padded.placed = true;
    memory.fill(0, results, results + count * area);
    planes.forEach((plane, c) => {
      const used = writeTaps(memory, nonzeroTaps(job, c, width), offsets, weights);
      const [from, to] = [pixels + c * plane.length, results + (c % count) * area];
      for (let y = 0; y < job.height; y++) {
        const [row, under] = [to + y * job.width, from + y * job.stride * width];
        sums.addProducts(4 * row, 4 * under, job.width, job.stride, 4 * offsets, 4 * weights, used);
      }
    });
    memory.set([Infinity, -Infinity], RANGE);
    sums.finish(4 * results, count * area, job.scale, job.bias, 4 * RANGE);
    return {
      planes: Array.from({ length: count }, (_, c) => memory.subarray(results + c * area, results + (c + 1) * area)),
      low: memory[RANGE],
      high: memory[RANGE + 1],
    };
  }

  return { compute };
}

// [offset, weight] of every weight that is not zero, in a picture so wide.
function nonzeroTaps({ filters, columns, dilation }, channel, width) {
  const taps = [];
  filters[channel].forEach((weight, i) => {
    if (weight) taps.push([dilation * (Math.floor(i / columns) * width + (i % columns)), weight]);
  });
  return taps;
}

// How many there are.
function writeTaps(memory, taps, offsets, weights) {
  new Int32Array(memory.buffer).set(taps.map(([offset]) => offset), offsets);
  memory.set(taps.map(([, weight]) => weight), weights);
  return taps.length;
}
