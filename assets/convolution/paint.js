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
  const absolute = display === "absolute";
  const gain = span ? 255 / span : 0;
  const offset = span ? -least * gain : absolute ? 0 : 127.5;
  pixels.fill(255); // opaque
  if (display === "diverging" && planes.length === 1) {
    const levels = new Uint8ClampedArray(planes[0].length);
    shade(planes[0], absolute, gain, offset, levels, 0, 1);
    return paintColours(levels, colours, pixels);
  }
  for (const c of [0, 1, 2]) shade(planes[Math.min(c, planes.length - 1)], absolute, gain, offset, pixels, c, 4);
}

// Every `step`-th level from `first` on.
function shade(plane, absolute, gain, offset, levels, first, step) {
  for (let i = 0, p = first; i < plane.length; i++, p += step) {
    levels[p] = (absolute ? Math.abs(plane[i]) : plane[i]) * gain + offset;
  }
}

function paintColours(levels, colours, pixels) {
  for (let i = 0, p = 0; i < levels.length; i++, p += 4) {
    const c = 3 * levels[i];
    pixels[p] = colours[c];
    pixels[p + 1] = colours[c + 1];
    pixels[p + 2] = colours[c + 2];
  }
}
