// A sheet of tiles of which one is chosen: by mouse, finger or arrow keys. The sheet is one picture, laid out anew only
// where its tiles would be narrower than asked.

const WORD = 8.5; // of its letters' height: a tile is no narrower than a long word beneath it

export default function ({ data, parentElement, setStateValue }) {
  const sheet = instanceIn(parentElement, () => create(parentElement));
  sheet.choose = (tile) => setStateValue("click", { tile, number: ++sheet.clicks });
  sheet.show(unpack(data));
  return endOf(parentElement, () => {
    URL.revokeObjectURL(sheet.address);
    sheet.size.disconnect();
  });
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const sheet = { root: find(".tiles"), image: find("img"), canvas: find("canvas"), hint: find(".hint"), captions: find(".captions"), frames: {}, digest: "", address: "" };
  sheet.clicks = Date.now(); // so that the clicks of an earlier visit had lower numbers
  sheet.frames = { chosen: find(".chosen"), under: find(".under") };
  sheet.show = (given) => show(sheet, given);
  sheet.root.onpointermove = (event) => hover(sheet, indexAt(sheet, event));
  sheet.root.onpointerleave = () => hover(sheet, -1);
  sheet.root.onclick = (event) => pick(sheet, indexAt(sheet, event));
  sheet.root.onkeydown = (event) => key(sheet, event);
  sheet.image.onload = () => paint(sheet);
  sheet.size = new ResizeObserver(() => arrange(sheet));
  sheet.size.observe(sheet.root);
  return sheet;
}

function show(sheet, given) {
  const news = sheet.digest !== given.digest || sheet.layout?.turn !== given.turn;
  const chosen = news ? given.chosen : sheet.layout.chosen; // told the same again: the last click stands
  sheet.layout = { ...given, chosen, packed: given.columns };
  if (sheet.digest !== given.digest) {
    sheet.address = addressOf(given.raw, sheet.address, ""); // PNG or WebP: the browser sees which
    sheet.image.src = sheet.address;
    sheet.digest = given.digest;
  }
  sheet.root.classList.toggle("smooth", given.smooth);
  sheet.captions.replaceChildren(...given.captions.map((words) => Object.assign(document.createElement("span"), { textContent: words })));
  sheet.image.alt = given.alt;
  sheet.root.setAttribute("aria-label", `${given.alt}. Arrow keys choose.`);
  arrange(sheet);
  say(sheet);
  sheet.hint.textContent = given.names[sheet.layout.chosen] ?? "";
}

// As many columns as came, or fewer, so that a finger hits each: how wide the screen is, only the browser knows.
function arrange(sheet) {
  const { packed, count, tile, gap } = sheet.layout;
  const [named] = sheet.captions.children;
  const least = Math.max(sheet.layout.least, named ? WORD * parseFloat(getComputedStyle(named).fontSize) : 0);
  const across = tile[1] + gap;
  const width = sheet.root.clientWidth; // 0 while nothing is laid out
  const fitting = least && width ? Math.floor(((width * tile[1]) / least + gap) / across) : packed;
  const columns = clamp(fitting, 1, packed);
  const rows = Math.ceil(count / columns);
  Object.assign(sheet.layout, { columns, width: columns * across - gap });
  const room = named ? roomBeneath(sheet, width) : 0;
  const pitch = tile[0] + room + gap; // from row to row
  Object.assign(sheet.layout, { pitch, height: rows * pitch - gap });
  sheet.image.hidden = columns !== packed || Boolean(named);
  sheet.canvas.hidden = !sheet.image.hidden;
  paint(sheet);
  frame(sheet, "chosen", sheet.layout.chosen);
  frame(sheet, "under", -1);
  [...sheet.captions.children].forEach((one, i) => Object.assign(one.style, beneath(sheet.layout, i)));
}

// How high the highest caption is, in the sheet's own pixels.
function roomBeneath({ captions, layout: { tile, width } }, shown) {
  for (const one of captions.children) one.style.width = `${(100 * tile[1]) / width}%`;
  const high = Math.max(...[...captions.children].map((one) => one.offsetHeight));
  return shown ? Math.ceil((high * width) / shown) : 0;
}

function beneath({ columns, tile: [high, wide], gap, pitch, width, height }, index) {
  const [left, top] = [(index % columns) * (wide + gap), Math.floor(index / columns) * pitch + high];
  return { left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%` };
}

function paint({ image, canvas, layout }) {
  if (canvas.hidden) return;
  const { columns, packed, count, tile: [high, wide], gap, pitch, width, height } = layout;
  const place = (index, across, down) => [(index % across) * (wide + gap), Math.floor(index / across) * down];
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  for (let i = 0; i < count; i++) context.drawImage(image, ...place(i, packed, high + gap), wide, high, ...place(i, columns, pitch), wide, high);
}

function frame(sheet, which, index) {
  const { columns, count, tile, gap, pitch, width, height } = sheet.layout;
  const style = sheet.frames[which].style;
  if (index < 0 || index >= count) return void (style.display = "none");
  const left = (index % columns) * (tile[1] + gap);
  const top = Math.floor(index / columns) * pitch;
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
  const { columns, count, tile, gap, pitch, width, height } = sheet.layout;
  const [across, down] = sharesOf(event, sheet.root);
  const [row, column] = [Math.floor((down * height) / pitch), Math.floor((across * width) / (tile[1] + gap))];
  const index = row * columns + column;
  return column >= 0 && column < columns && row >= 0 && index < count ? index : -1;
}

function hover(sheet, index) {
  frame(sheet, "under", index);
  sheet.hint.style.top = index < sheet.layout.columns ? "" : sheet.frames.under.style.top; // a sheet may be longer than the screen
  sheet.hint.textContent = sheet.layout.names[index < 0 ? sheet.layout.chosen : index] ?? "";
}

function pick(sheet, index) {
  if (index < 0 || (index === sheet.layout.chosen && !sheet.layout.again)) return;
  sheet.layout.chosen = index; // shown at once; Python hears of it next
  frame(sheet, "chosen", index);
  say(sheet);
  sheet.hint.textContent = sheet.layout.names[index] ?? "";
  sheet.choose(index);
}

function key(sheet, event) {
  const { columns, count, chosen, again } = sheet.layout;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -chosen, End: count - 1 - chosen };
  const step = again && event.key === "Enter" ? 0 : steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  if (chosen + step >= 0 && chosen + step < count) pick(sheet, chosen + step);
}
