// A picture in its frame: the pixels, the numbers of a tiny one, the box of the window, and the pointer upon it.
import { compact, parseNumber, show } from "./numbers.js";

const MOST_PADDED = 20; // rows and columns with the padding around them
export const MOST_FIGURES = 12; // rows and columns that are readable as numbers
const SMALLEST_BOX = 9; // screen pixels: smaller ones cannot be found

export function createFrame(frame) {
  const canvas = frame.querySelector("canvas");
  const figures = frame.querySelector(".figures");
  const rim = frame.querySelector(".rim");
  const box = frame.querySelector(".window");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let full = { height: 1, width: 1 }; // in pixels of the picture, whatever the canvas' coarseness
  let image = null;
  let part = { tall: 1, wide: 1, top: 0, left: 0 }; // how many times as large it is shown, and from where on, as shares of it

  function resize(height, width, share = 1) {
    full = { height, width };
    frame.parentElement.style.setProperty("--ratio", width / height); // the section's, whose bars are as wide
    frame.style.setProperty("--share", share);
    frame.classList.toggle("coarse", width / part.wide < 160);
  }

  // Show a part of it enlarged.
  function zoom(next) {
    part = next;
    const { tall, wide, top, left } = part;
    const lengths = { "--tall": tall, "--wide-part": wide, "--up": top * tall, "--back": left * wide };
    for (const [name, share] of Object.entries(lengths)) frame.style.setProperty(name, `${100 * share}%`);
    frame.classList.toggle("coarse", full.width / wide < 160);
  }

  // `fill(pixels)` writes RGBA into a buffer kept from frame to frame.
  function draw(height, width, fill) {
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      image = null;
    }
    image ??= context.createImageData(width, height);
    fill(image.data);
    context.putImageData(image, 0, 0);
  }

  function write(plane, height, width) {
    const readable = plane && height <= MOST_FIGURES && width <= MOST_FIGURES;
    const room = width <= 5 ? 7 : width <= 8 ? 5 : 4;
    figures.hidden = !readable;
    frame.classList.toggle("numbered", Boolean(readable));
    if (!readable) return figures.replaceChildren();
    figures.style.setProperty("--columns", width);
    figures.style.setProperty("--rows", height);
    const cells = Array.from(plane, (value, i) => {
      const cell = document.createElement("span");
      cell.textContent = compact(Number(value.toPrecision(3)), room);
      cell.title = show(value, 6);
      cell.style.color = image.data[4 * i] * 0.3 + image.data[4 * i + 1] * 0.6 + image.data[4 * i + 2] * 0.1 > 110 ? "#111" : "#fff";
      return cell;
    });
    figures.replaceChildren(...cells);
  }

  // The cells that padding adds around tiny pictures, in their places; null takes them away. Returns the share of the
  // width that is left for the picture itself.
  function surround(padded, top, left) {
    rim.hidden = !padded || figures.hidden || Math.max(padded.height, padded.width) > MOST_PADDED;
    const around = rim.hidden ? { height: full.height, width: full.width } : padded;
    const share = full.width / around.width;
    const part = (cells) => `calc(var(--wide) * ${cells / around.width})`;
    if (rim.hidden) [top, left] = [0, 0];
    const [below, right] = [around.height - full.height - top, around.width - full.width - left];
    frame.style.margin = rim.hidden ? "" : [top, right, below, left].map(part).join(" ");
    frame.style.setProperty("--share", share);
    frame.classList.toggle("rimmed", !rim.hidden);
    if (rim.hidden) rim.replaceChildren();
    else fillRim(padded, top, left);
    return share;
  }

  function fillRim({ height, width, planes: [plane] }, top, left) {
    const inner = (row, column) => row >= top && row < top + full.height && column >= left && column < left + full.width;
    Object.assign(rim.style, {
      top: `${(-100 * top) / full.height}%`, left: `${(-100 * left) / full.width}%`,
      height: `${(100 * height) / full.height}%`, width: `${(100 * width) / full.width}%`,
    });
    rim.style.setProperty("--columns", width);
    rim.style.setProperty("--rows", height);
    rim.replaceChildren(...Array.from(plane, (value, i) => {
      const cell = document.createElement("span");
      const padding = !inner(Math.floor(i / width), i % width);
      cell.classList.toggle("inner", !padding);
      if (padding) cell.textContent = compact(Number(value.toPrecision(3)), 4);
      return cell;
    }));
  }

  function place(top, left, height, width) {
    const bounds = canvas.getBoundingClientRect();
    const grow = (part, whole, space) => Math.max(0, SMALLEST_BOX - (part / whole) * space);
    const [tall, wide] = [grow(height, full.height, bounds.height), grow(width, full.width, bounds.width)];
    const [down, across] = [100 * part.tall, 100 * part.wide];
    box.style.top = `calc(${down * (top / full.height - part.top)}% - ${tall / 2}px)`;
    box.style.left = `calc(${across * (left / full.width - part.left)}% - ${wide / 2}px)`;
    box.style.height = `calc(${(down * height) / full.height}% + ${tall}px)`;
    box.style.width = `calc(${(across * width) / full.width}% + ${wide}px)`;
    box.hidden = false;
  }

  // What the walk has not reached yet is held back: `last` is where it stands, `rows` how many a step covers; null: all shown.
  function reveal(last, rows = 1) {
    const reached = last ? last.row * full.width + last.column : Infinity;
    [...figures.children].forEach((cell, i) => cell.classList.toggle("held", i > reached));
    canvas.style.clipPath = last ? walked(last, rows) : "";
  }

  function walked({ row, column }, rows) {
    const [top, bottom] = [row, Math.min(full.height, row + rows)].map((value) => `${(100 * value) / full.height}%`);
    const right = `${(100 * (column + 1)) / full.width}%`;
    return `polygon(0 0, 100% 0, 100% ${top}, ${right} ${top}, ${right} ${bottom}, 0 ${bottom})`;
  }

  function pixelAt(event) {
    const [across, down] = sharesOf(event, canvas);
    const [row, column] = [Math.floor(down * full.height), Math.floor(across * full.width)];
    return { row: clamp(row, 0, full.height - 1), column: clamp(column, 0, full.width - 1) };
  }

  // A figure is written anew in its place: Enter or leaving it counts, Escape does not.
  function edit(place, edited) {
    const cell = figures.hidden ? null : figures.children[place.row * full.width + place.column];
    if (!cell) return;
    const before = cell.textContent;
    Object.assign(cell, { contentEditable: "true", textContent: cell.title });
    cell.focus();
    getSelection().selectAllChildren(cell);
    cell.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Escape") cell.textContent = cell.title;
      if (event.key === "Enter" || event.key === "Escape") cell.blur();
    };
    cell.onblur = () => {
      const value = parseNumber(cell.textContent);
      const changed = !Number.isNaN(value) && cell.textContent !== cell.title;
      Object.assign(cell, { contentEditable: "false", textContent: before });
      if (changed) edited(place, value);
    };
  }

  // point({ row, column }): the pointer is over a pixel; choose({ row, column }): it was clicked or tapped;
  // edited({ row, column }, value): its number was written anew after a double click.
  function listen({ point, choose, edited }) {
    frame.onpointermove = (event) => point(pixelAt(event));
    frame.onclick = (event) => choose(pixelAt(event));
    if (edited) frame.ondblclick = (event) => edit(pixelAt(event), edited);
  }

  return { canvas, resize, zoom, draw, write, surround, place, reveal, listen, get size() { return full; } };
}
