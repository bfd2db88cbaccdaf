// The component: what Streamlit mounts, the choices it holds, and how the parts hear of one another.
import { createCamera } from "./camera.js";
import { createRecolour, gridsOf, withGrids } from "./colours.js";
import { createEditor } from "./editor.js";
import { createEngine } from "./engine.js";
import { createFields } from "./fields.js";
import { createInspector } from "./inspector.js";
import { coloursOf, createMessages, pictureOf, unpack } from "./messages.js";
import { greyPicture } from "./paint.js";
import { createFrame } from "./pictures.js";
import { createPresets } from "./presets.js";
import { createStage, fitsNowhere, outputShape } from "./stage.js";

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

function createConvolver(root) {
  const role = (name) => root.querySelector(`[data-role="${name}"]`);
  let given = null; // the picture Python sent
  let source = null; // the picture in use: that one or the camera's
  let shown = null; // the same in the colours chosen
  let settings = null; // what the controls say
  let good = null; // the last of it that could be computed
  let frame = null; // the last one painted

  const recolour = createRecolour();
  const picture = createFrame(role("picture-frame"));
  const result = createFrame(role("result-frame"));
  const engine = createEngine({ frame: finished, say: (sentence) => { role("engine-say").textContent = sentence; } });
  const fields = createFields(root, { change: fieldChanged, say: tell });
  const presets = createPresets(root.querySelector(".presets"), () => settings, { choose: (next) => { lay(next); change({}); } });
  const editor = createEditor(root, { change: edited, say: tell, rest: () => messages.settle() });
  const stage = createStage(root, picture, result);
  const inspector = createInspector(root, { picture, result, frame: () => frame, pinned: () => settings?.pin, pin });
  const messages = createMessages({ good: () => good, busy: () => editor.dragging });
  const camera = createCamera(root.querySelector("video"), {
    frame: use,
    say: (sentence) => { role("camera-say").textContent = sentence; },
    end: cameraEnded,
  });

  function receive(message, setStateValue) {
    const { asked, fresh, missed } = messages.read(message, setStateValue);
    engine.force(message.engine);
    presets.offer(message.presets, message.kind === "numbers");
    if (fresh) {
      stage.colours = coloursOf(message.diverging);
      given = pictureOf(message);
      picture.canvas.setAttribute("aria-label", message.name ? `The picture: ${message.name}` : "The picture");
    }
    if (asked) adopt(message.settings);
    if (fresh && !camera.live) use(given);
    else if (asked) request();
    if (missed) messages.settle(); // what was emitted meanwhile answered an older message: Python has set it aside
  }

  function adopt(next) {
    lay(structuredClone(next));
    if (next.pin) inspector.position = next.pin;
  }

  // Into every control.
  function lay(next) {
    settings = next;
    editor.replace(gridsOf(settings));
    fields.show(settings);
    presets.mark(settings.preset);
    tell("");
  }

  // -- choices

  function change(part) {
    settings = { ...settings, ...part };
    request();
    messages.settle();
  }

  // What was changed by hand is no preset any more.
  function edited(grids) {
    presets.mark(null);
    change({ ...withGrids(grids), preset: null });
  }

  function fieldChanged(part) {
    if (!("colour" in part)) return change(part);
    lay(recolour(settings, part.colour));
    change({});
  }

  function pin(place) {
    settings = { ...settings, pin: place };
    if (good) good = { ...good, pin: place };
    messages.settle();
  }

  function tell(sentence) {
    const place = role("say");
    if (place.textContent !== sentence) place.textContent = sentence;
  }

  // -- computing and painting

  function use(next) {
    source = next;
    shown = settings.colour === "grey" ? greyPicture(source) : { ...source };
    shown.grey = settings.colour === "grey";
    engine.setPicture(shown);
    stage.drawPicture(shown, source);
    request();
  }

  function request() {
    if (!source || !settings) return;
    if (shown.grey !== (settings.colour === "grey")) return use(source);
    const alike = settings.flip && editor.looksTurned();
    role("flip-note").textContent = alike ? "It looks the same after half a turn: flipping changes nothing." : "";
    const channels = source.planes.length;
    fields.offer({ channels, results: settings.colour === "colour" ? channels : 1 });
    stage.showFormula(source, settings);
    if (Math.min(...outputShape(source, settings)) < 1) return tell(fitsNowhere(source, settings));
    root.dataset.settled = "false";
    good = settings;
    engine.request(settings);
  }

  function finished(done) {
    frame = done;
    stage.drawResult(frame, settings.display, source.planes.length === 1);
    inspector.inspect();
    root.dataset.milliseconds = done.milliseconds.toFixed(1);
    root.dataset.step = done.step;
    root.dataset.path = done.path;
    root.dataset.frame = Number(root.dataset.frame ?? 0) + 1;
    root.dataset.settled = String(done.step === 1);
    if (camera.live) camera.shown(done.milliseconds);
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

  const acts = { ...inspector.acts, camera: toggleCamera };
  root.onclick = ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.act) acts[button.dataset.act](button);
    if (button?.dataset.tool) editor.useTool(button.dataset.tool);
  };
  const watcher = new ResizeObserver(() => inspector.inspect());
  watcher.observe(root);

  function destroy() {
    messages.stop();
    inspector.stop();
    camera.stop();
    engine.stop();
    watcher.disconnect();
  }

  return { receive, destroy };
}
