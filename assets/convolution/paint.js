// Values to shades: what white and black stand for, and the pixels.

export function greyPicture(picture) {
  if (picture.planes.length === 1) return picture;
  const [r, g, b] = picture.planes;
  const grey = new Float32Array(r.length);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.299 * r[i] + 0.587 * g[i] + 0.114 * b[i];
  return { ...picture, planes: [grey] };
}

// What black and white (or the ends of the colours) stand for.
export function shownRange(display, low, high) {
  if (display === "clipped") return [0, 1];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return display === "absolute" ? [0, largest] : [-largest, largest];
}

// Values to RGBA; the clamped array rounds and clips. `colours`: 256 RGB triples for "diverging".
export function paint(planes, display, [least, most], colours, pixels) {
  const span = most - least;
  const gain = span ? 255 / span : 0;
  const offset = span ? -least * gain : display === "absolute" ? 0 : 127.5;
  const last = planes.length - 1;
  const [r, g, b] = [planes[0], planes[Math.min(1, last)], planes[Math.min(2, last)]];
  const level = display === "absolute" ? (v) => Math.abs(v) * gain + offset : (v) => v * gain + offset;
  if (display === "diverging" && !last) return paintColours(r, level, colours, pixels);
  for (let i = 0, p = 0; i < r.length; i++, p += 4) {
    pixels[p] = level(r[i]);
    pixels[p + 1] = last ? level(g[i]) : pixels[p];
    pixels[p + 2] = last ? level(b[i]) : pixels[p];
    pixels[p + 3] = 255;
  }
}

export function paintColours(plane, level, colours, pixels) {
  const index = Uint8ClampedArray.from(plane, level);
  for (let i = 0, p = 0; i < index.length; i++, p += 4) {
    const c = 3 * index[i];
    pixels[p] = colours[c];
    pixels[p + 1] = colours[c + 1];
    pixels[p + 2] = colours[c + 2];
    pixels[p + 3] = 255;
  }
}
