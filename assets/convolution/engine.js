// When to compute, and how finely: a coarse preview while the hand moves, sharp when it rests.
import { filtersOf, isSummed, outerProducts, outputSize } from "./convolve.js";
import { createCrew } from "./crew.js";

const PREVIEW_MS = 16; // a frame predicted to take longer is first shown coarse
const REST_MS = 80; // the hand has rested: make it sharp
const COARSEST = 4;

// The job of a frame: everything needed besides the picture. `step`: every step-th pixel of the result only.
export function makeJob(picture, settings, step = 1) {
  const { kernel, padding, dilation, scale, bias } = settings;
  const [rows, columns, stride] = [kernel.length, kernel[0].length, settings.stride * step];
  return {
    filters: filtersOf(picture, settings), summed: isSummed(picture, settings),
    rows, columns, padding, dilation, scale, bias, stride,
    height: outputSize(picture.height, rows, padding, stride, dilation),
    width: outputSize(picture.width, columns, padding, stride, dilation),
  };
}

// In products, about.
function work({ filters, summed, rows, columns, height, width }) {
  const taps = filters.map((weights) => {
    const terms = outerProducts(weights, rows, columns);
    return terms ? terms.length * (rows + columns) : weights.filter(Boolean).length;
  });
  const planes = summed ? 1 : filters.length;
  return height * width * (taps.reduce((a, b) => a + b, 0) + 4 * planes); // 4: allocating, painting
}

// on.frame({ planes, low, high, job, settings, picture, step, path, milliseconds }) is called for every finished frame.
export function createEngine(on) {
  const crew = createCrew();
  let picture = null;
  let current = null; // the frame being computed
  let next = null; // the newest request, waiting for it
  let pace = 4e-7; // milliseconds per product, learned from each frame
  let resting = 0;

  function begin({ settings, asked }, step) {
    let job = makeJob(picture, settings, step);
    while (step > 1 && step < COARSEST && pace * work(job) > PREVIEW_MS) {
      step *= 2;
      job = makeJob(picture, settings, step);
    }
    current = { job, settings, step, asked, picture, path: "workers", started: performance.now() };
    crew.begin(job, pace * work(job) > PREVIEW_MS ? 4 : 1, finish);
  }

  function finish(values) {
    const frame = current;
    current = null;
    const now = performance.now();
    const seen = (now - frame.started) / work(frame.job);
    pace = 0.5 * pace + 0.5 * seen;
    on.frame({ ...frame, ...values, milliseconds: now - frame.asked });
    if (next) return start();
    if (frame.step > 1) resting = setTimeout(() => begin({ ...frame, asked: performance.now() }, 1), REST_MS);
  }

  function start() {
    const request = next;
    next = null;
    const full = pace * work(makeJob(picture, request.settings));
    begin(request, full > PREVIEW_MS ? 2 : 1);
  }

  return {
    force() {},
    setPicture(given) {
      picture = given;
      current = next = null;
      clearTimeout(resting);
      crew.setPicture(picture);
    },
    request(settings) {
      clearTimeout(resting);
      next = { settings, asked: performance.now() };
      const refining = current?.step === 1 && crew.waiting;
      if (!current || refining) start(); // a half-done sharp frame gives way, a preview is finished first
    },
    stop() {
      clearTimeout(resting);
      current = next = null;
      crew.stop();
    },
  };
}
