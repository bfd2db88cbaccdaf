// One pixel of the result: which one is explained, pinned or walked to, by pointer, buttons and keys.
import { createArithmetic, explain, spoken, windowBox } from "./arithmetic.js";
import { outputShape } from "./stage.js";
import { createWalk, following, walkStride } from "./walk.js";

// frame(): the last one painted; edited(place, value): a number of the picture was written anew; pinned(): what the choices hold; on.pin(place): hold another; moved(box): the window stands there.
export function createInspector(root, { picture, result, frame, pinned, pin, edited, moved }) {
  const role = partsOf(root, "role");
  const arithmetic = createArithmetic(root.querySelector(".arithmetic"), () => inspect());
  const walk = createWalk({ step: () => move(1, walkStride(...shape())), change: showWalk });
  const shape = () => outputShape(frame().picture, frame().settings);
  let position = null; // { row, column } in the result
  let step = false; // it was walked to

  // The how many-th place of a walk this is, and how many there are.
  function countSteps(last = position) {
    const [height, width] = shape();
    const stride = walkStride(height, width);
    const [down, across] = [Math.ceil(height / stride.row), Math.ceil(width / stride.column)];
    if (last === Infinity) return down * across;
    return Math.floor(last.row / stride.row) * across + Math.floor(last.column / stride.column) + 1;
  }

  function inspect({ speak = false } = {}) {
    if (!frame()) return;
    const [height, width] = shape();
    const { row, column } = position ?? { row: height >> 1, column: width >> 1 };
    position = { row: clamp(row, 0, height - 1), column: clamp(column, 0, width - 1) };
    const { settings, picture: from } = frame();
    const facts = explain(from, settings, position);
    const box = windowBox(settings, position);
    moved(box);
    picture.place(...box);
    result.place(position.row, position.column, 1, 1);
    arithmetic.update(facts, settings, shade);
    const said = `of the result, row ${position.row}, column ${position.column}`;
    role("where").textContent = walk.playing || step ? `step ${countSteps()} of ${countSteps(Infinity)}, ${said.slice(15)}` : said;
    showPin(Boolean(pinned()));
    result.reveal(walk.playing ? position : null, walkStride(height, width).row);
    if (speak) role("spoken").textContent = spoken(facts, position);
  }

  function showPin(held) {
    const button = root.querySelector('[data-act="pin"]');
    button.setAttribute("aria-pressed", String(held));
    button.textContent = held ? "Pinned" : "Pin";
    root.classList.toggle("pinned", held);
  }

  // A patch cell looks as its pixel does: a shade of the channel shown.
  function shade(value, channel) {
    const { range: [least, most], planes } = frame().picture;
    const level = Math.round(clamp((value - least) / (most - least), 0, 1) * 255);
    const rgb = planes.length === 1 ? [level, level, level] : [0, 1, 2].map((c) => (c === channel ? level : 0));
    const light = 0.3 * rgb[0] + 0.6 * rgb[1] + 0.1 * rgb[2] > 110;
    return { backgroundColor: `rgb(${rgb})`, color: light ? "#111" : "#fff" };
  }

  function hold(place) {
    pin(place);
    inspect({ speak: true });
  }

  function go(place, speak = true) {
    position = place;
    pinned() ? hold([place.row, place.column]) : inspect({ speak });
  }

  function pointed(place) {
    if (pinned() || walk.playing) return;
    position = place;
    step = false;
    inspect();
  }

  function chose(place) {
    if (!frame()) return;
    walk.stop();
    const same = pinned()?.[0] === place.row && pinned()?.[1] === place.column;
    position = place;
    hold(same ? null : [place.row, place.column]);
  }

  // The pixel of the result whose window is centred nearest to a pixel of the picture.
  function toResult({ row, column }) {
    const [top, left, high, wide] = windowBox(frame().settings, { row: 0, column: 0 });
    const { stride } = frame().settings;
    const [height, width] = shape();
    return {
      row: clamp(Math.round((row - top - (high - 1) / 2) / stride), 0, height - 1),
      column: clamp(Math.round((column - left - (wide - 1) / 2) / stride), 0, width - 1),
    };
  }

  function move(direction, stride) {
    step = Boolean(stride);
    if (frame()) go(following(position, ...shape(), direction, stride), !walk.playing);
  }

  function key(event) {
    if (!frame()) return;
    const far = event.shiftKey ? 10 : 1;
    const [height, width] = shape();
    if (ARROWS[event.key]) {
      const [down, right] = ARROWS[event.key];
      go({ row: clamp(position.row + far * down, 0, height - 1), column: clamp(position.column + far * right, 0, width - 1) });
    } else if (event.key === "Enter") acts.pin();
    else if (event.key === "Escape") hold(null);
    else return;
    event.preventDefault();
  }

  function showWalk({ pace, playing }) {
    role("speed").textContent = `${pace} / s`;
    showPlaying(root.querySelector('[data-act="play"]'), playing);
    if (!playing) result.reveal(null);
  }

  const acts = {
    back: () => { walk.stop(); move(-1); },
    forward: () => { walk.stop(); move(1); },
    play() {
      if (!frame()) return;
      if (pinned()) pin(null);
      if (!walk.playing) position = { row: 0, column: 0 };
      walk.toggle();
      inspect();
    },
    slower: () => walk.pace(-1),
    faster: () => walk.pace(1),
    pin: () => position && hold(pinned() ? null : [position.row, position.column]),
  };

  picture.listen({ point: (place) => frame() && pointed(toResult(place)), choose: (place) => frame() && chose(toResult(place)), edited });
  result.listen({ point: pointed, choose: chose });
  role("result-frame").onkeydown = key;
  walk.tell();
  return { inspect, acts, stop: walk.stop, set position([row, column]) { position = { row, column }; } };
}
