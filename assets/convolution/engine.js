// When to compute, by whom, and how finely: what takes too long is first shown coarse, and sharp when the hand rests.
import { createChooser } from "./chooser.js";
import { makeJob } from "./job.js";
import { createProcessor } from "./processor.js";

const SMOOTH_MS = 33; // a frame predicted to take longer is first shown coarse
const REST_MS = 50; // no newer change for so long: make it sharp
const COARSEST = 4;
const STRIDING = 4; // pixels that are not neighbours are loaded one by one: as many times slower, about

// In products, about.
function work({ filters, stride, height, width }) {
  const taps = filters.reduce((total, weights) => total + weights.filter(Boolean).length, 0);
  return height * width * (taps * (stride === 1 ? 1 : STRIDING) + 8 * filters.length); // 8: filling, scaling, painting
}

// on.frame({ planes, low, high, job, settings, picture, step, path, milliseconds }) is called for every frame;
// on.say(sentence): what has changed about who computes.
export function createEngine(on) {
  const processor = createProcessor();
  const chooser = createChooser((sentence) => on.say(sentence));
  let picture = null;
  let pace = 1e-7; // the processor's milliseconds per product, learned from each frame
  let warm = false; // the first frame also compiles, and says nothing about the next
  let resting = 0;

  const byProcessor = (job) => pace * work(job);

  function present(settings, asked, coarsest) {
    let [step, job] = [1, makeJob(picture, settings)];
    const graphics = chooser.path(job, byProcessor(job)) === "graphics";
    const predicted = graphics ? chooser.predicted : byProcessor;
    while (step < coarsest && predicted(job) > SMOOTH_MS) job = makeJob(picture, settings, (step *= 2));
    const drawn = graphics ? chooser.compute(picture, job) : null; // null, too, when the context was lost meanwhile
    const values = drawn ?? compute(job);
    const path = drawn ? "graphics" : "processor";
    on.frame({ ...values, job, settings, picture, step, path, milliseconds: performance.now() - asked });
    if (step > 1) resting = setTimeout(() => present(settings, performance.now(), 1), REST_MS);
    else resting = chooser.consider(picture, job, byProcessor(job));
  }

  function compute(job) {
    const start = performance.now();
    const values = processor.compute(picture, job);
    if (warm) pace = 0.5 * pace + (0.5 * (performance.now() - start)) / work(job);
    warm = true;
    return values;
  }

  return {
    force: chooser.force,
    setPicture(other) {
      clearTimeout(resting);
      picture = other;
    },
    request(settings) {
      clearTimeout(resting);
      present(settings, performance.now(), COARSEST);
    },
    stop() {
      clearTimeout(resting);
      chooser.stop();
    },
  };
}
