// The kernel grid: every weight an input that can be typed, dragged, stepped by keys and pasted into.
import { sizeClass, tint } from "./cells.js";
import { parseBlock } from "./blocks.js";
import { createDrag } from "./drag.js";
import { LARGEST_WEIGHT, compact, faulty, parseNumber, plain, show } from "./numbers.js";
import { largestOf } from "./tools.js";

const DRAG_STEP = 0.02; // of the kernel's unit, for each pixel

// The power of ten the weights live on: one pixel of a drag, one press of a key are fractions of it.
function unitOf(kernel) {
  const largest = largestOf([kernel]);
  return largest ? Math.min(1, 10 ** Math.floor(Math.log10(largest) + 1e-9)) : 1;
}

function rounded(value, step) {
  const bounded = clamp(value, -LARGEST_WEIGHT, LARGEST_WEIGHT);
  return Number((Math.round(bounded / step) * step).toPrecision(12)) + 0; // + 0: no negative zero
}

// on.change(cell): a weight or a fault has come or gone; on.point(words): what the cell under the pointer holds; on.pasted(grid): a block of another size, perhaps; on.say(sentence): a
// paste failed; on.rest(): a drag ended; on.largest(): the weight that is tinted fully.
export function createKernelGrid(element, on) {
  let kernel = [[0]];
  let colour = ""; // of the channel it is for, if it is for one
  let room = 6; // characters a cell can show
  let fresh = null; // the cell that has just got the focus
  const inputs = () => [...element.children];
  const at = (i, j) => element.children[i * kernel[0].length + j];
  const place = (input) => [Number(input.dataset.row), Number(input.dataset.column)];

  function build() {
    drag.stop(); // its cell goes
    const [rows, columns] = [kernel.length, kernel[0].length];
    const most = Math.max(rows, columns);
    room = colour && most <= 5 ? 4 : most <= 3 ? 7 : most <= 5 ? 6 : most <= 7 ? 5 : most <= 9 ? 4 : 3;
    element.style.setProperty("--columns", columns);
    element.dataset.size = sizeClass(most);
    element.replaceChildren(...kernel.flatMap((row, i) => row.map((_, j) => buildCell(i, j))));
  }

  function buildCell(i, j) {
    const input = document.createElement("input");
    Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    Object.assign(input.dataset, { row: i, column: j });
    input.tabIndex = i || j ? -1 : 0; // one stop for the Tab key; the arrows do the rest
    input.setAttribute("aria-label", `${colour} row ${i} column ${j} weight`.trim());
    return input;
  }

  function paintCells({ all = false } = {}) {
    const largest = on.largest();
    const focused = element.getRootNode().activeElement;
    for (const input of inputs()) {
      const [i, j] = place(input);
      input.style.setProperty("--tint", tint(kernel[i][j], largest));
      if (!all && (input === focused || input.ariaInvalid === "true")) continue;
      input.value = input === focused ? plain(kernel[i][j]) : compact(kernel[i][j], room);
      input.ariaInvalid = null;
      input.title = `row ${i}, column ${j}: ${show(kernel[i][j], 6)}`;
    }
  }

  function replace(next, name) {
    const fits = next.length === kernel.length && next[0].length === kernel[0].length && name === colour && element.children.length;
    kernel = next.map((row) => [...row]);
    colour = name;
    element.setAttribute("aria-label", `${colour} kernel weights`.trim());
    if (!fits) build();
  }

  function put(input, value, moving) {
    const [i, j] = place(input);
    kernel[i][j] = value;
    input.ariaInvalid = null;
    if (moving) input.value = plain(value);
    on.change(`${colour} ${i} ${j}`);
  }

  // A sentence about the first cell that holds no number, "" when all do.
  function fault() {
    const input = inputs().find((cell) => cell.ariaInvalid === "true");
    return input ? faulty(input.value, ...place(input), colour) : "";
  }

  function typed({ target }) {
    const value = parseNumber(target.value);
    if (Number.isNaN(value)) {
      target.ariaInvalid = "true";
      on.change(`${colour} ${place(target)}`);
    } else put(target, value, false);
  }

  function pasted(event) {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!Number.isNaN(parseNumber(text))) return; // one number goes into the cell like any text
    event.preventDefault();
    try {
      on.pasted(parseBlock(text));
    } catch (error) {
      return on.say(error.message);
    }
    at(0, 0).focus();
  }

  function focusCell(i, j) {
    const input = at(clamp(i, 0, kernel.length - 1), clamp(j, 0, kernel[0].length - 1));
    input.focus();
    input.select();
  }

  function nudge(input, direction, event) {
    const step = unitOf(kernel) * (event.shiftKey ? 1 : 0.1);
    const [i, j] = place(input);
    put(input, rounded(kernel[i][j] + direction * step, step / 100), true);
    input.select();
    on.rest();
  }

  function pressed(event) {
    const input = event.target;
    const [i, j] = place(input);
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const moves = {
      ArrowUp: () => (event.altKey ? nudge(input, 1, event) : focusCell(i - 1, j)),
      ArrowDown: () => (event.altKey ? nudge(input, -1, event) : focusCell(i + 1, j)),
      PageUp: () => nudge(input, 1, event),
      PageDown: () => nudge(input, -1, event),
      ArrowLeft: () => (whole || input.selectionEnd === 0) && focusCell(i, j - 1),
      ArrowRight: () => (whole || input.selectionStart === input.value.length) && focusCell(i, j + 1),
      Enter: () => focusCell(i + (event.shiftKey ? -1 : 1), j),
      Escape: () => restore(input),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey) return;
    if (move() !== false) event.preventDefault();
  }

  function restore(input) {
    const [i, j] = place(input);
    put(input, kernel[i][j], true);
    input.select();
  }

  function dragged(input, up, { from, unit }) {
    const step = DRAG_STEP * unit;
    put(input, rounded(from + up * step, step), true);
  }

  function dropped(input) {
    if (element.getRootNode().activeElement !== input) paintCells({ all: true });
    on.rest();
  }

  function focused({ target }) {
    for (const input of inputs()) input.tabIndex = input === target ? 0 : -1;
    if (target.ariaInvalid !== "true") target.value = plain(kernel[place(target)[0]][place(target)[1]]);
    fresh = target;
    target.select();
  }

  // The click that brings the focus selects all, so that typing replaces; a second one places the caret.
  function clicked({ target }) {
    if (target === fresh && target.selectionStart === target.selectionEnd) target.select();
    fresh = null;
  }

  const drag = createDrag(element, {
    begin: (input) => ({ from: kernel[place(input)[0]][place(input)[1]], unit: unitOf(kernel) }),
    move: dragged, end: dropped,
  });
  Object.assign(element, { oninput: typed, onpaste: pasted, onkeydown: pressed, onclick: clicked });
  element.addEventListener("pointerover", ({ target }) => target.title && on.point(target.title));
  element.addEventListener("pointerleave", () => on.point(""));
  element.addEventListener("focusin", focused);
  element.addEventListener("focusout", () => setTimeout(paintCells));
  return {
    replace, fault,
    paint: paintCells,
    get grid() { return kernel.map((row) => [...row]); },
    get dragging() { return drag.moving; },
  };
}
