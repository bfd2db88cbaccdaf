// Values to shades: what white and black stand for, and the pixels.

export function greyPicture(picture) {
  if (picture.planes.length === 1) return picture;
  const [r, g, b] = picture.planes;
  const grey = new Float32Array(r.length);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.299 * r[i] + 0.587 * g[i] + 0.114 * b[i];
  return { ...picture, planes: [grey] };
}

// What black and white (or the ends of the colours) stand for. `contrast` "p99": 1 % of the values may lie beyond.
export function shownRange(display, low, high, contrast, planes) {
  if (display === "clipped") return [0, 1];
  const most = Math.max(Math.abs(low), Math.abs(high));
  const largest = (contrast === "p99" && sizeOfMost(planes, 0.99, most)) || most;
  return display === "absolute" ? [0, largest] : [-largest, largest];
}

// The smallest size that a share of the values does not exceed: found in its bin of a histogram, then exactly.
const BINS = 4096;

function sizeOfMost(planes, share, most) {
  if (!most) return 0;
  const counts = new Uint32Array(BINS);
  const binOf = (value) => Math.min(BINS - 1, Math.floor((Math.abs(value) / most) * BINS));
  let total = 0;
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) counts[binOf(plane[i])]++;
    total += plane.length;
  }
  let [bin, before] = [0, 0];
  const wanted = Math.ceil(share * total - 1e-9);
  while (before + counts[bin] < wanted) before += counts[bin++];
  const inside = planes.flatMap((plane) => [...plane.filter((value) => binOf(value) === bin)].map(Math.abs));
  return Float64Array.from(inside).sort()[wanted - before - 1];
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
