// Pictures as numbers.

// RGBA bytes, or RGB with a step of 3, to planes of [0, 1].
function planesOfBytes(bytes, step) {
  const count = bytes.length / step;
  const planes = new Float32Array(3 * count);
  for (let c = 0; c < 3; c++) for (let i = 0, p = c; i < count; i++, p += step) planes[c * count + i] = bytes[p] / 255;
  return planes;
}
