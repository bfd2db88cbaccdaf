// A picture in its frame: the pixels, the numbers of a tiny one, the box of the window, and the pointer upon it.
import { show } from "./numbers.js";

export const MOST_FIGURES = 12; // rows and columns that are readable as numbers
const SMALLEST_BOX = 9; // screen pixels: smaller ones cannot be found

export function createFrame(frame) {
  const canvas = frame.querySelector("canvas");
  const figures = frame.querySelector(".figures");
  const box = frame.querySelector(".window");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let full = { height: 1, width: 1 }; // in pixels of the picture, whatever the canvas' coarseness
  let image = null;

  function size(height, width, share = 1) {
    full = { height, width };
    frame.parentElement.style.setProperty("--ratio", width / height); // the section's, whose bars are as wide
    frame.style.setProperty("--share", share);
    frame.classList.toggle("coarse", width < 160);
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
    figures.hidden = !readable;
    frame.classList.toggle("numbered", Boolean(readable));
    if (!readable) return figures.replaceChildren();
    figures.style.gridTemplateColumns = `repeat(${width}, 1fr)`;
    const cells = Array.from(plane, (value, i) => {
      const cell = document.createElement("span");
      cell.textContent = show(value);
      cell.style.color = image.data[4 * i] * 0.3 + image.data[4 * i + 1] * 0.6 + image.data[4 * i + 2] * 0.1 > 110 ? "#111" : "#fff";
      return cell;
    });
    figures.replaceChildren(...cells);
  }

  function place(top, left, height, width) {
    const bounds = canvas.getBoundingClientRect();
    const grow = (part, whole, space) => Math.max(0, SMALLEST_BOX - (part / whole) * space);
    const [tall, wide] = [grow(height, full.height, bounds.height), grow(width, full.width, bounds.width)];
    box.style.top = `calc(${(100 * top) / full.height}% - ${tall / 2}px)`;
    box.style.left = `calc(${(100 * left) / full.width}% - ${wide / 2}px)`;
    box.style.height = `calc(${(100 * height) / full.height}% + ${tall}px)`;
    box.style.width = `calc(${(100 * width) / full.width}% + ${wide}px)`;
    box.hidden = false;
  }

  // Numbers the walk has not reached yet are held back.
  function reveal(count) {
    [...figures.children].forEach((cell, i) => cell.classList.toggle("held", i >= count));
  }

  function pixelAt(event) {
    const bounds = canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - bounds.top) / bounds.height) * full.height);
    const column = Math.floor(((event.clientX - bounds.left) / bounds.width) * full.width);
    return { row: clamp(row, full.height), column: clamp(column, full.width) };
  }

  // point({ row, column }): the pointer is over a pixel; choose({ row, column }): it was clicked or tapped.
  function listen({ point, choose }) {
    frame.onpointermove = (event) => point(pixelAt(event));
    frame.onclick = (event) => choose(pixelAt(event));
  }

  return { canvas, size, draw, write, place, reveal, listen };
}

export function clamp(i, n) {
  return Math.max(0, Math.min(n - 1, i));
}
