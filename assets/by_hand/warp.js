// A picture slid, turned, scaled and brightened about its middle, as explorer/responses/invariance.py does it: bilinear,
// mirrored at the rim, rounded to 8 bits.

// picture: planes of [0, 1], side × side; right, down in pixels; turn in degrees counter-clockwise; factors.
export function warped(picture, side, { right, down, turn, scale, light }) {
  const out = new Float32Array(picture.length);
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180) / scale, Math.sin((turn * Math.PI) / 180) / scale];
  const half = (side - 1) / 2;
  const count = side * side;
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const [x, y] = [column - half - right, row - half - down];
      const [left, top] = [mirrored(cos * x - sin * y + half, side), mirrored(sin * x + cos * y + half, side)];
      const [c, r] = [Math.min(Math.floor(left), side - 2), Math.min(Math.floor(top), side - 2)];
      const [u, v] = [left - c, top - r];
      for (let plane = 0, at = r * side + c; plane < 3; plane++, at += count) {
        const upper = picture[at] * (1 - u) + picture[at + 1] * u;
        const lower = picture[at + side] * (1 - u) + picture[at + side + 1] * u;
        const value = light * (upper * (1 - v) + lower * v);
        out[plane * count + i] = Math.round(255 * Math.min(1, value)) / 255;
      }
    }
  }
  return out;
}

// Where a place beyond the rim is found, and never beyond the middles of the outermost pixels.
function mirrored(place, side) {
  const from = Math.abs(place + 0.5);
  const times = Math.floor(from / side);
  const rest = from - times * side;
  const inside = (times % 2 ? side - rest : rest) - 0.5;
  return Math.max(0, Math.min(side - 1, inside));
}

// ‖a − b‖ / √(‖a‖² + ‖b‖²).
export function distance(a, b) {
  let [apart, whole] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    apart += (a[i] - b[i]) ** 2;
    whole += a[i] ** 2 + b[i] ** 2;
  }
  return whole ? Math.sqrt(apart / whole) : 0;
}
