// Where the window stands: sizes, paddings, and the pixels beneath it.

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
