// The network alive: what the camera films, a picture or a drawing goes through it, and all that it makes is shown.
import { createCamera } from "../convolution/camera.js";
import { createDrawing } from "./drawing.js";
import { createMoving } from "./moving.js";
import { createRecording } from "./recording.js";
import { createSheet, drawOver, tableOf } from "./sheet.js";

const TOLD_EVERY = 250; // milliseconds between words that change by themselves

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const live = instanceIn(parentElement, () => createLive(parentElement.querySelector(".live")));
  live.emit = setStateValue;
  live.trigger = setTriggerValue;
  live.receive(unpack(data));
  return endOf(parentElement, live.destroy);
}

function createLive(root) {
  const role = partsOf(root, "role");
  const live = { emit: () => {}, trigger: () => {}, receive, destroy };
  const bests = new Map(); // by unit: { value, picture }, of this visit
  const view = role("view");
  const context = view.getContext("2d", { willReadFrequently: true });
  let given = null; // what Python sent
  let network = null;
  let unwatch = () => {};
  let paused = false;
  let shown = null; // the last answer
  let told = 0;

  const sheet = createSheet(role("sheet"), { choose });
  const drawing = createDrawing(root, view, { change: () => { if (given?.source === "drawing") use(drawing.paper); } });
  const moving = createMoving(root, view, { change: () => { if (given?.source === "picture") seeMoved(); } });
  const camera = createCamera(root.querySelector("video"), {
    frame: (picture) => { if (picture) pass(picture); else camera.shown(FAST_MS + 1); },
    say: (sentence) => { role("camera-say").textContent = sentence; },
    end: () => { if (given?.source === "camera") showGiven(); },
  }, (video) => (paused ? null : grab(video, video.videoWidth, video.videoHeight)));

  const recording = createRecording({
    state: showRecording,
    film: (blob) => saveAs("live.gif", blob),
    encoder: () => new URL(`app/static/${given.encoder}`, document.baseURI).href,
  });

  // -- what comes from Python

  function receive(message) {
    const before = given;
    const [pixels, signed, sequential] = cut(message.raw, [message.raw.length - 2 * 768, 768, 768]);
    given = { ...message, raw: pixels, colours: { signed: tableOf(signed), sequential: tableOf(sequential) } };
    if (before?.network.weights !== message.network.weights) connect(message.network);
    drawing.resize(message.network.size);
    if (before?.source !== message.source) begin(message.source);
    else if (before.digest !== message.digest && message.source === "picture") showGiven();
    else if (before.mirrored !== message.mirrored && message.source === "camera" && paused) step();
    showUnit();
    if (shown) show(shown);
  }

  function connect(files) {
    unwatch();
    network = networkOf(files);
    Object.assign(view, { width: files.size, height: files.size });
    unwatch = network.watch(({ ready, failed }) => {
      role("where").textContent = whereComputed(network);
      root.dataset.ready = String(ready);
      if (ready && !shown) again();
      if (failed) live.emit("failed", true);
    });
  }

  function begin(source) {
    root.classList.toggle("filming", source === "camera");
    root.querySelector(".pens").hidden = source !== "drawing";
    root.querySelector(".moves").hidden = source !== "picture";
    moving.active = source === "picture";
    root.querySelector('[data-act="pause"]').hidden = root.querySelector('[data-act="step"]').hidden = source !== "camera";
    root.querySelector('[data-act="freeze"]').hidden = source === "picture";
    drawing.active = source === "drawing";
    pause(false);
    if (source === "camera") return camera.start(() => {});
    if (camera.live) camera.stop();
    role("camera-say").textContent = source === "picture" ? "Drag over the picture: a grey square covers it, and the labels follow." : "";
    again();
  }

  // What stands still goes through once more.
  function again() {
    if (given.source === "drawing") use(drawing.paper);
    else if (!camera.live) showGiven();
  }

  function showGiven() {
    moving.take(imageOfPlanes(planesOfBytes(given.raw, 3), given.network.size));
    seeMoved();
  }

  function seeMoved() {
    moving.draw(context);
    pass(taken());
  }

  function use(canvas) {
    context.drawImage(canvas, 0, 0);
    pass(taken());
  }

  const taken = () => planesOfBytes(context.getImageData(0, 0, view.width, view.height).data, 4);

  function grab(source, width, height) {
    drawMiddle(context, source, width, height, given.network, given.mirrored);
    return taken();
  }

  // -- through the network

  const pass = latestOnly(async (picture) => {
    try {
      if (!network.state.ready) return;
      const frame = context.getImageData(0, 0, view.width, view.height);
      shown = { ...(await network.look(picture)), frame };
      show(shown);
    } catch (error) {
      role("where").textContent = `The network stopped (${error.message}). Load the page again.`;
    } finally {
      camera.shown(FAST_MS + 1); // the size of a frame is the network's, whatever it takes
    }
  });

  function show({ logits, maps, frame, milliseconds }) {
    const { labels } = given.network;
    const shares = softmax(logits);
    const best = topOf(shares, 5);
    showBars(root.querySelector(".bars"), shares, labels);
    const stage = maps[given.layer];
    sheet.draw(stage, given.channel, given.colours);
    const [, , height, width] = stage.shape;
    const map = stage.data.subarray(given.channel * height * width, (given.channel + 1) * height * width);
    const value = map.reduce((a, b) => Math.max(a, b), -Infinity);
    const seen = canvasOf(frame);
    drawOver(role("over"), seen, map, [height, width]);
    const [[first, share]] = best;
    recording.take(seen, role("over"), `${labels[first]} ${percentOf(share)}   unit ${given.channel}: ${numberOf(value)}`);
    keepBest(value, seen);
    const now = performance.now();
    if (now - told > TOLD_EVERY || given.source !== "camera") {
      told = now;
      role("where").textContent = whereComputed(network);
      role("now").textContent = `Now: ${numberOf(value)}, where the picture is bright.`;
    }
    Object.assign(root.dataset, { value, milliseconds: milliseconds.toFixed(1), frame: Number(root.dataset.frame ?? 0) + 1 });
    root.dataset.top = JSON.stringify(best);
  }

  // -- one unit

  // Shown at once; what stands beside it comes from Python.
  function choose(channel) {
    given = { ...given, channel, record: null, pictures: [] };
    showUnit();
    if (shown) show(shown);
    live.emit("channel", { channel, layer: given.layer, at: Date.now() });
  }

  const unit = () => `${given.network.weights} ${given.layer} ${given.channel}`;

  function keepBest(value, picture) {
    const best = bests.get(unit());
    if (best && best.value >= value) return;
    bests.set(unit(), { value, picture });
    showBest();
  }

  function showBest() {
    const best = bests.get(unit());
    if (!best) return;
    const canvas = role("best");
    Object.assign(canvas, { width: best.picture.width, height: best.picture.height });
    canvas.getContext("2d").drawImage(best.picture, 0, 0);
    role("best-words").textContent = `Your best so far: ${numberOf(best.value)}.`;
    if (given.record === null) return;
    const beaten = best.value > given.record;
    role("challenge").textContent = beaten
      ? `You beat the photographs: ${numberOf(best.value)} is above their best, ${numberOf(given.record)}. So what does this unit look for?`
      : `Challenge: excite this unit more than the best photograph does, ${numberOf(given.record)}. What does it look for?`;
  }

  function showUnit() {
    role("sheet-name").textContent = `${given.title}. Unit ${given.channel} is framed.`;
    role("sheet").setAttribute("aria-label", `${given.title}. Arrow keys choose one; it is ${given.channel}.`);
    role("pictures").replaceChildren(...given.pictures.map(({ source, words, painted }) => {
      const figure = document.createElement("figure");
      const image = Object.assign(document.createElement("img"), { src: source, alt: words, className: painted ? "painted" : "" });
      figure.append(image, Object.assign(document.createElement("figcaption"), { textContent: words }));
      return figure;
    }));
    if (given.record === null) role("challenge").textContent = "Looking for the photographs that excite it most …";
    showBest();
  }

  // -- by hand

  function pause(on) {
    paused = on;
    const button = root.querySelector('[data-act="pause"]');
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "Go on" : "Pause";
  }

  function step() {
    const video = root.querySelector("video");
    pause(true);
    if (video.videoWidth) pass(grab(video, video.videoWidth, video.videoHeight));
  }

  function freeze() {
    const png = camera.live ? camera.still(given.mirrored) : drawing.paper.toDataURL("image/png").split(",")[1];
    if (png) live.trigger("frozen", png);
  }

  function showRecording(state, words) {
    const button = root.querySelector('[data-act="record"]');
    button.setAttribute("aria-pressed", String(state === "recording"));
    button.textContent = state === "recording" ? "Stop" : "Record";
    button.disabled = state === "making";
    role("film-say").hidden = false;
    role("film-say").textContent = words;
  }

  function record() {
    recording.toggle();
    if (shown) show(shown); // the film begins with what stands there
  }

  const acts = { pause: () => pause(!paused), step, freeze, record, clear: drawing.clear, reset: moving.reset };
  root.addEventListener("click", ({ target }) => acts[target.closest("[data-act]")?.dataset.act]?.());

  function destroy() {
    unwatch();
    recording.drop();
    given = { ...given, source: "" };
    camera.stop();
  }

  return live;
}

function canvasOf(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
