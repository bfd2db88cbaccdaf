// Who computes, and when: bands of rows spread over workers; a coarse preview while the hand moves, sharp when it rests.
import { WORKER_FUNCTIONS, createCalculator, flatKernel, outerProducts, outputSize } from "./convolve.js";

const PREVIEW_MS = 28; // a frame predicted to take longer is first shown coarse
const REST_MS = 120; // the hand has rested: make it sharp
const COARSEST = 4;
const MOST_WORKERS = 4;

function startWorker() {
  const glue = `const calculate = createCalculator();
    onmessage = ({ data }) => {
      const answer = calculate(data);
      if (answer) postMessage(answer, answer.planes.map((plane) => plane.buffer));
    };`;
  const source = new Blob([WORKER_FUNCTIONS.map(String).join("\n"), "\n", glue], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

// Where workers are forbidden the same work is done here, a band at a time, so that the page stays alive.
function standIn() {
  const calculate = createCalculator();
  const worker = { onmessage: null, terminate() {} };
  worker.postMessage = (message) => {
    setTimeout(() => {
      const data = calculate(message);
      if (data) worker.onmessage({ data });
    });
  };
  return worker;
}

function startWorkers() {
  const count = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2));
  try {
    return Array.from({ length: count }, startWorker);
  } catch {
    return [standIn()];
  }
}

// The job of a frame: everything a worker needs besides the picture. `step`: every step-th pixel of the result only.
export function makeJob(picture, settings, step = 1) {
  const { kernel, padding, dilation, scale, bias } = settings;
  const [rows, columns, stride] = [kernel.length, kernel[0].length, settings.stride * step];
  return {
    weights: flatKernel(kernel, settings.flip), rows, columns, padding, dilation, scale, bias, stride,
    height: outputSize(picture.height, rows, padding, stride, dilation),
    width: outputSize(picture.width, columns, padding, stride, dilation),
  };
}

function work(picture, job) {
  const terms = outerProducts(job.weights, job.rows, job.columns);
  const taps = terms ? terms.length * (job.rows + job.columns) : job.weights.filter(Boolean).length;
  return job.height * job.width * picture.planes.length * (taps + 4); // 4: allocating, painting
}

// onFrame({ planes, low, high, job, settings, picture, step, milliseconds }) is called for every finished frame.
export function createEngine(onFrame) {
  const workers = startWorkers().map((worker) => ({ worker, busy: null })); // busy: the band asked for
  let picture = null;
  let current = null; // the frame being computed
  let next = null; // the newest request, waiting for it
  let pace = 4e-7; // milliseconds per product, learned from each frame
  let resting = 0;
  let frames = 0;

  function begin({ settings, asked }, step) {
    let job = makeJob(picture, settings, step);
    while (step > 1 && step < COARSEST && pace * work(picture, job) > PREVIEW_MS) {
      step *= 2;
      job = makeJob(picture, settings, step);
    }
    const size = job.height * job.width;
    const bands = Math.min(job.height, workers.length * (pace * work(picture, job) > PREVIEW_MS ? 4 : 1));
    const edges = Array.from({ length: bands + 1 }, (_, i) => Math.round((i * job.height) / bands));
    current = {
      id: ++frames, job, settings, step, asked, picture, left: bands, low: Infinity, high: -Infinity, started: performance.now(),
      bands: edges.slice(0, -1).map((edge, i) => [edge, edges[i + 1]]),
      planes: picture.planes.map(() => new Float32Array(size)),
    };
    feed();
  }

  function feed() {
    for (const member of workers) {
      if (member.busy || !current || !current.bands.length) continue;
      const [first, last] = current.bands.shift();
      member.busy = { job: current.job, first, last, frame: current.id };
      member.worker.postMessage(member.busy);
    }
  }

  function receive(member, answer) {
    member.busy = null;
    if (current && answer.frame === current.id) {
      answer.planes.forEach((plane, c) => current.planes[c].set(plane, answer.first * current.job.width));
      current.low = Math.min(current.low, answer.low);
      current.high = Math.max(current.high, answer.high);
      if (--current.left === 0) finish();
    }
    feed();
  }

  function finish() {
    const frame = current;
    current = null;
    const now = performance.now();
    const seen = (now - frame.started) / work(frame.picture, frame.job);
    pace = 0.5 * pace + 0.5 * seen;
    onFrame({ ...frame, milliseconds: now - frame.asked });
    if (next) return start();
    if (frame.step > 1) resting = setTimeout(() => begin({ ...frame, asked: performance.now() }, 1), REST_MS);
  }

  function start() {
    const request = next;
    next = null;
    const full = pace * work(picture, makeJob(picture, request.settings));
    begin(request, full > PREVIEW_MS ? 2 : 1);
  }

  function listen(member) {
    member.worker.onmessage = ({ data }) => receive(member, data);
    member.worker.onerror = () => replaceWorker(member); // a page's rules may forbid workers only when they start
  }

  function replaceWorker(member) {
    member.worker.terminate();
    member.worker = standIn();
    listen(member);
    if (picture) member.worker.postMessage({ picture });
    if (member.busy) member.worker.postMessage(member.busy);
  }

  workers.forEach(listen);
  return {
    setPicture(given) {
      picture = given;
      current = next = null; // bands of the old picture that still come are ignored
      clearTimeout(resting);
      for (const { worker } of workers) worker.postMessage({ picture });
    },
    request(settings) {
      clearTimeout(resting);
      next = { settings, asked: performance.now() };
      const refining = current && current.step === 1 && current.bands.length > 0;
      if (!current || refining) start(); // a half-done sharp frame gives way, a preview is finished first
    },
    stop() {
      clearTimeout(resting);
      current = next = null;
      for (const { worker } of workers) worker.terminate();
    },
  };
}
