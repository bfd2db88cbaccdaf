// Sums of products over rows of pixels: the loops in which the processor spends its time.
// Functions here are also sent to workers as text: see convolve.js.

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
