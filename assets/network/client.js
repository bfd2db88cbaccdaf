// A network in the visitor's browser: one worker a tab, kept from screen to screen. See pages/parts/pickers/browser_network.py.

const KEPT = "explorerNetworks";

// The network of these files: loading from its first use on.
function networkOf(files) {
  const open = (window[KEPT] ??= new Map());
  if (!open.has(files.weights)) open.set(files.weights, createNetwork(files));
  return open.get(files.weights);
}

// .state: { share, ready, failed }; watch(told) calls at each change of it and returns what ends that.
// look(picture) and climb(picture, direction, share): promises of logits, maps, the gradient, milliseconds.
function createNetwork(files) {
  const watchers = new Set();
  const waiting = new Map();
  const network = { state: { share: 0, ready: false, failed: "" }, files, watch, look, climb };
  let worker = null;
  let count = 0;
  let pace = 0; // milliseconds a pass, smoothed

  function change(part) {
    Object.assign(network.state, part);
    for (const told of watchers) told(network.state);
  }

  function watch(told) {
    watchers.add(told);
    told(network.state);
    return () => watchers.delete(told);
  }

  function ask(kind, given) {
    if (!worker) return Promise.reject(new Error(network.state.failed));
    const id = ++count;
    const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, kind, ...given });
    return answered;
  }

  async function compute(kind, inputs) {
    const { outputs, milliseconds } = await ask(kind, { inputs });
    if (kind === "forward") {
      pace = pace ? 0.8 * pace + 0.2 * milliseconds : milliseconds;
      network.passesASecond = 1000 / pace;
    }
    const { logits, gradient, ...maps } = outputs;
    return { logits: logits.data, gradient: gradient?.data, maps, milliseconds };
  }

  // picture: Float32Array of 3 planes, S × S, in [0, 1].
  function look(picture) {
    return compute("forward", { picture });
  }

  // The gradient along `direction` + `share` · softmax, of the logits.
  function climb(picture, direction, share) {
    return compute("gradient", { picture, logits_direction: direction, softmax_share: Float32Array.of(share) });
  }

  function fail(reason) {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
    worker?.terminate();
    worker = null;
    change({ failed: reason });
  }

  function heard({ data: { id, kind, share, answer, error } }) {
    if (kind === "loading") return change({ share });
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Error(error));
    else resolve?.(answer);
  }

  function begin() {
    if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") return fail("it has no WebAssembly");
    const at = (name) => new URL(`app/static/${name}`, document.baseURI).href;
    const source = `import * as ort from ${JSON.stringify(at(files.runtime))};\n${WORKER}`;
    try {
      worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
    } catch (error) {
      return fail(error.message);
    }
    worker.onmessage = heard;
    worker.onerror = () => fail("what computes it could not be started");
    const addresses = Object.fromEntries(["binary", "forward", "gradient", "weights"].map((name) => [name, at(files[name])]));
    ask("open", { files: { ...addresses, bytes: files.bytes } }).then(() => change({ ready: true, share: 1 }), (error) => fail(error.message));
  }

  begin();
  return network;
}

// What runs the newest call only: while one is under way, those that come after it are overtaken by the last.
function latestOnly(run) {
  let busy = false;
  let next = null;
  return async function call(...given) {
    if (busy) return void (next = given);
    busy = true;
    try {
      await run(...given);
    } finally {
      busy = false;
      const again = next;
      next = null;
      if (again) call(...again);
    }
  };
}

// One line on where it is computed; "" while nothing is known.
function whereComputed({ state, passesASecond }) {
  if (state.failed) return `Your browser can’t compute the network (${state.failed}): the server does it instead, more slowly.`;
  if (!state.ready) return `Loading the network into your browser: ${Math.round(100 * state.share)} %`;
  return passesASecond ? `In your browser: ${passesASecond < 10 ? passesASecond.toFixed(1) : Math.round(passesASecond)} passes a second` : "";
}
