// A picture of a grid of numbers: each is read by hovering, one is chosen by mouse, finger or arrow keys.

const ECHO_MS = 3000; // an answer to an earlier place does not move it back

export default function ({ data, parentElement, setTriggerValue }) {
  const picture = instanceIn(parentElement, () => create(parentElement));
  picture.choose = (place) => {
    picture.told.note((picture.asked = place));
    setTriggerValue("chosen", place);
  };
  show(picture, unpack(data));
  return endOf(parentElement, () => URL.revokeObjectURL(picture.address));
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const picture = { root: find(".places"), image: find("img"), hint: find(".hint"), digest: "", address: "", told: createTold(ECHO_MS), asked: null };
  picture.frames = { chosen: find(".chosen"), under: find(".under") };
  picture.root.onpointermove = (event) => mark(picture, "under", placeAt(picture, event));
  picture.root.onpointerleave = () => mark(picture, "under", null);
  picture.root.onclick = (event) => pick(picture, placeAt(picture, event));
  picture.root.onkeydown = (event) => key(picture, event);
  return picture;
}

function show(picture, given) {
  const count = given.rows * given.columns;
  picture.grid = { ...given, values: new Float32Array(given.raw.buffer, given.raw.byteOffset, count) };
  if (picture.digest !== given.digest) {
    picture.address = addressOf(given.raw.subarray(4 * count), picture.address);
    picture.image.src = picture.address;
    picture.digest = given.digest;
  }
  picture.root.classList.toggle("smooth", given.smooth);
  picture.image.alt = given.alt;
  picture.root.setAttribute("aria-label", `${given.alt}. Arrow keys choose a place.`);
  if (picture.told.isLate(given.chosen)) picture.grid.chosen = picture.asked;
  mark(picture, "chosen", picture.grid.chosen);
}

function mark(picture, which, place) {
  const { rows, columns, chosen, values } = picture.grid;
  const style = picture.frames[which].style;
  const [row, column] = place ?? chosen;
  const name = `row ${row}, column ${column}`;
  picture.hint.textContent = picture.grid.guess ? name : `${name}: ${number(values[row * columns + column])}`;
  if (place === null) return void (style.display = "none");
  Object.assign(style, {
    display: "block",
    left: `${(100 * column) / columns}%`,
    top: `${(100 * row) / rows}%`,
    width: `max(${100 / columns}%, 5px)`,
    height: `max(${100 / rows}%, 5px)`,
  });
}

const number = (value) => trueMinus(value === 0 ? "0" : value.toPrecision(3));

function placeAt(picture, event) {
  const { rows, columns } = picture.grid;
  const [across, down] = sharesOf(event, picture.image);
  const [row, column] = [Math.floor(down * rows), Math.floor(across * columns)];
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
}

function pick(picture, place) {
  if (place === null || String(place) === String(picture.grid.chosen)) return;
  picture.grid.chosen = place; // shown at once; Python hears of it next
  mark(picture, "chosen", place);
  picture.choose(place);
}

function key(picture, event) {
  const step = ARROWS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const { rows, columns, chosen } = picture.grid;
  const place = [chosen[0] + step[0], chosen[1] + step[1]];
  if (place[0] >= 0 && place[0] < rows && place[1] >= 0 && place[1] < columns) pick(picture, place);
}
