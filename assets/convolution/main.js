// The component: what Streamlit mounts, the choices it holds, and how the parts hear of one another.
import { createCamera } from "./camera.js";
import { createRecolour, gridsOf, withGrids } from "./colours.js";
import { createEditor } from "./editor.js";
import { createEngine } from "./engine.js";
import { createFields } from "./fields.js";
import { createInspector } from "./inspector.js";
import { coloursOf, createMessages, pictureOf } from "./messages.js";
import { plain } from "./numbers.js";
import { greyPicture } from "./paint.js";
import { createFrame } from "./pictures.js";
import { createPresets } from "./presets.js";
import { createStage, fitsNowhere, outputShape } from "./stage.js";
import { createZoom } from "./zoom.js";


export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const instance = instanceIn(parentElement, () => createConvolver(parentElement.querySelector(".convolver")));
  if (data) instance.receive(unpack(data), setStateValue, setTriggerValue);
  return endOf(parentElement, instance.destroy);
}

function createConvolver(root) {
  const role = partsOf(root, "role");
  let given = null; // the picture Python sent
  let source = null; // the picture in use: that one or the camera's
  let shown = null; // the same in the colours chosen
  let settings = null; // what the controls say
  let good = null; // the last of it that could be computed
  let frame = null; // the last one painted
  let misfitted = false; // the kernel fits nowhere in this picture, which is said

  const recolour = createRecolour();
  const picture = createFrame(role("picture-frame"));
  const result = createFrame(role("result-frame"));
  const engine = createEngine(finished);
  const fields = createFields(root, { change: fieldChanged, say: tell });
  const presets = createPresets(root.querySelector(".presets"), () => settings, { choose: chosen });
  const editor = createEditor(root, { change: edited, point: pointed, say: tell, rest: () => messages.settle() });
  const history = createHistory();
  const showHistory = listenForUndo(root, history, step);
  const stage = createStage(root, picture, result);
  const inspector = createInspector(root, { picture, result, frame: () => frame, pinned: () => settings?.pin, pin, edited: renumbered, moved: (box) => zoom.follow(box) });
  const zoom = createZoom(root, { picture, result, frame: () => frame, crop: (part) => messages.crop(part) });
  const messages = createMessages({ good: () => good, busy: () => editor.dragging });
  const camera = createCamera(root.querySelector("video"), {
    frame: use,
    say: (sentence) => { role("camera-say").textContent = sentence; },
    end: cameraEnded,
  });

  function receive(message, setStateValue, setTriggerValue) {
    const { asked, fresh, missed } = messages.read(message, setStateValue, setTriggerValue);
    presets.offer(message.presets, message.kind === "numbers");
    if (fresh) {
      stage.colours = coloursOf(message.diverging);
      given = pictureOf(message);
      picture.canvas.setAttribute("aria-label", message.name ? `The picture: ${message.name}` : "The picture");
    }
    if (asked) adopt(message.settings, !fresh);
    if (fresh && !camera.live) use(given);
    else if (asked) request();
    if (missed) messages.settle(); // what was emitted meanwhile answered an older message: Python has set it aside
  }

  // What Python asks for can be taken back, too, but for the view of another picture.
  function adopt(next, back) {
    if (settings && back) history.note(state());
    lay(structuredClone(next));
    showHistory();
    if (next.pin) inspector.position = next.pin;
  }

  // What can be taken back: the choices and, where those are convolved, the picture of numbers.
  const state = () => ({ settings, numbers: given?.planes.length === 1 ? given : null });

  // Into every control.
  function lay(next) {
    settings = next;
    editor.replace(gridsOf(settings));
    fields.write(settings);
    presets.mark(settings.preset);
    tell("");
  }

  // -- choices

  // `source`: the control, if one stroke of it makes several changes.
  function change(part, source = "") {
    if (JSON.stringify({ ...settings, ...part }) === JSON.stringify(settings)) return;
    history.note(state(), source);
    showHistory();
    settings = { ...settings, ...part };
    request();
    messages.settle();
  }

  function chosen(next, source = "") {
    const before = settings;
    lay(next);
    settings = before;
    change(next, source);
  }

  // What was changed by hand is no preset any more.
  function edited(grids, cell) {
    presets.mark(null);
    change({ ...withGrids(grids), preset: null }, cell);
  }

  function fieldChanged(part) {
    if (!("colour" in part)) return change(part, Object.keys(part)[0]);
    chosen(recolour(settings, part.colour));
  }

  // Back to the choices before the last change, or on again; a pin is where it is.
  function step(way) {
    const next = history[way](state());
    if (!next) return;
    lay({ ...next.settings, pin: settings.pin });
    showHistory();
    if (next.numbers && state().numbers && textOf(next.numbers) !== textOf(given)) giveNumbers(next.numbers);
    request();
    messages.settle();
  }

  function pin(place) {
    settings = { ...settings, pin: place };
    if (good) good = { ...good, pin: place };
    messages.settle();
  }

  function pointed(words) {
    role("kernel-hint").textContent = words || "Type, paste or drag a weight; Alt with ↑ or ↓ steps it.";
  }

  function tell(sentence) {
    const place = role("say");
    if (place.textContent !== sentence) place.textContent = sentence;
  }

  // One number of a picture of numbers: shown at once, and told to Python, which offers it as typed.
  function renumbered({ row, column }, value) {
    const [plane, ...more] = source.planes;
    if (more.length || source !== given) return;
    const next = Float32Array.from(plane);
    next[row * source.width + column] = value;
    history.note(state());
    showHistory();
    giveNumbers({ ...source, planes: [next] });
  }

  function giveNumbers(next) {
    given = next;
    use(given);
    messages.renumber(textOf(next));
  }

  const textOf = ({ planes: [plane], height, width }) =>
    Array.from({ length: height }, (_, i) => [...plane.slice(i * width, (i + 1) * width)].map((v) => plain(v)).join(" ")).join("; ");

  // -- computing and painting

  function use(next) {
    source = next;
    shown = settings.colour === "grey" ? greyPicture(source) : { ...source };
    shown.grey = settings.colour === "grey";
    engine.setPicture(shown);
    stage.drawPicture(shown, source);
    zoom.offer(source);
    request();
  }

  function request() {
    if (!source || !settings) return;
    if (shown.grey !== (settings.colour === "grey")) return use(source);
    const alike = settings.flip && editor.looksTurned();
    role("flip-note").textContent = alike ? "It looks the same after half a turn: flipping changes nothing." : "";
    const channels = source.planes.length;
    fields.offer({ channels, display: settings.display, results: settings.colour === "colour" ? channels : 1 });
    fields.tell(settings);
    stage.showFormula(source, settings);
    const misfit = Math.min(...outputShape(source, settings)) < 1;
    if (misfit || misfitted) tell(misfit ? fitsNowhere(source, settings) : "");
    misfitted = misfit;
    root.classList.toggle("stale", misfit); // the last result belongs to something else
    if (misfit) return picture.surround(null, 0, 0);
    root.dataset.settled = "false";
    good = settings;
    engine.request(settings);
  }

  function finished(done) {
    frame = done;
    stage.drawResult(frame, settings.display, settings.contrast, source.planes.length === 1);
    zoom.show();
    inspector.inspect();
    root.dataset.milliseconds = done.milliseconds.toFixed(1);
    root.dataset.step = done.step;
    root.dataset.frame = Number(root.dataset.frame ?? 0) + 1;
    root.dataset.settled = String(done.step === 1);
    if (camera.live) camera.shown(done.milliseconds);
  }

  // -- camera

  function cameraEnded() {
    root.querySelector('[data-act="camera"]').setAttribute("aria-pressed", "false");
    root.querySelector('[data-act="freeze"]').hidden = true;
    messages.film(false);
    if (given && source !== given) use(given);
  }

  // The frame becomes the visitor's picture, here and on every other screen.
  function freeze() {
    const png = camera.still();
    if (!png) return;
    messages.freeze(png);
    camera.stop();
  }

  function toggleCamera(button) {
    const on = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!on));
    if (on) return camera.stop();
    camera.start(() => {
      root.querySelector('[data-act="freeze"]').hidden = false;
      messages.film(true);
    });
  }

  const acts = { ...inspector.acts, camera: toggleCamera, freeze, crop: zoom.cut };
  root.onclick = ({ target }) => {
    const button = target.closest("button");
    acts[button?.dataset.act]?.(button);
    if (button?.dataset.tool) editor.useTool(button.dataset.tool);
  };
  const watcher = new ResizeObserver(() => inspector.inspect());
  watcher.observe(root);

  function destroy() {
    messages.end();
    inspector.stop();
    camera.stop();
    engine.stop();
    watcher.disconnect();
  }

  return { receive, destroy };
}
