// The window walks over the picture: one pixel a step by hand, and at a chosen pace by itself.

const PACES = [1, 2, 5, 10, 20, 40]; // steps a second
const LINES = 40; // a walk visits at most so many rows and columns, or it would never end

// on.step(): take one; on.change({ pace, playing }): show it.
export function createWalk(on) {
  let chosen = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 2;
  let timer = 0;

  const tell = () => on.change({ pace: PACES[chosen], playing: Boolean(timer) });

  function pace(by) {
    chosen = clamp(chosen + by, 0, PACES.length - 1);
    if (timer) play();
    tell();
  }

  function play() {
    clearInterval(timer);
    timer = setInterval(on.step, 1000 / PACES[chosen]);
    tell();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    tell();
  }

  return { play, stop, pace, tell, toggle: () => (timer ? stop() : play()), get playing() { return Boolean(timer); } };
}

// The pixel after { row, column } in reading order; `stride` lets a walk over a large picture come round.
export function following({ row, column }, height, width, direction = 1, stride = { row: 1, column: 1 }) {
  let [r, c] = [row, column + direction * stride.column];
  if (c >= width) [r, c] = [r + stride.row, 0];
  if (c < 0) [r, c] = [r - stride.row, width - 1];
  if (r >= height) r = 0;
  if (r < 0) r = height - 1;
  return { row: r, column: c };
}

export function walkStride(height, width) {
  return { row: Math.ceil(height / LINES), column: Math.ceil(width / LINES) };
}
