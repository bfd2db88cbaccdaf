// A network drawn to scale: height by the side of the maps, thickness by their number. Groups open and close in place.

const SPACE = "http://www.w3.org/2000/svg";
const THIN = new Set(["normalization", "activation", "other"]); // they change numbers, not maps: drawn as slices
const WORDS = {
  convolution: "convolution", dense: "fully connected", attention: "attention", pooling: "pooling",
  normalization: "normalization", activation: "non-linearity", other: "other",
};
// how a way around blocks ends: what stands there, and in words
const ENDS = { added: ["+", "skip connection, added"], multiplied: ["×", "multiplied"], joined: ["≡", "stacked as further maps"] };
const LETTER = 11.5, LEVEL = 20, TALL = 158, BAR = 40, SLANT = 0.26, ROOM = 14, LANE = 6, MOST_LIFT = 40;
const TRIES = 4;

export default function ({ data, parentElement, setTriggerValue }) {
  const plan = instanceIn(parentElement, () => create(parentElement));
  plan.choose = (name) => setTriggerValue("chosen", name);
  const before = plan.given;
  plan.given = data;
  if (plan.byId === undefined || plan.key !== data.key) {
    Object.assign(plan, { key: data.key, open: new Set(data.open), focus: data.chosen, byId: new Map() });
    index(plan, data.root, null);
    openTo(plan, data.chosen);
  }
  // what was just pressed stands until Python names another
  if (before?.key !== data.key || before.chosen !== data.chosen) plan.chosen = data.chosen;
  draw(plan);
  return endOf(parentElement, () => plan.unfollow());
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const plan = { root: find(".plan"), legend: find(".legend"), scroll: find(".scroll"), svg: find("svg"), card: find(".card"),
    spoken: find(".spoken"), key: null, taller: 1 };
  plan.unfollow = followWidth(plan.root, () => plan.given && draw(plan));
  plan.scroll.onkeydown = (event) => key(plan, event);
  plan.scroll.onclick = (event) => press(plan, event.target.closest("[data-id]")?.dataset.id);
  plan.scroll.onpointermove = (event) => hover(plan, event);
  plan.scroll.onpointerleave = () => (plan.card.hidden = true);
  return plan;
}

function index(plan, node, parent) {
  node.parent = parent;
  plan.byId.set(node.id, node);
  for (const child of node.children ?? []) index(plan, child, node);
}

function openTo(plan, id) {
  for (let node = plan.byId.get(id)?.parent; node?.parent; node = node.parent) plan.open.add(node.id);
}

const isOpen = (plan, node) => node.children?.length && plan.open.has(node.id);
const side = (node) => (node.places.length === 1 ? Math.sqrt(node.places[0]) : Math.max(1, ...node.places));
const height = (plan, node) => 8 + (TALL - 8) * Math.sqrt(side(node) / plan.largest);
// a slice, or a slice with its non-linearity inside
const isThin = (node) => THIN.has(node.role) && node.work === 0 && (node.children?.length ?? 0) < 2;
const thickness = (node) => (isThin(node) ? 4 : 4 + 1.05 * Math.sqrt(node.channels));

// On the projector letters are taller. They take more room, which makes the drawing smaller, which makes them taller
// still: until they are tall enough.
function draw(plan) {
  plan.taller = 1;
  for (let tries = 0; tries < TRIES; tries++) {
    const scale = lay(plan), wanted = leastType(plan.root) / LETTER / scale;
    if (!scale) return; // out of sight for now
    keepLegible(plan.svg, scale);
    if (wanted <= 1.001 * plan.taller) return;
    plan.taller = wanted;
  }
}

// Returns how many pixels of the page are a unit of the drawing.
function lay(plan) {
  const { root, input } = plan.given;
  plan.largest = Math.max(input, ...root.children.map(side));
  const shown = [], brackets = [];
  let x = 2;
  const picture = { id: "", label: "picture", role: "input", channels: 3, places: [input, input] };
  const closed = (node) => (isOpen(plan, node) ? node.children.flatMap(closed) : [node]);
  const ways = visibleWays(plan, [picture, ...root.children.flatMap(closed)]);
  plan.ends = new Set(ways.filter((way) => way.how in ENDS).map((way) => way.id));
  x = place(plan, picture, x, shown);
  const walk = (node, depth) => {
    if (!isOpen(plan, node)) return void (x = place(plan, node, x, shown));
    const start = x;
    for (const child of node.children) walk(child, depth + 1);
    const least = 7 * plan.taller * node.label.length + 22;
    if (x - start < least) x = start + least;
    brackets.push({ node, depth, start, end: x - 4 });
  };
  for (const child of root.children) walk(child, 0);
  const levels = Math.max(0, ...brackets.map((b) => b.depth + 1));
  plan.order = [...shown.slice(1).map((s) => s.node.id)];
  legend(plan, ways);
  return paint(plan, shown, brackets, levels, x, ways);
}

// the ways that pass at least one of the blocks drawn: past those from `first` to `last`, the end at block `id`
function visibleWays(plan, nodes) {
  const at = new Map(nodes.map((node, number) => [node.id, number])), found = new Map();
  for (const [start, end, how] of plan.given.skips) {
    const id = drawnFor(plan, end), from = at.get(drawnFor(plan, start)), to = at.get(id);
    const first = from + 1, last = how in ENDS ? to : to - 1;
    if (last >= first && (!(how in ENDS) || isBehind(nodes[to], plan.byId.get(end)))) found.set([from, to, how].join(), { id, from, to, first, last, how });
  }
  return [...found.values()].sort((a, b) => a.last - a.first - (b.last - b.first));
}

// whether nothing but a non-linearity follows a layer inside the block drawn: else the way ends within, not behind it
function isBehind(block, layer) {
  const leaves = (node) => (node.children?.length ? node.children.flatMap(leaves) : [node]);
  const inside = leaves(block), last = leaves(layer).at(-1);
  return inside.slice(inside.indexOf(last) + 1).every(isThin);
}

// the block that a layer is part of on the drawing: the outermost closed group, or the last part of an open one
function drawnFor(plan, id) {
  let node = plan.byId.get(id);
  if (!node) return "";
  for (let outer = node.parent; outer?.parent; outer = outer.parent) if (!plan.open.has(outer.id)) node = outer;
  while (isOpen(plan, node)) node = node.children.at(-1);
  return node.id;
}

function place(plan, node, x, shown) {
  const tall = height(plan, node), thick = thickness(node), depth = SLANT * tall;
  const thin = isThin(node);
  const stack = node.children?.length && !thin ? 8 : 0;
  const text = thin ? "" : shortened(node.label);
  const width = Math.max(thick + depth + stack + (thin ? 3 : 9), text ? 6.4 * plan.taller * text.length + 8 : 0);
  shown.push({ node, x, tall, thick, depth, stack, width, text });
  return x + width + (plan.ends.has(node.id) ? ROOM : 0);
}

const shortened = (label) => (label.length > 13 ? `${label.slice(0, 12)}…` : label);

function paint(plan, shown, brackets, levels, end, ways) {
  const high = lift(ways, shown), extra = Math.max(0, high + 6 - (TALL * (1 + SLANT)) / 2);
  const { taller } = plan, under = levels * LEVEL * taller + 6, top = under + extra;
  const middle = top + (TALL * (1 + SLANT)) / 2 + 8, base = top + TALL * (1 + SLANT) + 22 * taller;
  const total = plan.given.total, first = base + 38 * taller + BAR, second = first + 34 * taller + BAR;
  const svg = plan.svg, width = Math.max(end + 12, 320);
  svg.setAttribute("viewBox", `0 0 ${width} ${second + 6}`);
  // as large as the window allows, so that it reads from afar; a little smaller rather than cut off
  svg.style.width = `clamp(${0.8 * width}px, min(100%, ${(66 * width) / (second + 6)}vh), ${1.6 * width}px)`;
  svg.replaceChildren();
  const axis = add(svg, "line", { class: "axis", x1: 0, x2: end, y1: middle, y2: middle });
  axis.setAttribute("stroke-dasharray", "2 4");
  const most = (what) => Math.max(1, ...shown.slice(1).map((s) => s.node[what]));
  const scales = { parameters: most("parameters"), work: most("work") };
  for (const one of shown) block(plan, svg, one, middle, base, under);
  for (const one of ways) way(plan, one, shown, middle);
  words(svg, 2, first - BAR - 15 * taller, `parameters: ${short(total.parameters)}`, "faint");
  words(svg, 2, second - BAR - 15 * taller, `multiply-adds: ${short(total.work)}`, "faint");
  for (const [what, ground] of [["parameters", first], ["work", second]]) {
    add(svg, "line", { class: "ground", x1: 0, x2: end, y1: ground, y2: ground });
    for (const one of shown.slice(1)) bar(plan, one, what, ground, scales[what], total[what]);
  }
  for (const one of brackets) bracket(plan, svg, one, under);
  return svg.getBoundingClientRect().width / width;
}

// how high above the middle each way goes, over blocks and shorter ways; returns the highest
function lift(ways, shown) {
  const heights = shown.map(({ tall, depth }) => (tall + depth) / 2), most = (TALL * (1 + SLANT)) / 2 + MOST_LIFT;
  ways.forEach((one, number) => {
    const below = ways.slice(0, number).filter((other) => other.first <= one.last && one.first <= other.last);
    const over = Math.max(...heights.slice(one.first, one.last + 1)) + LANE;
    one.lift = Math.min(Math.max(over, ...below.map((other) => other.lift + LANE)), Math.max(most, over));
  });
  return Math.max(0, ...ways.map((one) => one.lift));
}

function way({ svg, taller }, { from, to, how, lift }, shown, middle) {
  const begin = shown[from + 1].x - 3, end = how in ENDS ? rightOf(shown[to]) + ROOM / 2 - 2 : shown[to].x - 1;
  const y = middle - lift, bend = clamp((end - begin) / 2, 0, 6);
  const group = add(svg, "g", { class: "way" });
  const d = `M${begin},${middle} V${y + bend} q0,${-bend} ${bend},${-bend} H${end - bend} q${bend},0 ${bend},${bend} V${middle}`;
  add(group, "path", { d });
  add(group, "title", {}).textContent = `What ${shown[from].node.name ?? "the picture"} gives goes around and is ` +
    (how in ENDS ? `${how} behind ${shown[to].node.name}.` : `read by ${shown[to].node.name}.`);
  if (!(how in ENDS)) return void add(group, "path", { class: "tip", d: `M${end - 3},${middle - 6} l3,6 l3,-6` });
  add(group, "circle", { cx: end, cy: middle, r: 5.5 * taller });
  words(group, end, middle + 4 * taller, ENDS[how][0]).setAttribute("text-anchor", "middle");
}

const rightOf = ({ x, width }) => x + width;

function block(plan, svg, one, middle, base, top) {
  const { node, x, tall, thick, depth, stack, width, text } = one;
  const group = add(svg, "g", { class: "block" + marks(plan, node), "data-id": node.id });
  add(group, "rect", { class: "hit", x: x - 1, y: top, width: width, height: base + 8 * plan.taller - top, rx: 3 });
  const copies = stack ? 3 : 1, left = x + (width - thick - depth - stack) / 2;
  for (let i = copies - 1; i >= 0; i--) slab(group, node, left + 4 * i, middle, tall, thick, depth);
  const front = middle - tall / 2 + depth / 2;
  add(group, "rect", { class: "outline", x: left - 2, y: front - 2, width: thick + 4, height: tall + 4, rx: 2 });
  if (stack) {
    const [cx, cy] = [x + width / 2, middle + tall / 2 + depth / 2 + 10];
    const many = String(node.children.length);
    const big = plan.taller, wide = (18 + 5 * many.length) * big;
    add(group, "rect", { class: "more", x: cx - wide / 2, y: cy - 6.5 * big, width: wide, height: 13 * big, rx: 6.5 * big });
    words(group, cx, cy + 3.4 * big, `+${many}`);
  }
  if (text) words(group, x + width / 2, base + 3, text, "name").setAttribute("text-anchor", "middle");
}

// front face, top and side of a box whose front is thickness × height, seen from the left and a little above
function slab(group, node, x, middle, tall, thick, depth) {
  const y = middle - tall / 2 + depth / 2, fill = `fill: var(--${node.role})`, right = x + thick, up = y - depth;
  const corners = (...points) => points.map((p) => p.join(",")).join(" ");
  add(group, "polygon", { class: "top", style: fill, points: corners([x, y], [x + depth, up], [right + depth, up], [right, y]) });
  add(group, "polygon", { class: "side", style: fill, points: corners([right, y], [right + depth, up], [right + depth, up + tall], [right, y + tall]) });
  add(group, "rect", { class: "front", style: fill, x, y, width: thick, height: tall });
}

function bar({ svg, taller }, { node, x, width }, what, ground, most, total) {
  const tall = (BAR * node[what]) / most, share = node[what] / Math.max(1, total);
  if (tall < 0.3) return;
  const wide = clamp(46, 2, width - 4);
  add(svg, "rect", { class: `bar-${what}`, x: x + (width - wide) / 2, y: ground - tall, width: wide, height: tall, rx: 1 });
  if (share >= 0.02 && width >= 26 * taller) words(svg, x + width / 2, ground - tall - 3, `${Math.round(100 * share)} %`, "share");
}

function bracket(plan, svg, { node, depth, start, end }, top) {
  const y = (depth * LEVEL + 16) * plan.taller;
  const group = add(svg, "g", { class: "bracket" + marks(plan, node), "data-id": node.id });
  add(group, "rect", { x: start, y: y - 14 * plan.taller, width: end - start, height: (LEVEL - 1) * plan.taller });
  add(group, "path", { d: `M${start},${top - 2} V${y + 4} H${end} V${top - 2}` });
  words(group, start + 4, y, `▾ ${node.label}`, "name");
}

const marks = (plan, node) => (node.id === plan.chosen && node.id ? " chosen" : "") + (node.id === plan.focus && node.id ? " focused" : "");

function legend(plan, ways) {
  const roles = new Set([...plan.byId.values()].filter((n) => n.parent).map((n) => n.role));
  const items = Object.keys(WORDS).filter((role) => roles.has(role)).map((role) => {
    const item = document.createElement("span"), dot = document.createElement("i");
    dot.style.background = `var(--${role})`;
    item.append(dot, WORDS[role]);
    return item;
  });
  for (const how of Object.keys(ENDS).filter((one) => ways.some((way) => way.how === one))) {
    const item = document.createElement("span"), sign = document.createElement("b");
    sign.textContent = ENDS[how][0];
    item.append(sign, ENDS[how][1]);
    items.push(item);
  }
  const button = (label, act) => {
    const made = document.createElement("button");
    made.textContent = label;
    made.onclick = () => { act(); draw(plan); };
    return made;
  };
  const groups = () => [...plan.byId.values()].filter((n) => n.parent && n.children?.length).map((n) => n.id);
  plan.legend.replaceChildren(...items,
    button("Overview", () => (plan.open = new Set(plan.given.open))),
    button("Every layer", () => (plan.open = new Set(groups()))));
}

function press(plan, id) {
  const node = plan.byId.get(id);
  if (!node || !id) return;
  if (node.children?.length) isOpen(plan, node) ? plan.open.delete(id) : plan.open.add(id);
  Object.assign(plan, { focus: id, chosen: id });
  plan.card.hidden = true;
  draw(plan); // shown at once; Python hears of it next
  plan.spoken.textContent = spoken(plan, node);
  plan.choose(id);
}

function key(plan, event) {
  const place = plan.order.indexOf(plan.focus);
  const steps = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: plan.order.length - 1 };
  if (event.key === "Enter" || event.key === " ") press(plan, plan.focus);
  else if (event.key === "ArrowUp" && plan.byId.get(plan.focus)?.parent?.parent) return void close(plan, event);
  else if (event.key in steps) focus(plan, plan.order[Math.min(Math.max(steps[event.key], 0), plan.order.length - 1)]);
  else return;
  event.preventDefault();
}

function close(plan, event) {
  event.preventDefault();
  const outer = plan.byId.get(plan.focus).parent;
  plan.open.delete(outer.id);
  plan.focus = outer.id;
  draw(plan);
}

function focus(plan, id) {
  plan.focus = id;
  draw(plan);
  const shown = plan.svg.querySelector(".focused");
  shown?.scrollIntoView({ block: "nearest", inline: "nearest" });
  plan.spoken.textContent = spoken(plan, plan.byId.get(id));
}

const spoken = (plan, node) => `${node.name}: ${rows(plan, node).map((row) => row.join(" ")).join(", ")}`;

function hover(plan, event) {
  const node = plan.byId.get(event.target.closest("[data-id]")?.dataset.id);
  plan.card.hidden = !node?.parent || event.pointerType === "touch";
  if (plan.card.hidden) return;
  const title = document.createElement("b"), table = document.createElement("table");
  title.textContent = node.name;
  for (const row of rows(plan, node)) {
    const line = table.insertRow();
    for (const cell of row) line.insertCell().textContent = cell;
  }
  plan.card.replaceChildren(title, table);
  const bounds = plan.root.getBoundingClientRect(), [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
  const left = x + 16 + plan.card.offsetWidth > bounds.width ? x - 16 - plan.card.offsetWidth : x + 16;
  Object.assign(plan.card.style, { left: `${Math.max(0, left)}px`, top: `${y + 14}px` });
}

function rows(plan, node) {
  const { total } = plan.given, part = (n, all) => (all ? ` (${percentOf(n / all)})` : "");
  return [
    ["kind", node.kind],
    ["output", node.gives],
    ["parameters", short(node.parameters) + part(node.parameters, total.parameters)],
    ["multiply-adds", short(node.work) + part(node.work, total.work)],
    ["receptive field", node.sees],
    ...(node.step ? [["stride", node.step]] : []),
    ...(node.children?.length ? [["holds", `${node.children.length} parts`]] : []),
  ];
}

function short(number) {
  for (const [size, word] of [[1e9, "billion"], [1e6, "million"]])
    if (number >= size) return `${(number / size).toFixed(number >= 10 * size ? 1 : 2)} ${word}`;
  return number.toLocaleString("en");
}

function add(parent, kind, attributes) {
  const made = document.createElementNS(SPACE, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return parent.appendChild(made);
}

function words(parent, x, y, text, kind = "") {
  const made = add(parent, "text", { x, y, class: kind });
  made.textContent = text;
  return made;
}
