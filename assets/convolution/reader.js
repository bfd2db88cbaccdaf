// One product of the many: pointed at, tapped or walked to with the arrow keys, and written out in full.
import { show } from "./numbers.js";

const DIGITS = 4;

export function createReader(section) {
  const sums = section.querySelector(".sums");
  const line = section.querySelector('[data-role="read"]');
  const grids = [...sums.querySelectorAll(".cells")];
  let numbers = null; // { patch, weights, products }, row by row
  let columns = 1;
  let read = null; // which of them

  function write() {
    if (read === null) return;
    read = clamp(read, 0, numbers.products.length - 1); // the kernel may have shrunk
    for (const grid of grids) {
      grid.querySelector(".read")?.classList.remove("read");
      grid.children[read].classList.add("read");
    }
    const [x, w, product] = [numbers.patch, numbers.weights, numbers.products].map((list) => show(list[read], DIGITS));
    line.textContent = `row ${Math.floor(read / columns)}, column ${read % columns}: ${x} × ${w} = ${product}`;
  }

  function point({ target }) {
    if (!target.matches(".cells span")) return;
    read = [...target.parentElement.children].indexOf(target);
    write();
  }

  function key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!step || !numbers) return;
    event.preventDefault();
    const next = (read ?? -step) + step; // the first press reads the first
    if (next >= 0 && next < numbers.products.length) read = next;
    write();
  }

  Object.assign(sums, { onpointermove: point, onclick: point, onkeydown: key });
  return {
    update(next, width) {
      numbers = next;
      columns = width;
      write();
    },
  };
}
