// The component: points, a network, and its training, which runs between two frames of the screen.
import { show } from "../convolution/numbers.js";
import { createBoard } from "./board.js";
import { createCurves } from "./curves.js";
import { createNetView } from "./net_view.js";
import { createPainter, createPictures, GRID } from "./pictures.js";
import { encoded, decoded, pointsOf, SIDE } from "./points.js";
import { createSettings } from "./settings.js";
import { identity, MOST_ADDED, MOST_EPOCHS, MOST_LAYERS, MOST_UNITS, readState, writeState } from "./state.js";
import { createTimeline } from "./timeline.js";
import { createUnit } from "./unit.js";

const SETTLE_MS = 400;
const CATCH_UP_MS = 150;
const SPEEDS = [1, 2, 5, 20]; // epochs a frame
export default function mount({ data, parentElement, setStateValue }) {
  const instance = instanceIn(parentElement, () => createPlane(parentElement.querySelector(".plane")));
  if (data) instance.receive(data, setStateValue);
  return endOf(parentElement, instance.destroy);
}

function createPlane(root) {
  const role = partsOf(root, "role");
  const act = partsOf(root, "act");
  let state = null; // what is set, and `epoch`, how far it is shown
  let own = []; // the points of the visitor's table
  let points = [];
  let timeline = null;
  let playing = false;
  let chosen = null; // [layer, unit] that is enlarged
  let [paint, colours] = [null, ""];
  let [emit, timer, frame] = [() => {}, 0, 0];
  let drawn = -Infinity; // when, in milliseconds
  let pointer = null; // [x, y] on the output
  const echoes = createEchoes();
  const history = createHistory();
  const showHistory = listenForUndo(root, history, back);
  const pictures = createPictures();
  const curves = createCurves(root);
  const board = createBoard(root.querySelector(".board"), { add, remove, point });
  const view = createNetView(root.querySelector(".net"), { choose, weight: (layer, r, c) => {
    choose(layer, r, true);
    draw();
    unit.focus(timeline.parts[layer].W + r * timeline.parts[layer].columns + c);
  } });
  const settings = createSettings(root, { change, layers, say: tell, state: () => state });
  const unit = createUnit(root.querySelector(".unit"), { edit, say: tell });

  // -- from and to Python

  function receive(given, setStateValue) {
    emit = setStateValue;
    if (given.colours !== colours) paint = createPainter((colours = given.colours));
    const table = JSON.stringify(given.own);
    const fresh = table !== JSON.stringify(own);
    own = given.own;
    settings.offer(own.length > 0);
    if (!echoes.receive(given.text, fresh)) return;
    if (state) history.note(state);
    lay(readState(given.text));
  }

  function settle() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (playing || timeline.epoch !== state.epoch) return settle();
      const text = writeState(state);
      const told = timeline.curves[state.epoch];
      const mine = echoes.send(text); // what Python sent itself, come back late, must not undo what it has sent since
      emit("settled", { text, mine, flat: [...timeline.flat], loss: told?.learned.loss ?? null });
    }, SETTLE_MS);
  }

  // -- what is set

  // Into every control; training begins anew unless only the epoch differs.
  function lay(next) {
    const anew = !state || identity(next) !== identity(state) || !timeline;
    state = next;
    if (anew) begin();
    showSettings();
    wake();
    settle();
  }

  function begin() {
    points = pointsOf(state, own);
    const learned = points.filter(({ held }) => !held);
    if (new Set(learned.map(({ label }) => label)).size < 2) {
      tell("The points to learn from are all of one class: add some of the other, or hold out fewer.");
    } else if (role("say").textContent.startsWith("The points to learn from")) tell("");
    timeline = createTimeline(state, points);
    if (chosen && (chosen[0] > state.layers.length || chosen[1] >= (timeline.parts[chosen[0]]?.rows ?? 0))) chosen = null;
  }

  function change(part, source = "") {
    history.note(state, source);
    lay({ ...state, ...part });
  }

  function edit(place, value, source) {
    const before = state.edits.filter(([at, where]) => at < state.epoch || (at === state.epoch && where !== place));
    if (before.length >= 60) return tell("Sixty weights were set by hand: take some back (Ctrl+Z) before the next.");
    change({ edits: [...before, [state.epoch, place, value]] }, source);
  }

  function add(x, y) {
    if (state.added.length >= MOST_ADDED) return tell(`${MOST_ADDED} points can be added by hand; for more bring a table.`);
    tell("");
    const label = Number(root.querySelector('[data-label][aria-pressed="true"]').dataset.label);
    change({ added: [...state.added, decoded(encoded([x, y, label]))], edits: [] });
  }

  function remove(x, y, reach) {
    const near = points.map((one) => [Math.hypot(one.x - x, one.y - y), one]).sort(([a], [b]) => a - b)[0];
    if (!near || near[0] > reach) return tell("There is no point here to take away.");
    if (points.length <= 2) return tell("Two points have to stay.");
    tell("");
    change({ removed: [...state.removed, near[1].at].sort((a, b) => a - b), edits: [] });
  }

  function layers(next) {
    change({ layers: next.slice(0, MOST_LAYERS).map((units) => clamp(units, 1, MOST_UNITS)), edits: [] });
  }

  function back(way) {
    const next = history[way](state);
    if (!next) return;
    tell("");
    if (identity(next) === identity(state)) halt(); // only the epoch is another
    lay(next);
  }

  // -- time

  function wake() {
    root.dataset.settled = "false"; // until the next picture is drawn
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tick() {
    frame = 0;
    const start = performance.now();
    if (playing) {
      const speed = SPEEDS[Number(role("speed").value)];
      state = { ...state, epoch: Math.min(MOST_EPOCHS, state.epoch + speed) };
      if (state.epoch >= MOST_EPOCHS) halt();
    }
    const there = timeline.run(state.epoch);
    if (timeline.problem) {
      tell(timeline.problem);
      halt();
      state = { ...state, epoch: timeline.epoch };
    } else if (playing) state = { ...state, epoch: timeline.epoch };
    // On the way to an epoch that was asked for, now and then a picture is enough.
    if (playing || there || start - drawn > CATCH_UP_MS) draw();
    root.dataset.slowest = Math.max(Number(root.dataset.slowest ?? 0), performance.now() - start).toFixed(1);
    if (playing || !there) wake();
  }

  function play() {
    if (playing) return halt();
    tell("");
    history.note(state);
    playing = true;
    showPlaying(act("play"), playing);
    showSettings();
    wake();
  }

  function halt() {
    playing = false;
    showPlaying(act("play"), playing);
    settle();
  }

  function goTo(epoch) {
    tell("");
    history.note(state, "epoch");
    halt();
    showSettings();
    state = { ...state, epoch: clamp(epoch, 0, MOST_EPOCHS) };
    wake();
    settle();
  }

  // -- drawing

  function draw() {
    if (!timeline || !paint) return;
    drawn = performance.now();
    const { flat, parts } = timeline;
    pictures.compute(flat, parts, state.activation);
    view.draw(state, parts, flat, pictures, paint, chosen, board.over, playing);
    board.draw({ values: pictures.last, state, points, flat, parts, paint, dark: false });
    unit.draw({ chosen, state, parts, flat, pictures, paint });
    curves.draw(timeline.curves, timeline.epoch, playing);
    const [slider, most] = [role("epoch"), String(Math.max(timeline.reached, state.epoch, 1))];
    if (slider.max !== most) slider.max = most;
    slider.value = timeline.epoch;
    const busy = timeline.epoch < state.epoch && !timeline.problem;
    put("told", `epoch ${timeline.epoch}${busy ? ` of ${state.epoch}` : ""}`);
    if (!playing) view.title(parts, flat);
    sayPointer();
    root.dataset.frame = Number(root.dataset.frame ?? 0) + 1;
    root.dataset.epoch = timeline.epoch;
    root.dataset.settled = String(!playing && !busy);
    if (!playing && !busy) root.dataset.result = JSON.stringify({ text: writeState(state), flat: [...flat], ...timeline.curves[timeline.epoch] });
  }

  function sayPointer() {
    if (!pointer) return put("at", `${points.length} points, ${points.filter(({ held }) => held).length} held out (hollow)`);
    const cell = (share) => clamp(Math.floor(share * GRID), 0, GRID - 1);
    const k = cell((SIDE - pointer[1]) / (2 * SIDE)) * GRID + cell((pointer[0] + SIDE) / (2 * SIDE));
    put("at", `x ${show(pointer[0], 2)}, y ${show(pointer[1], 2)}: p = ${unit.valueAt(pictures.last, k)}`);
  }

  function point(x, y) {
    pointer = x === null ? null : [x, y];
    wake();
  }

  function choose(layer, r, stay = false) {
    const same = chosen && chosen[0] === layer && chosen[1] === r;
    chosen = same && !stay ? null : [layer, r];
    wake();
  }

  function showSettings() {
    settings.show(state);
    showHistory();
  }

  function tell(sentence) {
    put("say", sentence);
  }

  // Words that stay are left alone: setting them would lay the page out anew.
  function put(where, words) {
    if (role(where).textContent !== words) role(where).textContent = words;
  }

  // -- events

  const acts = {
    play, first: () => goTo(0), step: () => goTo(state.epoch + 1), back: () => goTo(state.epoch - 1),
    again: () => goTo(0), other: () => { change({ seed: (state.seed + 1) % 10000, edits: [] }); },
    fewer: () => layers(state.layers.slice(0, -1)), more: () => layers([...state.layers, state.layers.at(-1) ?? 4]),
    close: () => { chosen = null; wake(); },
  };
  root.onclick = ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.act) acts[button.dataset.act]?.();
    if (button?.dataset.label) for (const one of root.querySelectorAll("[data-label]")) one.setAttribute("aria-pressed", String(one === button));
  };
  role("epoch").oninput = () => goTo(Number(role("epoch").value));
  root.onkeydown = (event) => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (command || event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key) || !event.target.matches("button")) return;
    acts[event.key === "ArrowLeft" ? "back" : "step"]();
    event.preventDefault();
  };
  const watcher = new ResizeObserver(() => { if (timeline) { view.place(board.over); wake(); } });
  watcher.observe(root);
  // What a picture shows, for whoever wants to hold it against the unit's own function.
  root.valuesOf = (layer, r) => [...pictures.of(layer, r)];

  function destroy() {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    watcher.disconnect();
    playing = false;
    emit = () => {};
  }

  showPlaying(act("play"), playing);
  return { receive, destroy };
}
