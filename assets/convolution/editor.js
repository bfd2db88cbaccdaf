// The kernel's side of the screen: one grid of weights, or three for a filter over colours, with sizes, sum and tools.
import { createKernelGrid } from "./kernel.js";
import { LARGEST_KERNEL, show } from "./numbers.js";
import { TOOLS, largestOf, looksTurned, readSizes, resized, sumOf } from "./tools.js";

const NAMES = ["red", "green", "blue"];

// on.change(grids, source): good weights, by which cell if it was one; on.point(words): a cell is pointed at; on.say(sentence): what is wrong, "" when nothing is; on.rest(): the hand is done.
export function createEditor(root, on) {
  const place = root.querySelector(".grids");
  const sizes = ["rows", "columns"].map(partsOf(root, "size"));
  const chooser = root.querySelector('[data-role="grid-chooser"]');
  const buttons = [...chooser.children];
  const members = [...place.querySelectorAll(".grid")].map((element, i) =>
    createKernelGrid(element, {
      change: (cell) => changed(cell),
      point: on.point,
      pasted: (grid) => pasted(i, grid),
      say: on.say,
      rest: on.rest,
      largest: () => largestOf(grids()),
    }),
  );
  let count = 1; // grids in use
  const used = () => members.slice(0, count);
  const grids = () => used().map((member) => member.grid);

  // A kernel with a faulty cell is not used: the last good one stays until the cell is mended.
  function changed(source) {
    used().forEach((member) => member.paint());
    const fault = used().map((member) => member.fault()).find(Boolean);
    if (fault) return on.say(`${fault[0].toUpperCase()}${fault.slice(1)} The last good kernel stays until it is one.`);
    on.say("");
    showFacts();
    on.change(grids(), source);
  }

  function pasted(i, grid) {
    const [rows, columns] = [grid.length, grid[0].length];
    use(grids().map((old, c) => (c === i ? grid : resized(old, rows, columns))));
  }

  function use(next) {
    replace(next);
    on.say("");
    on.change(grids());
  }

  function replace(next) {
    count = next.length;
    place.dataset.count = count;
    next.forEach((grid, i) => members[i].replace(grid, count > 1 ? NAMES[i] : ""));
    used().forEach((member) => member.paint({ all: true }));
    [sizes[0].value, sizes[1].value] = [next[0].length, next[0][0].length];
    sizes.forEach((field) => { field.ariaInvalid = null; });
    root.dataset.size = place.querySelector(".grid").dataset.size; // the layout makes room for it
    showFacts();
  }

  function showFacts() {
    root.querySelector('[data-role="sum"]').textContent = show(sumOf(grids()), 4);
  }

  // With large grids there is room for one of the three.
  function choose(chosen) {
    place.dataset.chosen = chosen;
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === chosen)));
  }

  function resize() {
    const wanted = readSizes(sizes);
    if (!wanted) return on.say(`A kernel has 1 to ${LARGEST_KERNEL} rows and columns; the last good one stays.`);
    use(grids().map((grid) => resized(grid, ...wanted)));
  }

  function useTool(name) {
    try {
      use(TOOLS[name](grids()));
    } catch (error) {
      on.say(error.message);
    }
  }

  // Only what is finished counts: on its way to 15 stands a 1, which would crop the kernel.
  for (const field of sizes) field.onchange = resize;
  buttons.forEach((button, i) => { button.onclick = () => choose(i); });
  choose(0);
  return {
    replace, useTool,
    looksTurned: () => looksTurned(grids()),
    get dragging() { return members.some((member) => member.dragging); },
  };
}
