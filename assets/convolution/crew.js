// The processor's path: the rows of a result, spread in bands over workers.
import { WORKER_FUNCTIONS, createCalculator } from "./convolve.js";

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

export function createCrew() {
  const workers = startWorkers().map((worker) => ({ worker, busy: null })); // busy: the band asked for
  let picture = null;
  let current = null; // the job being done
  let jobs = 0;

  // done({ planes, low, high }) is called once, unless the job is dropped before. `pieces`: bands for each worker.
  function begin(job, pieces, done) {
    const bands = Math.min(job.height, workers.length * pieces);
    const edges = Array.from({ length: bands + 1 }, (_, i) => Math.round((i * job.height) / bands));
    const count = job.summed ? 1 : picture.planes.length;
    current = {
      id: ++jobs, job, done, left: bands, low: Infinity, high: -Infinity,
      bands: edges.slice(0, -1).map((edge, i) => [edge, edges[i + 1]]),
      planes: Array.from({ length: count }, () => new Float32Array(job.height * job.width)),
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
      if (--current.left === 0) return finish();
    }
    feed();
  }

  function finish() {
    const { planes, low, high, done } = current;
    current = null;
    done({ planes, low, high });
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
    begin,
    drop() { current = null; }, // bands that still come are ignored
    get waiting() { return Boolean(current?.bands.length); }, // bands nobody has begun
    setPicture(given) {
      picture = given;
      current = null;
      for (const { worker } of workers) worker.postMessage({ picture: { ...picture, range: undefined } });
    },
    stop() {
      current = null;
      for (const { worker } of workers) worker.terminate();
    },
  };
}
