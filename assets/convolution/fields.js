// The choices beside the kernel: read from the fields, checked, and written into them.
import { parseNumber, plain, show } from "./numbers.js";

export const FIELDS = ["padding", "stride", "dilation", "flip", "display", "colour", "scale", "bias", "contrast"];
const LARGEST_STEP = 8;
const LARGEST_FACTOR = 1e6;

// on.change({ name: value }): a good choice; on.say(sentence): what is wrong, "" when nothing is.
export function createFields(root, on) {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, root.querySelector(`[data-field="${name}"]`)]));
  const used = root.querySelector('[data-role="used"]'); // seen while the fields are folded

  function write(settings) {
    for (const name of FIELDS) {
      const field = fields[name];
      if (field.type === "checkbox") field.checked = settings[name];
      else field.value = typeof settings[name] === "number" ? plain(settings[name]) : settings[name];
      field.ariaInvalid = null;
    }
  }

  // The kernel's padding and stride, and what else is not as usual.
  function tell({ padding, stride, dilation, scale, bias, flip }) {
    const unusual = [dilation > 1 && `dilation ${dilation}`, scale !== 1 && `scale ${show(scale)}`, bias && `bias ${show(bias)}`, flip && "flipped"];
    used.textContent = [`padding ${padding}`, `stride ${stride}`, ...unusual].filter(Boolean).join(", ");
  }

  function changed(name) {
    const value = read(fields[name], name);
    fields[name].ariaInvalid = value === null ? "true" : null;
    if (value === null) return on.say(fault(name));
    on.say("");
    on.change({ [name]: value });
  }

  function read(field, name) {
    if (field.type === "checkbox") return field.checked;
    if (field.tagName === "SELECT") return field.value;
    const value = parseNumber(field.value);
    if (field.type === "number") return Number.isInteger(value) && value >= 1 && value <= LARGEST_STEP ? value : null;
    return Number.isNaN(value) || Math.abs(value) > LARGEST_FACTOR || (name === "scale" && value === 0) ? null : value;
  }

  function fault(name) {
    if (name === "scale") return "Scale must be a number other than 0; the last good one stays.";
    if (name === "bias") return "Bias must be a number; the last good one stays.";
    return `${name === "stride" ? "Stride" : "Dilation"} must be a whole number from 1 to ${LARGEST_STEP}; the last good one stays.`;
  }

  // What makes no sense for this picture is not offered: numbers have no colours, several colours no coloured map, and a clipped range stays.
  function offer({ channels, results, display }) {
    fields.contrast.disabled = display === "clipped";
    fields.colour.disabled = channels === 1;
    fields.display.querySelector('[value="diverging"]').disabled = results > 1;
  }

  for (const name of FIELDS) fields[name].oninput = () => changed(name);
  return { write, offer, tell };
}
