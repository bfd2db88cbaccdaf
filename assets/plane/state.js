// All that the visitor has set, as the text that the link holds: see pages/parts/learning/plane_link.py.
import { decoded, encoded } from "./points.js";

export const [MOST_LAYERS, MOST_UNITS, MOST_EPOCHS, MOST_ADDED] = [4, 16, 3000, 200];
const KEYS = ["data", "count", "noise", "share", "dataSeed", "layers", "activation", "optimizer", "rate", "batch", "decay", "seed", "epoch", "added", "removed", "edits"];
const WORDS = new Set(["data", "activation", "optimizer"]);
const list = (text, one, mark = ".") => (text === "-" ? [] : text.split(mark).map(one));
const text = (values, one, mark = ".") => (values.length ? values.map(one).join(mark) : "-");

export function readState(given) {
  const parts = Object.fromEntries(given.split("_").map((part, i) => [KEYS[i], part]));
  const state = Object.fromEntries(KEYS.map((key) => [key, WORDS.has(key) ? parts[key] : Number(parts[key])]));
  return {
    ...state,
    layers: list(parts.layers, Number, "-").filter(Boolean),
    added: list(parts.added, decoded),
    removed: list(parts.removed, Number),
    edits: list(parts.edits, (edit) => edit.split("~").map(Number), "*"),
  };
}

export function writeState(state) {
  const special = {
    layers: state.layers.join("-") || "0", added: text(state.added, encoded), removed: text(state.removed, String),
    edits: text(state.edits, (edit) => edit.join("~"), "*"),
  };
  return KEYS.map((key) => special[key] ?? String(state[key])).join("_");
}

// What training depends on: all but how far it is shown.
export const identity = (state) => writeState({ ...state, epoch: 0 });
