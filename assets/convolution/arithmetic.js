// One pixel in numbers: the patch under the window, the weights, the products and what they add up to.
import { flatKernel, padBefore, patchAt } from "./convolve.js";
import { largestOf, tint } from "./kernel.js";
import { brief, show } from "./numbers.js";

const LETTERS = ["R", "G", "B"];
const MOST_WRITTEN = 9; // larger kernels are shown as colours alone

// What the window sees in every channel, and the values it gives; summed in double precision, like a patient human.
export function explain(picture, settings, { row, column }) {
  const weights = flatKernel(settings.kernel, settings.flip);
  const channels = picture.planes.map((_, channel) => {
    const patch = patchAt(picture, settings, row, column, channel);
    const products = patch.map((value, i) => value * weights[i]);
    const sum = products.reduce((a, b) => a + b, 0);
    return { patch, products, sum, value: settings.scale * sum + settings.bias };
  });
  return { weights, channels };
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
  const find = (role) => section.querySelector(`[data-role="${role}"]`);
  const total = section.querySelector(".total");
  const chooser = section.querySelector(".channels");
  let channel = 0;

  function fill(cells, values, columns, colour, digits) {
    const written = columns <= MOST_WRITTEN && values.length / columns <= MOST_WRITTEN;
    if (cells.children.length !== values.length) {
      cells.replaceChildren(...values.map(() => document.createElement("span")));
    }
    cells.style.setProperty("--columns", columns);
    cells.dataset.size = written ? (columns <= 3 ? "3" : columns <= 5 ? "5" : "9") : "15";
    values.forEach((value, i) => {
      const cell = cells.children[i];
      cell.textContent = written ? brief(value, digits) : "";
      if (!written) cell.title = show(value);
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

  // shades: value → CSS of a patch cell, as it looks in the picture.
  function update({ weights, channels }, settings, shade) {
    const columns = settings.kernel[0].length;
    const names = channels.length === 1 ? [""] : LETTERS;
    chooseChannels(channels.length, names);
    const { patch, products } = channels[channel];
    const largest = largestOf(settings.kernel);
    const most = products.reduce((top, p) => Math.max(top, Math.abs(p)), 0);
    const digits = columns <= 5 ? 3 : 2;
    fill(find("patch"), patch, columns, (value) => shade(value, channel), digits);
    fill(find("weights"), [...weights], columns, (w) => ({ backgroundColor: tint(w, largest) }), digits);
    fill(find("products"), products, columns, (p) => ({ backgroundColor: tint(p, most) }), digits);
    find("weights-note").textContent = settings.flip ? "kernel, flipped" : "kernel";
    total.replaceChildren(...channels.map((one, i) => buildTotal(one, names[i], settings, i === channel)));
  }

  function buildTotal({ products, sum, value }, name, { scale, bias }, chosen) {
    const line = document.createElement("div");
    line.classList.toggle("chosen", chosen);
    line.dataset.value = value;
    const result = document.createElement("b");
    result.textContent = show(value, 4);
    const after = scale === 1 && bias === 0 ? "" : `${show(sum, 4)}; ${scaled(sum, scale, bias)} = `;
    line.append(`${name ? `${name}: ` : ""}sum of ${products.length} = ${after}`, result);
    return line;
  }

  function scaled(sum, scale, bias) {
    const shift = bias === 0 ? "" : ` ${bias < 0 ? "−" : "+"} ${show(Math.abs(bias))}`;
    return `${scale === 1 ? "" : `${show(scale)} · `}${show(sum, 4)}${shift}`;
  }

  return { update };
}

// For screen readers, in one sentence.
export function spoken({ channels }, { row, column }) {
  const values = channels.map(({ value }, i) => `${channels.length > 1 ? `${["red", "green", "blue"][i]} ` : ""}${show(value)}`);
  return `Row ${row + 1}, column ${column + 1}: ${values.join(", ")}.`;
}
