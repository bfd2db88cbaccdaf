// When to compute, and how finely: a coarse preview while the hand moves, sharp when it rests.
import { createChooser } from "./chooser.js";
import { filtersOf, isSummed } from "./convolve.js";
import { createCrew } from "./crew.js";
import { outputSize } from "./geometry.js";
import { outerProducts } from "./sums.js";

const PREVIEW_MS = 16; // a frame predicted to take longer is first shown coarse
const REST_MS = 16; // no newer change for a frame: make it sharp; should one come, it gives way
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

// on.frame({ planes, low, high, job, settings, picture, step, path, milliseconds }) is called for every finished frame;
// on.say(sentence): what has changed about who computes.
export function createEngine(on) {
  const crew = createCrew();
  const chooser = createChooser((sentence) => on.say(sentence));
  let picture = null;
  let given = null; // the picture the crew has
  let current = null; // the frame being computed
  let next = null; // the newest request, waiting for it
  let pace = 4e-7; // the workers' milliseconds per product, learned from each frame
  let warm = false; // the first frame also starts the workers, and says nothing about the next
  let resting = 0;

  const byWorkers = (job) => pace * work(job);

  function begin({ settings, asked }, step) {
    const whole = makeJob(picture, settings);
    const path = chooser.path(whole, byWorkers(whole));
    const predicted = (job) => (path === "graphics" ? chooser.predicted(job) : byWorkers(job));
    let job = step > 1 ? makeJob(picture, settings, step) : whole;
    while ((step > 1 || asked.coarse) && step < COARSEST && predicted(job) > PREVIEW_MS) {
      step *= 2;
      job = makeJob(picture, settings, step);
    }
    current = { job, settings, step, asked, picture, path, started: performance.now() };
    if (path === "graphics") return draw(job);
    if (given !== picture) crew.setPicture((given = picture));
    crew.begin(job, predicted(job) > PREVIEW_MS ? 4 : 1, finish);
  }

  function draw(job) {
    const values = chooser.compute(picture, job);
    if (values) return finish(values);
    const { settings, asked } = current; // the context was lost meanwhile: the workers do it
    begin({ settings, asked }, 1);
  }

  function finish(values) {
    const frame = current;
    if (!frame) return; // another picture came, or all was stopped
    current = null;
    const now = performance.now();
    const spent = now - frame.started;
    if (frame.path === "workers" && warm) pace = 0.5 * pace + (0.5 * spent) / work(frame.job);
    warm ||= frame.path === "workers";
    on.frame({ ...frame, ...values, milliseconds: now - frame.asked.at });
    if (current) return; // painting this frame has asked for another
    if (next) start();
    else if (frame.step > 1) resting = setTimeout(() => current ?? begin({ ...frame, asked: { at: performance.now() } }, 1), REST_MS);
    else resting = chooser.consider(picture, frame.job, byWorkers(frame.job));
  }

  function start() {
    const request = next;
    next = null;
    begin(request, 1);
  }

  return {
    force: chooser.force,
    setPicture(other) {
      picture = other;
      current = next = null;
      crew.drop();
      clearTimeout(resting);
    },
    request(settings) {
      clearTimeout(resting);
      next = { settings, asked: { at: performance.now(), coarse: true } };
      const refining = current?.step === 1 && crew.waiting;
      if (!current || refining) start(); // a half-done sharp frame gives way, a preview is finished first
    },
    stop() {
      clearTimeout(resting);
      current = next = null;
      crew.stop();
      chooser.stop();
    },
  };
}
