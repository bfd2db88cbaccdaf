// What goes between Python and the screen: a picture and choices come, the settled choices go back.
import { planesOf } from "./camera.js";
import { FIELDS } from "./fields.js";

const SETTLE_MS = 250;

export function pictureOf({ shape: [height, width], kind, raw }) {
  if (kind === "colours") return planesOf(raw, height, width, 3);
  const plane = new Float32Array(raw.slice().buffer);
  return { height, width, planes: [plane] };
}

export function coloursOf(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

function canonical(settings) {
  return JSON.stringify([settings.kernel, settings.rest, ...FIELDS.map((name) => settings[name]), settings.pin, settings.preset]);
}

// good(): the last choices that could be computed; busy(): the hand has not rested.
export function createMessages({ good, busy }) {
  let sent = { settings: "", revision: null, digest: "", base: "" };
  let last = ""; // what was settled since the last message
  const echoes = new Set(); // what Python has had from here: not news when it comes back
  let emit = () => {};
  let trigger = () => {};
  let timer = 0;
  let filming = false;

  // What of a message is news: choices that rule (a preset), a picture, or that Python has set aside what was emitted.
  function read({ settings, revision, digest, base }, setStateValue, setTriggerValue) {
    [emit, trigger] = [setStateValue, setTriggerValue];
    const text = canonical(settings);
    const asked = revision !== sent.revision || (text !== sent.settings && !echoes.has(text));
    const fresh = digest !== sent.digest;
    const missed = Boolean(good()) && !asked && base !== sent.base && text !== canonical(good());
    sent = { settings: text, revision, digest, base };
    last = "";
    if (asked) {
      stop();
      echoes.clear();
    }
    return { asked, fresh, missed };
  }

  function settle() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (busy()) return settle();
      if (!good()) return;
      const text = canonical(good());
      if (echoes.has(text) && text === last) return;
      echoes.add(text);
      last = text;
      emit("settled", { ...good(), base: sent.base });
    }, SETTLE_MS);
  }

  function stop() {
    clearTimeout(timer);
  }

  // Whether the camera's frames are shown instead of Python's picture.
  function film(live) {
    if (live !== filming) emit("filming", live);
    filming = live;
  }

  function end() {
    stop();
    emit = trigger = () => {};
  }

  return { read, settle, stop, film, end, renumber: (rows) => emit("numbers", { rows, at: Date.now() }), freeze: (png) => trigger("frozen", png), crop: (part) => trigger("cropped", part) };
}
