// The component: what Streamlit mounts, the choices it holds, and how the parts hear of one another.
import { createArithmetic, explain, spoken, windowBox } from "./arithmetic.js";
import { createCamera, planesOf } from "./camera.js";
import { extremes, greyPicture, outputSize, paint, shownRange } from "./convolve.js";
import { createEngine } from "./engine.js";
import { TOOLS, createKernelGrid, resized } from "./kernel.js";
import { parseNumber, plain, show } from "./numbers.js";
import { clamp, createFrame } from "./pictures.js";
import { createWalk, following, walkStride } from "./walk.js";

const SETTLE_MS = 250;
const FIELDS = ["padding", "stride", "dilation", "flip", "display", "colour", "scale", "bias"];
const LARGEST_STEP = 8;
const LARGEST_FACTOR = 1e6;

const INSTANCES = new WeakMap();

export default function mount({ data, parentElement, setStateValue }) {
  if (!INSTANCES.has(parentElement)) {
    INSTANCES.set(parentElement, createConvolver(parentElement.querySelector(".convolver")));
  }
  const instance = INSTANCES.get(parentElement);
  if (data) instance.receive(unpack(data), setStateValue);
  return () => {
    instance.destroy();
    INSTANCES.delete(parentElement);
  };
}

// Length (uint32), JSON header, raw pixels: see pack() in pages/parts/convolver.py.
function unpack(bytes) {
  const copy = bytes.slice(); // aligned, whatever the message it came in
  const length = new DataView(copy.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + length)));
  return { ...header, raw: copy.subarray(4 + length) };
}

function pictureOf({ shape: [height, width], kind, raw }) {
  if (kind === "colours") return planesOf(raw, height, width, 3);
  const plane = new Float32Array(raw.slice().buffer);
  return { height, width, planes: [plane] };
}

function coloursOf(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

const canonical = (settings) => JSON.stringify([settings.kernel, ...FIELDS.map((name) => settings[name]), settings.pin]);

function createConvolver(root) {
  const role = (name) => root.querySelector(`[data-role="${name}"]`);
  const fields = Object.fromEntries(FIELDS.map((name) => [name, root.querySelector(`[data-field="${name}"]`)]));
  const sizes = ["rows", "columns"].map((name) => root.querySelector(`[data-size="${name}"]`));

  let given = null; // the picture Python sent
  let source = null; // the picture in use: that one or the camera's
  let shownPicture = null; // the same in the colours chosen
  let settings = null; // what the controls say
  let good = null; // the last of it that could be computed
  let frame = null; // the last one painted
  let position = null; // of the pixel explained, in the result
  let colours = null;
  let sent = { settings: "", revision: null, digest: "", base: "" };
  let echoes = new Set(); // what Python has had from here: not news when it comes back
  let emit = () => {};
  let timer = 0;
  let frames = 0;

  const engine = createEngine(finished);
  const grid = createKernelGrid(root.querySelector(".grid"), {
    change: (kernel) => change({ kernel }),
    say: (sentence) => tell(sentence),
    rest: () => settle(),
  });
  const picture = createFrame(role("picture-frame"), { point: pointedAtPicture, choose: choseOnPicture });
  const result = createFrame(role("result-frame"), { point: pointed, choose: chose });
  const arithmetic = createArithmetic(root.querySelector(".arithmetic"), () => inspect());
  const walk = createWalk({ step: () => move(1, walkStride(...outputShape())), change: showWalk });
  const camera = createCamera(root.querySelector("video"), {
    frame: (live) => use(live),
    say: (sentence) => { role("camera-say").textContent = sentence; },
    end: cameraEnded,
  });

  // -- from Python

  function receive(message, setStateValue) {
    emit = setStateValue;
    colours ??= coloursOf(message.diverging);
    const text = canonical(message.settings);
    const asked = message.revision !== sent.revision || (text !== sent.settings && !echoes.has(text));
    const fresh = message.digest !== sent.digest;
    const missed = good && !asked && message.base !== sent.base && text !== canonical(good);
    sent = { settings: text, revision: message.revision, digest: message.digest, base: message.base };
    if (fresh) {
      given = pictureOf(message);
      picture.canvas.setAttribute("aria-label", message.name ? `The picture: ${message.name}` : "The picture");
    }
    if (asked) adopt(message.settings);
    if (fresh && !camera.live) use(given);
    else if (asked) request();
    if (missed) settle(); // what was emitted meanwhile answered an older message: Python has set it aside
  }

  function adopt(next) {
    clearTimeout(timer);
    echoes.clear();
    settings = { ...next, kernel: next.kernel.map((row) => [...row]) };
    position = next.pin ? { row: next.pin[0], column: next.pin[1] } : position;
    grid.replace(settings.kernel);
    showFields();
    tell("");
  }

  // -- choices

  function change(part) {
    settings = { ...settings, ...part };
    request();
    settle();
  }

  function settle() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (grid.dragging) return settle();
      if (!good) return;
      const text = canonical(good);
      if (echoes.has(text) && text === sent.last) return;
      echoes.add(text);
      sent.last = text;
      emit("settled", { ...good, base: sent.base });
    }, SETTLE_MS);
  }

  function showFields() {
    for (const name of FIELDS) {
      const field = fields[name];
      if (field.type === "checkbox") field.checked = settings[name];
      else field.value = typeof settings[name] === "number" ? plain(settings[name]) : settings[name];
      field.ariaInvalid = null;
    }
    showKernelFacts();
  }

  function showKernelFacts() {
    const kernel = settings.kernel;
    [sizes[0].value, sizes[1].value] = [kernel.length, kernel[0].length];
    const values = kernel.flat();
    const sum = values.reduce((a, b) => a + b, 0);
    const largest = values.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    role("sum").textContent = show(Math.abs(sum) < 1e-9 * largest ? 0 : sum, 4);
    const same = values.every((w, i) => Math.abs(w - values[values.length - 1 - i]) < 1e-12);
    role("flip-note").textContent = settings.flip && same ? "This kernel looks the same upside down: flipping changes nothing." : "";
  }

  function fieldChanged(name) {
    const field = fields[name];
    const value = readField(field, name);
    field.ariaInvalid = value === null ? "true" : null;
    if (value === null) return tell(fieldFault(name));
    tell("");
    change({ [name]: value });
  }

  function readField(field, name) {
    if (field.type === "checkbox") return field.checked;
    if (field.tagName === "SELECT") return field.value;
    const value = parseNumber(field.value);
    if (field.type === "number") return Number.isInteger(value) && value >= 1 && value <= LARGEST_STEP ? value : null;
    return Number.isNaN(value) || Math.abs(value) > LARGEST_FACTOR || (name === "scale" && value === 0) ? null : value;
  }

  function fieldFault(name) {
    if (name === "scale") return "Scale must be a number other than 0; the last good one stays.";
    if (name === "bias") return "Bias must be a number; the last good one stays.";
    return `${name === "stride" ? "Stride" : "Dilation"} must be a whole number from 1 to ${LARGEST_STEP}; the last good one stays.`;
  }

  function sizeChanged() {
    const [rows, columns] = sizes.map((field) => Number(field.value));
    const fits = [rows, columns].map((n) => Number.isInteger(n) && n >= 1 && n <= grid.largest);
    sizes.forEach((field, i) => { field.ariaInvalid = fits[i] ? null : "true"; });
    if (!fits.every(Boolean)) return tell(`A kernel has 1 to ${grid.largest} rows and columns; the last good one stays.`);
    replaceKernel(resized(settings.kernel, rows, columns));
  }

  function useTool(name) {
    try {
      replaceKernel(TOOLS[name](settings.kernel));
    } catch (error) {
      tell(error.message);
    }
  }

  function replaceKernel(kernel) {
    grid.replace(kernel);
    tell("");
    change({ kernel });
  }

  function tell(sentence) {
    const place = role("say");
    if (place.textContent !== sentence) place.textContent = sentence;
  }

  // -- computing and painting

  function use(next) {
    source = next;
    const key = settings.colour;
    shownPicture = key === "grey" ? greyPicture(source) : source;
    engine.setPicture(shownPicture);
    drawPicture();
    shownPicture.key = key;
    request();
  }

  function request() {
    if (!source || !settings) return;
    showKernelFacts();
    const [height, width] = outputShape(settings);
    showFormula(settings, height, width);
    if (height < 1 || width < 1) return impossible();
    root.dataset.settled = "false";
    if (shownPicture.key !== settings.colour) return use(source);
    good = settings;
    engine.request(settings);
  }

  function impossible() {
    const { kernel, dilation } = settings;
    const reach = (k) => dilation * (k - 1) + 1;
    tell(
      `The window covers ${reach(kernel.length)} × ${reach(kernel[0].length)} pixels, the picture has ${source.height} × ` +
      `${source.width}: without padding it fits nowhere. Choose a padding or a smaller kernel; the last result stays.`,
    );
  }

  function outputShape(of = good) {
    const { kernel, padding, stride, dilation } = of;
    return [
      outputSize(source.height, kernel.length, padding, stride, dilation),
      outputSize(source.width, kernel[0].length, padding, stride, dilation),
    ];
  }

  function drawPicture() {
    const { height, width, planes } = shownPicture;
    root.firstElementChild.style.setProperty("--ratio", width / height);
    fields.colour.disabled = source.planes.length === 1;
    fields.display.querySelector('[value="diverging"]').disabled = planes.length > 1; // one channel, one colour
    const { low, high } = source.planes.length === 1 ? extremes(planes) : { low: 0, high: 1 };
    shownPicture.range = [Math.min(0, low), Math.max(high, low + 1e-9)];
    picture.size(height, width);
    picture.draw(height, width, (pixels) => paint(planes, "clipped", shownPicture.range, colours, pixels));
    picture.write(planes.length === 1 ? planes[0] : null, height, width);
    const kind = planes.length === 3 ? "colour" : source.planes.length === 3 ? "grey = 0.299 R + 0.587 G + 0.114 B" : "numbers";
    role("picture-note").textContent = `${height} × ${width}, ${kind}`;
  }

  function finished(done) {
    frame = done;
    paintResult();
    root.dataset.milliseconds = done.milliseconds.toFixed(1);
    root.dataset.step = done.step;
    root.dataset.frame = ++frames;
    root.dataset.settled = String(done.step === 1);
    if (camera.live) camera.shown(done.milliseconds);
  }

  function paintResult() {
    const { planes, low, high, job, step } = frame;
    const [height, width] = outputShape(frame.settings);
    const display = settings.display === "diverging" && planes.length > 1 ? "signed" : settings.display;
    const range = shownRange(display, low, high);
    const numbers = source.planes.length === 1; // its cells are as large as the picture's
    result.size(height, width, numbers ? Math.min(1, width / frame.picture.width) : 1);
    result.draw(job.height, job.width, (pixels) => paint(planes, display, range, colours, pixels));
    result.write(step === 1 && planes.length === 1 ? planes[0] : null, height, width);
    showRange(display, range, low, high);
    role("result-note").textContent = `${height} × ${width}`;
    inspect();
  }

  function showRange(display, [least, most], low, high) {
    role("least").textContent = show(least);
    role("most").textContent = show(most);
    const words = {
      signed: "0 is mid-grey", diverging: "0 is grey, negative blue, positive amber", absolute: "size without sign", clipped: "cut off outside",
    };
    role("range-note").textContent = `${words[display]}; values ${show(low)} to ${show(high)}`;
    root.querySelector(".ramp").classList.toggle("zero", display === "signed" || display === "diverging");
    const ramp = role("ramp").getContext("2d");
    const image = ramp.createImageData(256, 1);
    const steps = Float32Array.from({ length: 256 }, (_, i) => i / 255);
    paint([steps], display === "diverging" ? "diverging" : "clipped", [0, 1], colours, image.data);
    ramp.putImageData(image, 0, 0);
  }

  function showFormula(of, height, width) {
    const { kernel, padding, stride, dilation } = of;
    const axis = (name, n, k, out) => {
      const p = padding === "valid" ? 0 : dilation * (k - 1);
      return `${name}: ⌊(${n} + ${p} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${show(out, 6)}`;
    };
    const alike = source.height === source.width && kernel.length === kernel[0].length;
    const lines = [axis(alike ? "rows, columns" : "rows", source.height, kernel.length, height)];
    if (!alike) lines.push(axis("columns", source.width, kernel[0].length, width));
    role("formula").replaceChildren(...["out = ⌊(n + p − d·(k − 1) − 1) / s⌋ + 1", ...lines].map((line) => {
      const span = document.createElement("span");
      span.textContent = line;
      return span;
    }));
  }

  // -- one pixel

  function inspect({ speak = false } = {}) {
    if (!frame) return;
    const [height, width] = outputShape(frame.settings);
    const middle = { row: height >> 1, column: width >> 1 };
    const { row, column } = position ?? middle;
    position = { row: clamp(row, height), column: clamp(column, width) };
    const facts = explain(frame.picture, frame.settings, position);
    picture.place(...windowBox(frame.settings, position));
    result.place(position.row, position.column, 1, 1);
    arithmetic.update(facts, frame.settings, shade);
    role("where").textContent = `of the result, row ${position.row + 1}, column ${position.column + 1}`;
    const pinned = Boolean(settings.pin);
    const button = root.querySelector('[data-act="pin"]');
    button.setAttribute("aria-pressed", String(pinned));
    button.textContent = pinned ? "Pinned" : "Pin";
    root.classList.toggle("pinned", pinned);
    result.reveal(walk.playing ? position.row * width + position.column + 1 : Infinity);
    if (speak) role("spoken").textContent = spoken(facts, position);
  }

  // A patch cell looks as its pixel does: a shade of the channel shown.
  function shade(value, channel) {
    const [least, most] = frame.picture.range;
    const level = Math.round(Math.max(0, Math.min(1, (value - least) / (most - least))) * 255);
    const rgb = frame.picture.planes.length === 1 ? [level, level, level] : [0, 1, 2].map((c) => (c === channel ? level : 0));
    const light = 0.3 * rgb[0] + 0.6 * rgb[1] + 0.1 * rgb[2] > 110;
    return { backgroundColor: `rgb(${rgb})`, color: light ? "#111" : "#fff" };
  }

  function pointed(place) {
    if (settings?.pin || walk.playing) return;
    position = place;
    inspect();
  }

  function chose(place) {
    if (!frame) return;
    walk.stop();
    const same = settings.pin && settings.pin[0] === place.row && settings.pin[1] === place.column;
    position = place;
    pin(same ? null : [place.row, place.column]);
  }

  const toResult = ({ row, column }) => {
    const [top, left, high, wide] = windowBox(frame.settings, { row: 0, column: 0 });
    const stride = frame.settings.stride;
    const [height, width] = outputShape(frame.settings);
    return {
      row: clamp(Math.round((row - top - (high - 1) / 2) / stride), height),
      column: clamp(Math.round((column - left - (wide - 1) / 2) / stride), width),
    };
  };

  function pointedAtPicture(place) {
    if (frame) pointed(toResult(place));
  }

  function choseOnPicture(place) {
    if (frame) chose(toResult(place));
  }

  function pin(place) {
    settings = { ...settings, pin: place };
    if (good) good = { ...good, pin: place };
    inspect({ speak: true });
    settle();
  }

  function move(direction, stride) {
    if (!frame) return;
    position = following(position, ...outputShape(frame.settings), direction, stride);
    settings.pin ? pin([position.row, position.column]) : inspect({ speak: !walk.playing });
  }

  function resultKey(event) {
    if (!frame) return;
    const far = event.shiftKey ? 10 : 1;
    const steps = { ArrowUp: [-far, 0], ArrowDown: [far, 0], ArrowLeft: [0, -far], ArrowRight: [0, far] };
    const [height, width] = outputShape(frame.settings);
    if (steps[event.key]) {
      const [down, right] = steps[event.key];
      position = { row: clamp(position.row + down, height), column: clamp(position.column + right, width) };
      settings.pin ? pin([position.row, position.column]) : inspect({ speak: true });
    } else if (event.key === "Enter") pin(settings.pin ? null : [position.row, position.column]);
    else if (event.key === "Escape") pin(null);
    else return;
    event.preventDefault();
  }

  function showWalk({ pace, playing }) {
    role("speed").textContent = `${pace} / s`;
    const button = root.querySelector('[data-act="play"]');
    button.textContent = playing ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(playing));
    if (!playing) result.reveal(Infinity);
  }

  // -- camera

  function cameraEnded() {
    root.querySelector('[data-act="camera"]').setAttribute("aria-pressed", "false");
    if (given && source !== given) use(given);
  }

  function toggleCamera(button) {
    const on = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!on));
    on ? camera.stop() : camera.start();
  }

  const ACTS = {
    back: () => { walk.stop(); move(-1); },
    forward: () => { walk.stop(); move(1); },
    play() {
      if (settings?.pin) pin(null);
      if (!walk.playing) position = { row: 0, column: 0 };
      walk.toggle();
      inspect();
    },
    slower: () => walk.pace(-1),
    faster: () => walk.pace(1),
    pin: () => pin(settings.pin ? null : [position.row, position.column]),
    camera: toggleCamera,
  };

  root.onclick = ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.act) ACTS[button.dataset.act](button);
    if (button?.dataset.tool) useTool(button.dataset.tool);
  };
  role("result-frame").onkeydown = resultKey;
  for (const name of FIELDS) fields[name].oninput = () => fieldChanged(name);
  for (const field of sizes) field.oninput = sizeChanged;
  const watcher = new ResizeObserver(() => frame && inspect());
  watcher.observe(root);
  walk.tell();

  function destroy() {
    clearTimeout(timer);
    walk.stop();
    camera.stop();
    engine.stop();
    watcher.disconnect();
  }

  return { receive, destroy };
}
