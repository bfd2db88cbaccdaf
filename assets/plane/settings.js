// What is typed of the points, the network and its training: from the state into the controls, and back if it is in range.
import { parseNumber } from "../convolution/numbers.js";
import { MOST_LAYERS, MOST_UNITS } from "./state.js";

// Of what is typed: least and most, whether whole, and what it is called.
const FIELDS = {
  count: [2, 500, true, "The number of points"], noise: [0, 1, false, "The noise"], share: [0, 90, false, "The share held out"],
  dataSeed: [0, 9999, true, "The points' seed"], rate: [1e-6, 100, false, "The rate"], batch: [1, 500, true, "The batch"],
  decay: [0, 1, false, "The weight decay"], seed: [0, 9999, true, "The start's seed"],
};

// on.change(part, source): a part of the state is another one, on.layers(units of each), on.say(sentence), on.state().
export function createSettings(root, on) {
  const role = partsOf(root, "role");
  const act = partsOf(root, "act");
  const field = partsOf(root, "field");
  const fields = [...root.querySelectorAll("[data-field]")];

  function typed(name, value) {
    if (name === "data") return on.change({ data: value, removed: [], edits: [] });
    if (name === "activation" || name === "optimizer") return on.change({ [name]: value, edits: [] });
    const [least, most, whole, title] = FIELDS[name];
    const number = parseNumber(value);
    const fine = number >= least && number <= most && (!whole || Number.isInteger(number));
    field(name).ariaInvalid = fine ? null : "true";
    if (!fine) return on.say(`${title} is ${whole ? "a whole number from " : ""}${least === 1e-6 ? "above 0 and at most" : `${least} to`} ${most}; the last one stays.`);
    on.say("");
    const gone = ["count", "dataSeed"].includes(name) ? { removed: [] } : {};
    on.change({ [name]: name === "share" ? number / 100 : Number(number.toPrecision(6)), edits: [], ...gone }, name);
  }

  function show(state) {
    const shown = { ...state, share: Number((100 * state.share).toPrecision(6)) };
    for (const one of fields) {
      if (one === root.getRootNode().activeElement && one.matches('input[type="text"], input[type="number"]') && one.ariaInvalid === "true") continue;
      one.value = String(shown[one.dataset.field]);
      one.ariaInvalid = null;
    }
    for (const name of ["count", "noise", "dataSeed"]) field(name).disabled = state.data === "own";
    showSizes(role("layers"), state.layers, MOST_UNITS, (layer) => `Units of layer ${layer + 1}`);
    act("fewer").disabled = !state.layers.length;
    act("more").disabled = state.layers.length >= MOST_LAYERS;
  }

  function offer(own) {
    field("data").querySelector('option[value="own"]').hidden = !own;
  }

  for (const one of fields) one.onchange = () => typed(one.dataset.field, one.value);
  role("layers").onchange = () => {
    const wanted = [...role("layers").children].map((input) => Number(input.value));
    if (wanted.every((units) => Number.isInteger(units) && units >= 1 && units <= MOST_UNITS)) { on.say(""); return on.layers(wanted); }
    on.say(`A layer has 1 to ${MOST_UNITS} units; the last number stays.`);
    show(on.state());
  };
  return { show, offer };
}
