// One pixel in numbers: the patch under the window, the weights, the products and what they add up to.
import { sizeClass, tint } from "./cells.js";
import { filtersOf, isSummed } from "./job.js";
import { padBefore, patchAt } from "./geometry.js";
import { brief, settledSum, show } from "./numbers.js";
import { createReader } from "./reader.js";

const LETTERS = ["R", "G", "B"];
const MOST_WRITTEN = 7; // larger kernels are shown as colours, and read one product at a time

// What the window sees in every channel, and the values it gives; summed in double precision, like a patient human.
// `value` is that of a filter which sums over the channels, or null.
export function explain(picture, settings, { row, column }) {
  const filters = filtersOf(picture, settings);
  const final = (sum) => settings.scale * sum + settings.bias;
  const channels = picture.planes.map((_, channel) => {
    const weights = filters[channel];
    const patch = patchAt(picture, settings, row, column, channel);
    const products = patch.map((value, i) => value * weights[i]);
    const sum = settledSum(products.reduce((a, b) => a + b, 0), products.reduce((a, b) => a + Math.abs(b), 0));
    return { weights, patch, products, sum, value: final(sum) };
  });
  const sum = channels.reduce((total, channel) => total + channel.sum, 0);
  return { channels, sum, value: isSummed(picture, settings) ? final(sum) : null };
}

export function windowBox(settings, { row, column }) {
  const { kernel, padding, stride, dilation } = settings;
  return [
    row * stride - padBefore(kernel.length, padding, dilation),
    column * stride - padBefore(kernel[0].length, padding, dilation),
    dilation * (kernel.length - 1) + 1,
    dilation * (kernel[0].length - 1) + 1,
  ];
}

export function createArithmetic(section, onChannel) {
  const find = partsOf(section, "role");
  const total = section.querySelector(".total");
  const chooser = section.querySelector(".channels");
  const reader = createReader(section);
  let channel = 0;

  function fill(cells, values, columns, colour, digits) {
    const most = Math.max(columns, values.length / columns);
    const written = most <= MOST_WRITTEN;
    if (cells.children.length !== values.length) {
      cells.replaceChildren(...values.map(() => document.createElement("span")));
    }
    cells.style.setProperty("--columns", columns);
    cells.dataset.size = sizeClass(most);
    values.forEach((value, i) => {
      const cell = cells.children[i];
      cell.textContent = written ? brief(value, digits) : "";
      Object.assign(cell.style, colour(value));
    });
  }

  function chooseChannels(count, names) {
    chooser.hidden = count === 1;
    if (channel >= count) channel = 0;
    if (chooser.children.length !== count) chooser.replaceChildren(...names.map(buildChannel));
    [...chooser.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === channel)));
  }

  function buildChannel(letter, i) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: letter, ariaLabel: ["Red", "Green", "Blue"][i] });
    button.onclick = () => {
      channel = i;
      onChannel();
    };
    return button;
  }

  // shade: value → CSS of a patch cell, as it looks in the picture.
  function update(facts, settings, shade) {
    const { channels } = facts;
    const columns = settings.kernel[0].length;
    const names = channels.length === 1 ? [""] : LETTERS;
    chooseChannels(channels.length, names);
    const { weights, patch, products } = channels[channel];
    const [heaviest, most] = [channels.flatMap((one) => [...one.weights]), products].map(farthest);
    const digits = columns <= 5 ? 3 : 2;
    fill(find("patch"), patch, columns, (value) => shade(value, channel), digits);
    fill(find("weights"), [...weights], columns, (w) => ({ backgroundColor: tint(w, heaviest) }), digits);
    fill(find("products"), products, columns, (p) => ({ backgroundColor: tint(p, most) }), digits);
    reader.update({ patch, weights, products }, columns);
    find("weights-note").textContent = settings.flip ? "kernel, flipped" : "kernel";
    const summed = facts.value !== null;
    const lines = channels.map((one, i) => {
      const start = `${names[i] ? `${names[i]}: ` : ""}sum of ${one.products.length} = `;
      return summed ? buildLine(start, one.sum, i === channel) : buildTotal(start, one, settings, i === channel);
    });
    if (summed) lines.push(buildTotal("R + G + B = ", facts, settings, true));
    total.replaceChildren(...lines);
  }

  const farthest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

  function buildLine(start, value, chosen) {
    const line = document.createElement("div");
    line.classList.toggle("chosen", chosen);
    const result = document.createElement("b");
    result.textContent = show(value, 4);
    line.append(start, result);
    return line;
  }

  function buildTotal(start, { sum, value }, { scale, bias }, chosen) {
    const after = scale === 1 && bias === 0 ? "" : `${show(sum, 4)}; ${scaled(sum, scale, bias)} = `;
    const line = buildLine(start + after, value, chosen);
    line.dataset.value = value;
    return line;
  }

  function scaled(sum, scale, bias) {
    const shift = bias === 0 ? "" : ` ${bias < 0 ? "−" : "+"} ${show(Math.abs(bias))}`;
    return `${scale === 1 ? "" : `${show(scale)} · `}${show(sum, 4)}${shift}`;
  }

  return { update };
}

// For screen readers, in one sentence.
export function spoken({ channels, value }, { row, column }) {
  const names = ["red ", "green ", "blue "];
  const each = channels.map((one, i) => `${channels.length > 1 ? names[i] : ""}${show(one.value)}`);
  return `Row ${row}, column ${column}: ${value === null ? each.join(", ") : show(value)}.`;
}
