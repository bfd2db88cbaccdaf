// Kernels to begin with: a box of names, and sliders for those that follow a formula.
import { ONE_THIRD } from "./colours.js";
import { kernelByFormula, mapped, total } from "./formulas.js";
import { show } from "./numbers.js";

// Whether a flat grey area answers nothing.
const seesOnlyChanges = (kernel) => Math.abs(total(kernel)) < 1e-4 * total(mapped(kernel, Math.abs));

// As each of the three grids of a filter over the colours.
const withKernel = (settings, kernel) => ({ ...settings, kernel, rest: settings.colour === "filter" ? [kernel, kernel] : null });

// Neither scaled nor shifted, and shown so that all is seen; as a filter over the colours, a mean.
function suited(settings, kernel, numbers) {
  const display = seesOnlyChanges(kernel) ? "signed" : numbers ? "absolute" : "clipped";
  return { ...withKernel(settings, kernel), scale: settings.colour === "filter" ? ONE_THIRD : 1, bias: 0, display };
}

// settings(): what they are; on.choose(settings, source): what they are to be, by which knobs. An entry of Python's offer has `sliders`, and a
// `kernel` if there are none; or `settings`, which come with it.
export function createPresets(section, settings, on) {
  const box = section.querySelector("select");
  const knobs = section.querySelector(".knobs");
  const kept = new Map(); // what the sliders of each were set to
  let entries = [];
  let numbers = false;
  let built = null; // the entry whose sliders are there

  const entryOf = (name) => entries.find((entry) => entry.name === name);

  function offer(given, plain) {
    numbers = plain;
    if (JSON.stringify(given) === JSON.stringify(entries)) return;
    entries = given;
    built = null;
    box.replaceChildren(placeholder(), ...entries.map(({ name }) => new Option(name[0].toUpperCase() + name.slice(1), name)));
    section.hidden = !entries.length;
  }

  function placeholder() {
    const option = new Option("a kernel", "");
    option.hidden = true;
    return option;
  }

  function mark(preset) {
    const entry = entryOf(preset?.name);
    box.value = entry?.name ?? "";
    if (entry !== built) build(entry);
    for (const { name, start } of entry?.sliders ?? []) write(name, preset.parameters[name] ?? start);
  }

  function build(entry) {
    built = entry;
    knobs.replaceChildren(...(entry?.sliders ?? []).map(buildKnob));
  }

  function buildKnob({ name, label, low, high, step }) {
    const knob = document.createElement("label");
    const words = Object.assign(document.createElement("span"), { textContent: label });
    const slider = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step, name });
    slider.ariaLabel = label;
    slider.oninput = moved;
    knob.append(words, slider, document.createElement("output"));
    return knob;
  }

  function write(name, value) {
    const slider = knobs.querySelector(`[name="${name}"]`);
    slider.value = value;
    slider.nextElementSibling.value = show(Number(slider.value));
  }

  function moved() {
    const sliders = [...knobs.querySelectorAll("input")];
    const preset = { name: built.name, parameters: Object.fromEntries(sliders.map(({ name, value }) => [name, Number(value)])) };
    kept.set(preset.name, preset.parameters);
    on.choose({ ...withKernel(settings(), kernelByFormula(preset.name, preset.parameters)), preset }, `${preset.name} knobs`);
  }

  box.onchange = () => {
    const entry = entryOf(box.value);
    const starts = entry.sliders.map(({ name, start }) => [name, start]);
    const preset = { name: entry.name, parameters: kept.get(entry.name) ?? Object.fromEntries(starts) };
    const brought = entryOf(settings().preset?.name)?.settings?.colour === "filter"; // the three grids: it takes them away
    const before = brought ? { ...settings(), colour: "colour", rest: null } : settings();
    const kernel = () => entry.kernel ?? kernelByFormula(entry.name, preset.parameters);
    on.choose({ ...(entry.settings ? { ...before, ...entry.settings } : suited(before, kernel(), numbers)), preset });
  };

  return { offer, mark };
}
