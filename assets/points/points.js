// Points in a plane that are dragged, added by a click and taken away by Delete or a double click, under curves that
// Python draws through them. It hears of a drag several times a second.

const TELL_MS = 120;
const ECHO_MS = 1500; // an answer to earlier points does not move them back
const STEP = 0.02; // of the arrow keys

export default function ({ data, parentElement, setTriggerValue }) {
  const plane = instanceIn(parentElement, () => create(parentElement));
  plane.send = () => {
    clearTimeout(plane.timer);
    plane.timer = 0;
    plane.sentAt = performance.now();
    setTriggerValue("moved", plane.points.map(([x, y]) => [round(x), round(y)]));
  };
  show(plane, data);
  return endOf(parentElement, () => clearTimeout(plane.timer));
}

const round = (value) => Math.round(value * 1000) / 1000;

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const plane = { svg: find("svg"), handles: find(".handles"), curves: find(".curves"), ground: find(".ground"), legend: find(".legend"),
    points: [], timer: 0, sentAt: -1e9, held: -1 };
  plane.svg.onclick = (event) => add(plane, event);
  return plane;
}

function show(plane, given) {
  plane.reach = given.reach;
  plane.most = given.most;
  plane.svg.setAttribute("aria-label", given.alt);
  const early = performance.now() - plane.sentAt < ECHO_MS && JSON.stringify(given.points) !== JSON.stringify(plane.points.map((p) => p.map(round)));
  if (plane.held < 0 && !early) plane.points = given.points.map((point) => [...point]);
  plane.ground.innerHTML = '<path d="M-1 -1V1M0 -1V1M1 -1V1M-1.06 0H1.06"/>';
  plane.curves.replaceChildren(...given.curves.map((curve) => drawn(plane, curve)));
  plane.legend.replaceChildren(...given.curves.map(({ name, colour, dashed }) => {
    const item = document.createElement("span");
    item.textContent = name;
    item.style.setProperty("--colour", colour);
    item.classList.toggle("dashed", dashed);
    return item;
  }));
  place(plane);
}

function drawn(plane, { y, colour, dashed }) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const far = 50 * plane.reach; // what swings out of sight keeps its direction
  const at = y.map((up, i) => `${(-1 + (2 * i) / (y.length - 1)).toFixed(4)} ${(-clamp(up, -far, far) / plane.reach).toFixed(4)}`);
  path.setAttribute("d", `M${at.join("L")}`);
  path.style.stroke = colour;
  path.classList.toggle("dashed", dashed);
  return path;
}

function place(plane) {
  while (plane.handles.children.length > plane.points.length) plane.handles.lastChild.remove();
  while (plane.handles.children.length < plane.points.length) plane.handles.append(handle(plane, plane.handles.children.length));
  plane.points.forEach(([x, y], number) => {
    const button = plane.handles.children[number];
    button.style.left = `${(100 * (x + 1.06)) / 2.12}%`;
    button.style.top = `${50 - (50 * y) / plane.reach}%`;
    button.setAttribute("aria-label", `Point ${number + 1}: x ${round(x)}, y ${round(y)}. Arrow keys move it, Delete takes it away.`);
  });
}

function handle(plane, number) {
  const button = document.createElement("button");
  button.onpointerdown = (event) => {
    plane.held = number;
    button.setPointerCapture(event.pointerId);
  };
  button.onpointermove = (event) => plane.held === number && move(plane, number, toPlane(plane, event));
  button.onpointerup = button.onpointercancel = () => {
    if (plane.timer) plane.send();
    plane.held = -1;
  };
  button.ondblclick = () => remove(plane, number);
  button.onkeydown = (event) => key(plane, number, event);
  return button;
}

function toPlane(plane, event) {
  const [across, down] = sharesOf(event, plane.svg);
  return [2.12 * across - 1.06, plane.reach * (1 - 2 * down)];
}

function move(plane, number, [x, y]) {
  plane.points[number] = [clamp(x, -1, 1), clamp(y, -plane.reach, plane.reach)];
  place(plane);
  plane.timer ||= setTimeout(plane.send, TELL_MS);
}

function add(plane, event) {
  if (plane.points.length >= plane.most) return;
  const [x, y] = toPlane(plane, event);
  plane.points.push([clamp(x, -1, 1), clamp(y, -plane.reach, plane.reach)]);
  place(plane);
  plane.send();
}

function remove(plane, number) {
  if (plane.points.length < 2) return;
  plane.points.splice(number, 1);
  place(plane);
  plane.send();
}

function key(plane, number, event) {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    return remove(plane, number);
  }
  if (!ARROWS[event.key]) return;
  const [down, right] = ARROWS[event.key];
  event.preventDefault();
  const [x, y] = plane.points[number];
  move(plane, number, [x + STEP * right, y - STEP * plane.reach * down]);
}
