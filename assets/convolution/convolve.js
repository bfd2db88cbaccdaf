// The mathematics, without a page: the same sums as explorer/convolution.py, on planes of 32-bit floats.
// A picture is { height, width, planes: [Float32Array, …] }, one plane a channel, row after row.
// The functions are also sent to workers as text, so each uses nothing but its arguments and the others here.

export function outputSize(n, k, padding, stride, dilation) {
  const reach = dilation * (k - 1);
  return Math.floor((n + (padding === "valid" ? 0 : reach) - reach - 1) / stride) + 1;
}

// Pixels added before the first: 0 for valid, else (k' − 1)//2 with k' = d(k − 1) + 1.
export function padBefore(k, padding, dilation) {
  return padding === "valid" ? 0 : (dilation * (k - 1)) >> 1;
}

// Where a padded pixel comes from on an axis of n pixels; −1 stands for zero.
export function sourceIndex(i, n, padding) {
  if (i >= 0 && i < n) return i;
  if (padding === "zero") return -1;
  if (padding === "replicate" || n === 1) return i < 0 ? 0 : n - 1;
  const period = 2 * (n - 1); // reflect: the edge itself is not repeated
  const j = ((i % period) + period) % period;
  return j < n ? j : period - j;
}

export function padPicture(picture, rows, columns, padding, dilation) {
  if (padding === "valid") return picture;
  const height = picture.height + dilation * (rows - 1);
  const width = picture.width + dilation * (columns - 1);
  const top = padBefore(rows, padding, dilation);
  const left = padBefore(columns, padding, dilation);
  const planes = picture.planes.map((plane) => {
    const padded = new Float32Array(height * width);
    for (let y = 0; y < height; y++) {
      const from = sourceIndex(y - top, picture.height, padding);
      if (from < 0) continue;
      const start = from * picture.width;
      padded.set(plane.subarray(start, start + picture.width), y * width + left);
      for (let x = 0; x < width; x++) {
        if (x === left) x += picture.width;
        if (x >= width) break;
        const at = sourceIndex(x - left, picture.width, padding);
        padded[y * width + x] = at < 0 ? 0 : plane[start + at];
      }
    }
    return padded;
  });
  return { height, width, planes };
}

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

// The kernel as a short sum of column · row products, by Gaussian elimination with full pivoting, so that k1 · k2 products
// become r(k1 + k2): a Gaussian has r = 1, a Laplacian of Gaussian or a Gabor r = 2. null when the plain sum is cheaper.
export function outerProducts(weights, rows, columns) {
  const rest = Float64Array.from(weights);
  const largest = rest.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const plain = rest.reduce((count, w) => count + (w !== 0), 0);
  const terms = [];
  for (;;) {
    let pivot = 0;
    for (let i = 1; i < rest.length; i++) if (Math.abs(rest[i]) > Math.abs(rest[pivot])) pivot = i;
    if (Math.abs(rest[pivot]) <= 1e-9 * largest) return terms;
    if ((terms.length + 1) * (rows + columns) >= plain) return null;
    const [r, c] = [Math.floor(pivot / columns), pivot % columns];
    const row = rest.slice(r * columns, (r + 1) * columns);
    const column = Float64Array.from({ length: rows }, (_, i) => rest[i * columns + c] / rest[pivot]);
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) rest[i * columns + j] -= column[i] * row[j];
    terms.push({ column, row });
  }
}

// taps: [offset, weight] of every weight that is not zero.
export function nonzeroTaps(weights, columns, rowStep, columnStep) {
  const taps = [];
  weights.forEach((weight, i) => {
    if (weight) taps.push([Math.floor(i / columns) * rowStep + (i % columns) * columnStep, weight]);
  });
  return taps;
}

// sums[at + x] += Σ weight · values[base + offset + x · step] for n values of x: four products a pass, to load and store less.
export function accumulate(sums, at, n, values, base, step, taps) {
  let t = 0;
  for (; t + 4 <= taps.length; t += 4) {
    const [w0, w1, w2, w3] = [taps[t][1], taps[t + 1][1], taps[t + 2][1], taps[t + 3][1]];
    if (step === 1 && taps[t + 3][0] === taps[t][0] + 3) {
      accumulateRun(sums, at, n, values, base + taps[t][0], w0, w1, w2, w3);
      continue;
    }
    let [a, b, c, d] = [base + taps[t][0], base + taps[t + 1][0], base + taps[t + 2][0], base + taps[t + 3][0]];
    for (let x = at, end = at + n; x < end; x++) {
      sums[x] += w0 * values[a] + w1 * values[b] + w2 * values[c] + w3 * values[d];
      a += step;
      b += step;
      c += step;
      d += step;
    }
  }
  for (; t < taps.length; t++) {
    const weight = taps[t][1];
    for (let x = at, end = at + n, a = base + taps[t][0]; x < end; x++, a += step) sums[x] += weight * values[a];
  }
}

// The same for four neighbouring taps: four sums share seven loads (a third faster than the loop above).
export function accumulateRun(sums, at, n, values, a, w0, w1, w2, w3) {
  const end = at + n;
  let x = at;
  let v0 = values[a];
  let v1 = values[a + 1];
  let v2 = values[a + 2];
  for (; x + 4 <= end; x += 4, a += 4) {
    const v3 = values[a + 3];
    const v4 = values[a + 4];
    const v5 = values[a + 5];
    const v6 = values[a + 6];
    sums[x] += w0 * v0 + w1 * v1 + w2 * v2 + w3 * v3;
    sums[x + 1] += w0 * v1 + w1 * v2 + w2 * v3 + w3 * v4;
    sums[x + 2] += w0 * v2 + w1 * v3 + w2 * v4 + w3 * v5;
    sums[x + 3] += w0 * v3 + w1 * v4 + w2 * v5 + w3 * v6;
    v0 = v4;
    v1 = v5;
    v2 = v6;
  }
  for (; x < end; x++, a++) sums[x] += w0 * values[a] + w1 * values[a + 1] + w2 * values[a + 2] + w3 * values[a + 3];
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

// The usual 3×3 in one pass: nine values stay at hand, three are loaded for each sum.
export function addNine(sums, plane, planeWidth, width, [a, b, c, d, e, f, g, h, i], first, last) {
  let at = 0;
  for (let y = first; y < last; y++) {
    let p = y * planeWidth;
    let q = p + planeWidth;
    let r = q + planeWidth;
    let [p0, p1, q0, q1, r0, r1] = [plane[p], plane[p + 1], plane[q], plane[q + 1], plane[r], plane[r + 1]];
    for (let x = 0; x < width; x++) {
      const p2 = plane[p + 2];
      const q2 = plane[q + 2];
      const r2 = plane[r + 2];
      sums[at++] += a * p0 + b * p1 + c * p2 + d * q0 + e * q1 + f * q2 + g * r0 + h * r1 + i * r2;
      p0 = p1;
      p1 = p2;
      q0 = q1;
      q1 = q2;
      r0 = r1;
      r1 = r2;
      p++;
      q++;
      r++;
    }
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

// The k1 · k2 values under the window at (row, column) of the result, in one channel.
export function patchAt(picture, settings, row, column, channel) {
  const { kernel, padding, stride, dilation } = settings;
  const top = row * stride - padBefore(kernel.length, padding, dilation);
  const left = column * stride - padBefore(kernel[0].length, padding, dilation);
  const plane = picture.planes[channel];
  return kernel.flatMap((weights, i) =>
    weights.map((_, j) => {
      const y = sourceIndex(top + i * dilation, picture.height, padding);
      const x = sourceIndex(left + j * dilation, picture.width, padding);
      return y < 0 || x < 0 ? 0 : plane[y * picture.width + x];
    }),
  );
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
