// A part of the picture and the same part of the result, enlarged alike; the part can become the visitor's picture.
import { windowBox } from "./arithmetic.js";

const LEAST_SHOWN = 8; // pixels each way: a smaller part says nothing
const PAN_START = 4; // screen pixels before a press becomes a pan
const WHOLE = { tall: 1, wide: 1, top: 0, left: 0 };

// frame(): the last one painted; crop([top, left, bottom, right]): these shares of the picture are to be all of it.
export function createZoom(root, { picture, result, frame, crop }) {
  const choice = root.querySelector('[data-role="zoom"]');
  const cropButton = root.querySelector('[data-act="crop"]');
  const area = root.querySelector('[data-role="picture-frame"]');
  let [factor, centre] = [1, [0.5, 0.5]]; // how many times as large; where, as shares of the picture
  let looked = centre; // the middle of the window
  let pan = null;

  const begin = () => centre.map((share) => clamp(share - 0.5 / factor, 0, 1 - 1 / factor));

  // What is too small to be enlarged is not; a picture of plain numbers is large enough.
  function offer({ height, width, planes }) {
    const most = planes.length === 1 ? 1 : Math.max(1, Math.min(height, width) / LEAST_SHOWN);
    for (const option of choice.options) option.disabled = Number(option.value) > most;
    choice.hidden = most < Number(choice.options[1].value);
    if (factor > most) set(1);
  }

  function set(next) {
    [factor, centre] = [next, looked];
    choice.value = String(next);
    cropButton.hidden = next === 1;
    area.classList.toggle("pans", next > 1);
    show();
  }

  function show() {
    const [top, left] = begin();
    picture.zoom(factor === 1 ? WHOLE : { tall: factor, wide: factor, top, left });
    if (frame()) result.zoom(factor === 1 ? WHOLE : alike(frame(), top, left));
  }

  // The part of the result whose windows have their middle in the picture's part.
  function alike({ settings, picture: { height, width } }, top, left) {
    const { stride } = settings;
    const [first, second, high, wide] = windowBox(settings, { row: 0, column: 0 });
    const { height: rows, width: columns } = result.size;
    const share = (part, n, from, reach, m) => (part * n - from - (reach - stride) / 2) / stride / m;
    return {
      tall: (factor * rows * stride) / height, wide: (factor * columns * stride) / width,
      top: share(top, height, first, high, rows), left: share(left, width, second, wide, columns),
    };
  }

  // The window has moved: what is out of sight comes into the middle.
  function follow([top, left, high, wide]) {
    const { height, width } = frame().picture;
    looked = [(top + high / 2) / height, (left + wide / 2) / width];
    if (factor === 1 || pan) return;
    const out = begin().some((from, axis) => looked[axis] < from || looked[axis] > from + 1 / factor);
    if (!out) return;
    centre = looked;
    show();
  }

  // -- by hand

  area.addEventListener("pointerdown", ({ pointerId, clientX, clientY }) => {
    if (factor === 1) return;
    area.setPointerCapture(pointerId);
    pan = { pointerId, clientX, clientY, from: begin().map((share) => share + 0.5 / factor), far: false };
  });
  area.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
    if (pan?.pointerId !== pointerId) return;
    const [down, right] = [clientY - pan.clientY, clientX - pan.clientX];
    if (!pan.far && Math.hypot(down, right) < PAN_START) return;
    pan.far = true;
    centre = [pan.from[0] - down / area.clientHeight / factor, pan.from[1] - right / area.clientWidth / factor];
    show();
  });
  area.addEventListener("pointerup", () => setTimeout(() => { pan = null; })); // after the click
  area.addEventListener("pointercancel", () => { pan = null; });
  area.addEventListener("click", (event) => { // the end of a pan chooses no pixel
    if (pan?.far) event.stopPropagation();
  }, true);
  choice.onchange = () => set(Number(choice.value));

  function cut() {
    const [top, left] = begin();
    crop([top, left, top + 1 / factor, left + 1 / factor]);
  }

  return { offer, show, follow, cut };
}
