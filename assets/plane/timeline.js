// Training as a line of epochs: it runs in slices between two frames, and goes back to any epoch it has been at.
import { createTraining } from "./net.js";

const ROOM = 40e6; // bytes for the epochs that are kept
const BUDGET_MS = 24; // of a frame

// A run of one setting. problem(): a sentence when it can't go on.
export function createTimeline(state, points) {
  const training = createTraining(state, points);
  const every = Math.max(1, Math.ceil((3000 * 24 * training.flat.length) / ROOM));
  const kept = new Map();
  const curves = [];
  let problem = "";

  function note() {
    const told = training.told();
    if (!Number.isFinite(told.learned.loss) || !training.flat.every(Number.isFinite)) {
      problem = `In epoch ${training.epoch} the loss grows beyond what 64 bits hold: take a smaller rate.`;
      const before = Math.max(0, ...[...kept.keys()].filter((epoch) => epoch < training.epoch));
      if (kept.has(before)) training.restore(kept.get(before));
      return;
    }
    curves[training.epoch] = told;
    if (training.epoch % every === 0) kept.set(training.epoch, training.kept());
  }

  // Towards an epoch, for a frame's time at most; returns whether it is there.
  function run(target) {
    const start = performance.now();
    if (problem && target > training.epoch) return true;
    if (target < training.epoch || (target > training.epoch + every && curves[target])) jump(target);
    while (training.epoch < target && !problem) {
      training.pass();
      note();
      if (performance.now() - start > BUDGET_MS) break;
    }
    return training.epoch === target || Boolean(problem);
  }

  function jump(target) {
    const nearest = target - (target % every);
    if (kept.has(nearest)) training.restore(kept.get(nearest));
  }

  note();
  return {
    run, curves,
    parts: training.parts, flat: training.flat,
    get epoch() { return training.epoch; },
    get reached() { return curves.length - 1; },
    get problem() { return problem; },
  };
}
