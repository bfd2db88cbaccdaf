// A sheet of tiles of which one is chosen: by mouse, finger or arrow keys. The sheet is one picture; nothing is redrawn.

const sheets = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const sheet = sheets.get(parentElement) ?? create(parentElement);
  sheets.set(parentElement, sheet);
  sheet.choose = (tile) => setStateValue("click", { tile, number: ++sheet.clicks });
  sheet.show(unpack(data));
  return () => {
    URL.revokeObjectURL(sheet.address);
    sheets.delete(parentElement);
  };
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const sheet = { root: find(".tiles"), image: find("img"), hint: find(".hint"), frames: {}, digest: "", address: "" };
  sheet.clicks = Date.now(); // so that the clicks of an earlier visit had lower numbers
  sheet.frames = { chosen: find(".chosen"), under: find(".under") };
  sheet.show = (given) => show(sheet, given);
  sheet.root.onpointermove = (event) => hover(sheet, indexAt(sheet, event));
  sheet.root.onpointerleave = () => hover(sheet, -1);
  sheet.root.onclick = (event) => pick(sheet, indexAt(sheet, event));
  sheet.root.onkeydown = (event) => key(sheet, event);
  return sheet;
}

function show(sheet, given) {
  const news = sheet.digest !== given.digest || sheet.layout?.turn !== given.turn;
  sheet.layout = news ? given : { ...given, chosen: sheet.layout.chosen }; // told the same again: the last click stands
  if (sheet.digest !== given.digest) {
    URL.revokeObjectURL(sheet.address);
    sheet.address = URL.createObjectURL(new Blob([given.raw]));
    sheet.image.src = sheet.address;
    sheet.digest = given.digest;
  }
  sheet.root.classList.toggle("smooth", given.smooth);
  sheet.image.alt = given.alt;
  sheet.root.setAttribute("aria-label", `${given.alt}. Arrow keys choose.`);
  frame(sheet, "chosen", sheet.layout.chosen);
  say(sheet);
  sheet.hint.textContent = given.names[sheet.layout.chosen] ?? "";
}

function frame(sheet, which, index) {
  const { columns, count, tile, gap, width, height } = sheet.layout;
  const style = sheet.frames[which].style;
  if (index < 0 || index >= count) return void (style.display = "none");
  const left = (index % columns) * (tile[1] + gap);
  const top = Math.floor(index / columns) * (tile[0] + gap);
  Object.assign(style, {
    display: "block",
    left: `${(100 * left) / width}%`,
    top: `${(100 * top) / height}%`,
    width: `${(100 * tile[1]) / width}%`,
    height: `${(100 * tile[0]) / height}%`,
  });
}

// One of a row is chosen by keys: to who can't see the sheet it is a slider whose value has a name.
function say(sheet) {
  const { chosen, count, names } = sheet.layout;
  const told = { valuemax: count - 1, valuenow: Math.max(0, chosen), valuetext: names[chosen] ?? "none chosen" };
  for (const [name, value] of Object.entries(told)) sheet.root.setAttribute(`aria-${name}`, value);
}

function indexAt(sheet, event) {
  const { columns, count, tile, gap, width, height } = sheet.layout;
  const bounds = sheet.image.getBoundingClientRect();
  const column = Math.floor((((event.clientX - bounds.left) / bounds.width) * width) / (tile[1] + gap));
  const row = Math.floor((((event.clientY - bounds.top) / bounds.height) * height) / (tile[0] + gap));
  const index = row * columns + column;
  return column >= 0 && column < columns && row >= 0 && index < count ? index : -1;
}

function hover(sheet, index) {
  frame(sheet, "under", index);
  sheet.hint.textContent = sheet.layout.names[index < 0 ? sheet.layout.chosen : index] ?? "";
}

function pick(sheet, index) {
  if (index < 0 || index === sheet.layout.chosen) return;
  sheet.layout.chosen = index; // shown at once; Python hears of it next
  frame(sheet, "chosen", index);
  say(sheet);
  sheet.hint.textContent = sheet.layout.names[index] ?? "";
  sheet.choose(index);
}

function key(sheet, event) {
  const { columns, count, chosen } = sheet.layout;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -chosen, End: count - 1 - chosen };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  if (chosen + step >= 0 && chosen + step < count) pick(sheet, chosen + step);
}
