// When to compute, and how finely: what takes too long is first shown coarse, and sharp when the hand rests.
// All in WebAssembly. WebGL2 was tried and taken out: rendered in software, the only way it could be measured, a 512×512
// picture in colour took 154, 552 and 3084 ms with kernels of 3, 7 and 15, where these sums take 1.5, 4 and 18.
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

// onFrame({ planes, low, high, job, settings, picture, step, milliseconds }) is called for every frame.
export function createEngine(onFrame) {
  const processor = createProcessor();
  let picture = null;
  let pace = 1e-7; // milliseconds per product, learned from each frame
  let warm = false; // the first frame also compiles, and says nothing about the next
  let resting = 0;

  function present(settings, asked, coarsest) {
    let [step, job] = [1, makeJob(picture, settings)];
    while (step < coarsest && pace * work(job) > SMOOTH_MS) job = makeJob(picture, settings, (step *= 2));
    onFrame({ ...compute(job), job, settings, picture, step, milliseconds: performance.now() - asked });
    if (step > 1) resting = setTimeout(() => present(settings, performance.now(), 1), REST_MS);
  }

  function compute(job) {
    const start = performance.now();
    const values = processor.compute(picture, job);
    if (warm) pace = 0.5 * pace + (0.5 * (performance.now() - start)) / work(job);
    warm = true;
    return values;
  }

  return {
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
    },
  };
}
