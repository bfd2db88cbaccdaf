// A picture of a grid of numbers: each is read by hovering, one is chosen by mouse, finger or arrow keys. Or a square is
// dragged over the picture, its middle in one of the grid's fields.

const pictures = new WeakMap();
const TELL_MS = 120; // while it is dragged, Python hears of it so often
const ECHO_MS = 3000; // an answer to an earlier place does not move it back

export default function ({ data, parentElement, setTriggerValue }) {
  const picture = pictures.get(parentElement) ?? create(parentElement);
  pictures.set(parentElement, picture);
  picture.choose = (place) => {
    picture.told = { place, at: performance.now() };
    setTriggerValue("chosen", place);
  };
  show(picture, unpack(data));
  return () => {
    URL.revokeObjectURL(picture.address);
    pictures.delete(parentElement);
  };
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const picture = { root: find(".places"), image: find("img"), hint: find(".hint"), digest: "", address: "" };
  picture.frames = { chosen: find(".chosen"), under: find(".under") };
  picture.root.onpointermove = (event) => mark(picture, "under", placeAt(picture, event));
  picture.root.onpointerleave = () => mark(picture, "under", null);
  picture.root.onclick = (event) => pick(picture, placeAt(picture, event));
  picture.root.onkeydown = (event) => key(picture, event);
  listenToDrags(picture);
  return picture;
}

function show(picture, given) {
  const count = given.rows * given.columns;
  picture.grid = { ...given, values: new Float32Array(given.raw.buffer, given.raw.byteOffset, count) };
  if (picture.digest !== given.digest) {
    URL.revokeObjectURL(picture.address);
    picture.address = URL.createObjectURL(new Blob([given.raw.subarray(4 * count)], { type: "image/png" }));
    picture.image.src = picture.address;
    picture.digest = given.digest;
  }
  picture.root.classList.toggle("smooth", given.smooth);
  picture.image.alt = given.alt;
  picture.root.setAttribute("aria-label", `${given.alt}. Arrow keys choose a place.`);
  picture.root.classList.toggle("square", Boolean(given.square));
  picture.frames.chosen.style.background = given.square?.colour ?? "";
  if (picture.told && performance.now() - picture.told.at < ECHO_MS && String(picture.told.place) !== String(given.chosen)) {
    picture.grid.chosen = picture.told.place;
  }
  mark(picture, "chosen", picture.grid.chosen);
}

function mark(picture, which, place) {
  const { rows, columns, chosen, values } = picture.grid;
  const style = picture.frames[which].style;
  const [row, column] = place ?? chosen;
  const name = `row ${row}, column ${column}`;
  picture.hint.textContent = picture.grid.guess ? name : `${name}: ${number(values[row * columns + column])}`;
  if (place === null) return void (style.display = "none");
  if (picture.grid.square) return which === "chosen" && layDown(picture, place);
  Object.assign(style, {
    display: "block",
    left: `${(100 * column) / columns}%`,
    top: `${(100 * row) / rows}%`,
    width: `max(${100 / columns}%, 5px)`,
    height: `max(${100 / rows}%, 5px)`,
  });
}

function layDown(picture, [row, column]) {
  const { rows, columns, square: { share } } = picture.grid;
  Object.assign(picture.frames.chosen.style, {
    display: "block", left: `${100 * ((column + 0.5) / columns - share / 2)}%`, top: `${100 * ((row + 0.5) / rows - share / 2)}%`,
    width: `${100 * share}%`, height: `${100 * share}%`,
  });
}

// The square goes with the pointer that has taken hold of it.
function listenToDrags(picture) {
  const handle = picture.frames.chosen;
  let held = null; // how far from its middle, in screen pixels
  let timer = 0;

  const tell = () => {
    clearTimeout(timer);
    timer = 0;
    picture.choose(picture.grid.chosen);
  };
  handle.onpointerdown = (event) => {
    if (!picture.grid.square) return;
    const box = handle.getBoundingClientRect();
    held = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    handle.setPointerCapture(event.pointerId);
  };
  handle.onpointermove = (event) => {
    if (!held) return;
    const place = placeAt(picture, { clientX: event.clientX - held[0], clientY: event.clientY - held[1] });
    if (place === null || String(place) === String(picture.grid.chosen)) return;
    picture.grid.chosen = place;
    mark(picture, "chosen", place);
    timer ||= setTimeout(tell, TELL_MS);
  };
  handle.onpointerup = handle.onpointercancel = () => {
    if (timer) tell();
    held = null;
  };
  handle.onclick = (event) => event.stopPropagation(); // a drag's end chooses no place
}

const number = (value) => (value === 0 ? "0" : value.toPrecision(3)).replace("-", "−");

function placeAt(picture, event) {
  const { rows, columns } = picture.grid;
  const bounds = picture.image.getBoundingClientRect();
  const row = Math.floor(((event.clientY - bounds.top) / bounds.height) * rows);
  const column = Math.floor(((event.clientX - bounds.left) / bounds.width) * columns);
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
}

function pick(picture, place) {
  if (place === null || String(place) === String(picture.grid.chosen)) return;
  picture.grid.chosen = place; // shown at once; Python hears of it next
  mark(picture, "chosen", place);
  picture.choose(place);
}

function key(picture, event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const { rows, columns, chosen } = picture.grid;
  const place = [chosen[0] + step[0], chosen[1] + step[1]];
  if (place[0] >= 0 && place[0] < rows && place[1] >= 0 && place[1] < columns) pick(picture, place);
}
