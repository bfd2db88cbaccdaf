// The picture changed by hand, and what is left of the change at each stage of the network, in the visitor's browser.
import { distance, warped } from "./warp.js";

const STEP = 4; // pixels that an arrow key slides it by
const AS_IT_WAS = { right: 0, down: 0, turn: 0, scale: 1, light: 1 };

export default function ({ data, parentElement }) {
  const hand = instanceIn(parentElement, () => createHand(parentElement.querySelector(".by-hand")));
  hand.receive(unpack(data));
  return endOf(parentElement, hand.destroy);
}

function createHand(root) {
  const role = partsOf(root, "role");
  const hand = { receive, destroy };
  const canvas = role("picture");
  const sliders = [...root.querySelectorAll("[data-way]")];
  let given = null;
  let change = { ...AS_IT_WAS };
  let network = null;
  let unwatch = () => {};
  let measure = null; // the maps of the picture as it was, and how far another picture's are from them

  function receive(message) {
    const before = given;
    const size = 3 * message.network.size ** 2;
    const [shares, picture, other] = cut(message.raw, [4 * message.network.labels.length, size, size]);
    given = { ...message, shares: new Float32Array(shares.slice().buffer), picture: planesOfBytes(picture, 3), other: planesOfBytes(other, 3) };
    if (before && before.network.weights !== message.network.weights) disconnect();
    if (before?.digest === message.digest && before.network.weights === message.network.weights) return;
    measure = null;
    canvas.setAttribute("aria-label", "Your picture: drag it, or slide it by arrow keys");
    if (network) draw();
    else begin();
  }

  // Before the first touch: what Python says of the picture as it is.
  function begin() {
    paintPlanes(canvas, given.picture, given.network.size);
    say(given.shares);
    role("left-words").textContent = "Drag the picture, turn it, scale it, change its light: what is left of the change at each stage stands here.";
  }

  const usual = () => Object.keys(AS_IT_WAS).every((way) => change[way] === AS_IT_WAS[way]);

  function draw() {
    const planes = usual() ? given.picture : warped(given.picture, given.network.size, change);
    paintPlanes(canvas, planes, given.network.size);
    role("amounts").textContent = amounts();
    if (network.state.ready) pass(planes);
  }

  function amounts() {
    const { right, down, turn, scale, light } = change;
    const slid = [right && `${Math.abs(Math.round(right))} px ${right > 0 ? "right" : "left"}`, down && `${Math.abs(Math.round(down))} px ${down > 0 ? "down" : "up"}`];
    const rest = [turn && `${Math.abs(turn)}° ${turn > 0 ? "counter-clockwise" : "clockwise"}`, scale !== 1 && `${scale.toFixed(2)} × as large`, light !== 1 && `${light.toFixed(2)} × as bright`];
    return [...slid, ...rest].filter(Boolean).join(", ");
  }

  const pass = latestOnly(async (planes) => {
    try {
      const asked = given;
      measure ??= await measured();
      const found = await outputs(planes);
      role("where").textContent = whereComputed(network);
      if (asked !== given) return; // another picture has come meanwhile
      say(softmax(found.output.data));
      tell(found);
    } catch (error) {
      role("where").textContent = `The network stopped (${error.message}). Load the page again.`;
    }
  });

  // The picture as it was and another one, once each.
  async function measured() {
    const own = await outputs(given.picture);
    const other = await outputs(given.other);
    return { own, apart: Object.fromEntries(Object.keys(own).map((name) => [name, distance(own[name].data, other[name].data)])) };
  }

  async function outputs(picture) {
    const { logits, maps } = await network.look(picture.slice());
    return { ...maps, output: { data: logits } };
  }

  function say(shares) {
    const [before, now] = [given.shares, shares].map((one) => topOf(one, 1)[0][0]);
    const name = (number) => given.network.labels[number];
    if (usual()) role("verdict").textContent = `${name(before)} (${percentOf(given.shares[before])})`;
    else role("verdict").textContent = before === now
      ? `Still ${name(before)}: ${percentOf(given.shares[before])} → ${percentOf(shares[before])}`
      : `No longer ${name(before)} (${percentOf(given.shares[before])} → ${percentOf(shares[before])}): now ${name(now)}`;
    showBars(role("bars"), shares, given.network.labels, [before]);
  }

  // A stage a row: 1 where the change is as large to it as another picture.
  function tell(maps) {
    const names = Object.keys(given.stages);
    const shares = names.map((name) => distance(measure.own[name].data, maps[name].data) / (measure.apart[name] || 1));
    const rows = role("stages");
    while (rows.children.length < names.length) rows.append(barRow());
    names.forEach((name, place) => {
      const [title, value, bar] = rows.children[place].children;
      title.textContent = title.title = given.stages[name];
      value.textContent = shares[place].toFixed(2);
      bar.style.width = `${100 * Math.min(1, shares[place])}%`;
    });
    root.dataset.shares = JSON.stringify(shares);
    role("left-words").textContent = `What is left of the change at each stage (1: as much as ${given.second} in its place)`;
    role("left-means").textContent = meaning(shares);
  }

  function meaning(shares) {
    if (usual()) return "Nothing is changed.";
    const [first, last] = [shares[0], shares.at(-1)];
    if (last < 0.5 * first) return `The network lets go of it: ${first.toFixed(2)} at the first stage, ${last.toFixed(2)} at the output.`;
    return last > first ? `The network makes more of it: ${first.toFixed(2)} at the first stage, ${last.toFixed(2)} at the output.` : `Most of it stays: ${first.toFixed(2)} at the first stage, ${last.toFixed(2)} at the output.`;
  }

  function connect() {
    if (network) return;
    network = networkOf(given.network);
    unwatch = network.watch(({ ready, failed }) => {
      role("where").textContent = failed ? `Your browser can’t compute the network (${failed}): it can’t follow your hand.` : whereComputed(network);
      if (ready) draw();
    });
  }

  function disconnect() {
    unwatch();
    network = null;
  }

  function alter(part) {
    Object.assign(change, part);
    connect();
    draw();
  }

  for (const slider of sliders) {
    const { way } = slider.dataset;
    slider.oninput = () => alter({ [way]: way === "turn" ? Number(slider.value) : 2 ** Number(slider.value) });
  }
  root.querySelector('[data-act="reset"]').onclick = () => {
    for (const slider of sliders) slider.value = slider.defaultValue;
    alter(AS_IT_WAS);
  };

  let held = null; // the pointer's place and the picture's when it was taken hold of
  canvas.onpointerdown = (event) => {
    held = { x: event.clientX - pixels(change.right), y: event.clientY - pixels(change.down) };
    canvas.setPointerCapture(event.pointerId);
    connect();
  };
  canvas.onpointermove = (event) => {
    if (held) slide((event.clientX - held.x) / pixels(1), (event.clientY - held.y) / pixels(1));
  };
  canvas.onpointerup = canvas.onpointercancel = () => { held = null; };
  canvas.onkeydown = (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    slide(change.right + STEP * step[1], change.down + STEP * step[0]);
  };

  // Of the picture, in those of the screen.
  const pixels = (count) => (count * canvas.getBoundingClientRect().width) / given.network.size;

  function slide(right, down) {
    const most = given.network.size / 2;
    alter({ right: clamp(Math.round(right), -most, most), down: clamp(Math.round(down), -most, most) });
  }

  function destroy() {
    unwatch();
  }

  return hand;
}
