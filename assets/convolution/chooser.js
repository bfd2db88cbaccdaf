// Who computes: the processor, or the graphics card where a frame of this size has been measured to be faster there.
import { createGraphics } from "./graphics.js";

const PATIENCE = 8; // frames without a pause (a camera's) before the card is measured between two of them
const IDLE_MS = 80;
const LOST = "The graphics card stopped answering, so the processor computes from here on. Nothing is lost.";

const sizeOf = ({ rows, columns, height, width, filters }) => [rows, columns, height, width, filters.length].join();
const area = ({ height, width }) => height * width;

export function createChooser(say) {
  let forced = "fastest";
  let graphics; // undefined: not tried yet; null: there is none
  let holds = null; // the picture the card has
  let unmeasured = 0;
  const measured = new Map(); // size → { milliseconds, area }

  function lost() {
    graphics = null;
    say(LOST);
  }

  function card() {
    if (graphics === undefined) graphics = createGraphics(lost);
    return graphics;
  }

  function path(job, byProcessor) {
    if (forced === "processor" || graphics === null) return "processor";
    if (forced === "graphics") return card() ? "graphics" : "processor";
    return (measured.get(sizeOf(job))?.milliseconds ?? Infinity) < byProcessor ? "graphics" : "processor";
  }

  // In proportion to the nearest that is known: the frame of the same kernel.
  function predicted(job) {
    const known = [...measured].filter(([size]) => size.startsWith(`${job.rows},${job.columns},`)).map(([, one]) => one).at(-1);
    return known ? (known.milliseconds * area(job)) / known.area : 0;
  }

  function compute(picture, job) {
    if (holds !== picture) card().setPicture((holds = picture));
    const start = performance.now();
    const values = card().compute(job);
    if (!values && graphics) lost(); // the event comes later
    if (values) measured.set(sizeOf(job), { milliseconds: performance.now() - start, area: area(job) });
    return values;
  }

  // After a sharp frame of the processor's: measure the card once the hand rests, or between two frames that never rest.
  function consider(picture, job, byProcessor) {
    if (forced !== "fastest" || graphics === null || measured.has(sizeOf(job))) return 0;
    if (++unmeasured > PATIENCE) return void measure(picture, job, byProcessor);
    return setTimeout(() => measure(picture, job, byProcessor), IDLE_MS);
  }

  // From few rows to all, given up as soon as it takes longer than the processor, so that a slow card halts nobody.
  function measure(picture, job, limit) {
    unmeasured = 0;
    if (!card()) return;
    card().setPicture((holds = picture));
    card().draw(job, 0, 1); // compiles
    for (let rows = Math.ceil(job.height / 16); graphics && rows < job.height; rows *= 2) {
      const start = performance.now();
      card().draw(job, 0, rows);
      const spent = performance.now() - start;
      if (spent > limit) return void measured.set(sizeOf(job), { milliseconds: (spent * job.height) / rows, area: area(job) });
    }
    if (graphics) compute(picture, job);
  }

  return {
    path, predicted, compute, consider,
    force(who) { forced = who; },
    stop() { graphics?.stop(); graphics = null; },
  };
}
