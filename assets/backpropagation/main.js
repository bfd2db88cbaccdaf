// The component: a network as graph and as matrices, its passes step by step, and one step of learning at a time.
import { parseNumber, show } from "../convolution/numbers.js";
import { counts, SIDES, timed } from "./cost.js";
import { createGraph } from "./graph.js";
import { createMatrices } from "./matrices.js";
import { differences, finite, passes, rounded, stepped } from "./network.js";
import { FEWEST_LAYERS, LARGEST, MOST_LAYERS, MOST_NODES, namesOf, read, redrawn, resized, sizesOf, stepsOf, write } from "./state.js";
import { explained, stepWords } from "./words.js";

const SETTLE_MS = 300;
const PLAY_MS = 1100;

export default function mount({ data, parentElement, setStateValue }) {
  const instance = instanceIn(parentElement, () => createBackpropagation(parentElement.querySelector(".backprop")));
  if (data) instance.receive(data, setStateValue);
  return endOf(parentElement, instance.destroy);
}

// 3.1e-11 as people write it: 3.1 · 10⁻¹¹.
function power(value) {
  if (!value) return "0";
  if (Math.abs(value) >= 1e-3) return show(value, 3);
  const [digits, exponent] = value.toExponential(1).split("e-");
  return `${digits} · 10⁻${[...exponent].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
}

function createBackpropagation(root) {
  const role = partsOf(root, "role");
  const act = partsOf(root, "act");
  const field = partsOf(root, "field");
  let state = null; // { net, rate, step }
  let found = null; // what its passes give
  let trail = []; // the loss after each step of learning since something else was changed
  let usual = "";
  const echoes = createEchoes();
  let emit = () => {};
  let timer = 0;
  let playing = 0;
  let pointed = null; // [kind, layer, r, c] under the pointer
  let held = null; // … that has the focus

  const history = createHistory();
  const showHistory = listenForUndo(root, history, back);
  const graph = createGraph(root.querySelector("svg.graph"), { point: (...one) => point(one), leave });
  const matrices = createMatrices(root.querySelector(".matrices"), {
    change: entered, say: tell, rest: settle, leave,
    point: (kind, layer, r, c, focus) => (focus ? hold([kind, layer, r, c]) : point([kind, layer, r, c])),
    focus: (one) => one && hold([one.kind, one.layer, one.r, one.c]),
    blur: () => {
      if (root.querySelector(".matrices").contains(root.getRootNode().activeElement)) return;
      held = null;
      draw();
    },
  });

  // -- from and to Python

  function receive(given, setStateValue) {
    emit = setStateValue;
    usual = given.usual;
    if (!echoes.receive(given.text)) return;
    clearTimeout(timer);
    if (state) history.note(snapshot());
    lay(read(given.text), []);
    setTimeout(settle); // Python compares with what was computed here
  }

  function settle() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (matrices.dragging) return settle();
      const text = write(state);
      echoes.send(text);
      emit("settled", { text, derivatives: found.weightDerivatives });
    }, SETTLE_MS);
  }

  // -- what is set

  const snapshot = () => ({ state, trail });

  function lay(next, learned) {
    state = next;
    trail = learned;
    compute();
    showFields();
    draw();
  }

  function compute() {
    found = passes(state.net);
    if (!trail.length) trail = [found.loss];
    root.dataset.result = JSON.stringify({ text: write(state), sums: found.sums, values: found.values, bars: found.bars, derivatives: found.derivatives, weightDerivatives: found.weightDerivatives, loss: found.loss });
  }

  // `learned`: the trail goes on; without it a new one begins. Refuses what overflows.
  function change(next, { source = "", learned = [] } = {}) {
    if (!finite(passes(next.net))) return tell("Those numbers grow beyond what 64 bits hold; the last ones stay."), showFields(), draw();
    history.note(snapshot(), source);
    lay(next, learned);
    settle();
  }

  const changeNet = (part, source) => change({ ...state, net: { ...state.net, ...part } }, { source });

  function entered(kind, layer, r, c, value, source) {
    const net = state.net;
    if (kind === "t" && net.loss === "cross-entropy" && (value < 0 || value > 1)) return tell("Cross-entropy compares probabilities: a target from 0 to 1.");
    tell("");
    const with_ = (list, index, made) => list.map((one, i) => (i === index ? made(one) : one));
    const put = (list, index) => with_(list, index, () => value);
    if (kind === "v") changeNet({ x: put(net.x, r) }, source);
    if (kind === "t") changeNet({ target: put(net.target, r) }, source);
    if (kind === "b") changeNet({ biases: with_(net.biases, layer, (b) => put(b, r)) }, source);
    if (kind === "w") changeNet({ weights: with_(net.weights, layer, (W) => with_(W, r, (row) => put(row, c))) }, source);
  }

  function resize(sizes) {
    if (sizes.some((size) => !Number.isInteger(size) || size < 1 || size > MOST_NODES)) {
      tell(`A layer has 1 to ${MOST_NODES} nodes; the last number stays.`);
      return showFields();
    }
    tell("");
    held = pointed = null;
    const net = resized(state.net, sizes);
    change({ ...state, net, step: stepsOf(net).length });
  }

  function choose(name, value) {
    tell("");
    const part = { [name]: value };
    if (name === "loss" && value === "cross-entropy") {
      if (state.net.output !== "sigmoid") tell("Cross-entropy compares probabilities, so the last layer is a sigmoid now.");
      Object.assign(part, { output: "sigmoid", target: state.net.target.map((t) => clamp(t, 0, 1)) });
    }
    if (name === "output" && value !== "sigmoid" && state.net.loss === "cross-entropy") {
      tell("Cross-entropy needs a sigmoid at the end: the loss is squared now.");
      part.loss = "squared";
    }
    changeNet(part);
  }

  function learn() {
    const next = { ...state, net: stepped(state.net, found, state.rate), step: stepsOf(state.net).length };
    const numbers = next.net.weights.flat(2).concat(next.net.biases.flat());
    const after = passes(next.net);
    if (!finite(after) || numbers.some((w) => Math.abs(w) > LARGEST)) return tell("This step would carry a weight beyond a million: take a smaller rate.");
    const [what, before] = [state.net.loss === "none" ? namesOf(state.net).at(-1).at(-1) : "The loss", found.loss];
    change(next, { learned: [...trail, after.loss] });
    const moved = `${what} ${after.loss < before ? "fell" : after.loss > before ? "rose" : "stayed"}: ${show(before, 4)} → ${show(after.loss, 4)}.`;
    tell(after.loss > before ? `${moved} The step was too long for this slope: try a smaller rate.` : moved);
  }

  function back(way) {
    const next = history[way](snapshot());
    if (!next) return;
    tell("");
    if (next.state.net === state.net) halt(); // only the step is another
    lay(next.state, next.trail);
    settle();
  }

  // -- the passes, step by step

  const steps = () => stepsOf(state.net);

  function walk(to) {
    history.note(snapshot(), "step");
    stand(to);
  }

  function stand(to) {
    const most = steps().length;
    state = { ...state, step: clamp(to, 0, most) };
    pointed = null;
    draw();
    compute();
    settle();
  }

  function play() {
    if (playing) return halt();
    history.note(snapshot());
    if (state.step >= steps().length) stand(0);
    playing = setInterval(() => (state.step < steps().length ? stand(state.step + 1) : halt()), PLAY_MS);
    showPlaying(act("play"), playing);
  }

  function halt() {
    clearInterval(playing);
    playing = 0;
    showPlaying(act("play"), playing);
  }

  // -- drawing

  function point(one) { pointed = one; light(); }
  function hold(one) { held = one; pointed = null; light(); }
  function leave() { pointed = null; light(); }

  const done = (kind, layer) => {
    if ("wbt".includes(kind) || (kind === "v" && layer === 0)) return true;
    const index = steps().findIndex((one) => one.kind === kind && one.layer === layer);
    return index < state.step;
  };
  const now = (kind, layer) => {
    const step = steps()[state.step - 1];
    return Boolean(step) && state.step < steps().length && step.kind === kind && step.layer === layer;
  };

  function draw() {
    const names = namesOf(state.net);
    graph.draw(state.net, found, names, done);
    matrices.draw(state.net, found, names, done, now);
    showHistory();
    const most = steps().length;
    [act("first").disabled, act("back").disabled] = [state.step === 0, state.step === 0];
    [act("forward").disabled, act("last").disabled] = [state.step >= most, state.step >= most];
    role("step").textContent = `step ${state.step} of ${most}`;
    light();
    drawLoss();
    drawControl();
  }

  function light() {
    if (!state) return;
    const one = pointed ?? held;
    const shown = one && done(one[0], one[1]) ? explained(...one, state.net, found, namesOf(state.net)) : null;
    graph.light(shown ?? {});
    matrices.light(shown ?? {});
    const step = steps()[state.step - 1];
    const resting = !step ? "Nothing is computed yet: press → or Play." : state.step >= steps().length ? "Point at a number, a node or an edge: what it is made of lights up. Type or drag any number in a white field." : stepWords(step, state.net, found);
    role("words").textContent = shown?.words ?? (one ? "Not computed yet at this step." : resting);
  }

  function drawLoss() {
    const svg = root.querySelector("svg.loss");
    const [least, most] = [Math.min(...trail), Math.max(...trail)];
    const [wide, high] = [160, 40];
    const x = (n) => 4 + (n * (wide - 8)) / Math.max(trail.length - 1, 1);
    const y = (value) => (most > least ? 4 + ((most - value) * (high - 8)) / (most - least) : high / 2);
    svg.querySelector("polyline").setAttribute("points", trail.map((value, n) => `${x(n).toFixed(1)},${y(value).toFixed(1)}`).join(" "));
    const end = svg.querySelector("circle");
    end.setAttribute("cx", x(trail.length - 1));
    end.setAttribute("cy", y(trail.at(-1)));
    const what = state.net.loss === "none" ? namesOf(state.net).at(-1).at(-1) : "loss";
    svg.setAttribute("aria-label", `The ${what} over ${trail.length - 1} steps: from ${show(trail[0], 4)} to ${show(trail.at(-1), 4)}`);
    role("loss").textContent = `${what} ${show(found.loss, 4)}`;
    role("taken").textContent = trail.length === 1 ? "no step yet" : `${trail.length - 1} ${trail.length === 2 ? "step" : "steps"}, from ${show(trail[0], 4)}`;
  }

  function drawControl() {
    const { apart, largest } = differences(state.net, found);
    role("control").textContent = `Finite differences, every weight moved by 0.00001 both ways: at most ${power(apart)} from Δ, whose largest entry is ${show(largest, 3)}.`;
    root.dataset.apart = String(apart);
    const { d, forward, backward, each } = counts(state.net);
    const many = (n) => n.toLocaleString("en");
    role("counted").textContent = `Here d = ${many(d)} weights: one pass forward takes ${many(forward)} multiplications, one back ${many(backward)}. One pass forward for each weight: ${many(each)}.`;
  }

  function showFields() {
    const { net, rate } = state;
    for (const name of ["activation", "output", "loss"]) field(name).value = net[name];
    field("biased").checked = net.biased;
    if (field("rate") !== root.getRootNode().activeElement) field("rate").value = String(rate);
    const sizes = sizesOf(net);
    showSizes(role("sizes"), sizes, MOST_NODES, (layer) => `Nodes of layer ${layer}${layer ? "" : ", the input"}`);
    act("fewer").disabled = sizes.length <= FEWEST_LAYERS;
    act("more").disabled = sizes.length >= MOST_LAYERS;
  }

  function tell(sentence) {
    if (role("say").textContent !== sentence) role("say").textContent = sentence;
  }

  // -- timing, in pauses

  const took = (ms) => (ms < 0.01 ? `${show(1000 * ms, 2)} µs` : `${show(ms, 2)} ms`);

  function time(remaining = SIDES, rows = []) {
    const [side, ...others] = remaining;
    if (!side) return;
    rows.push(timed(side));
    const list = role("timed");
    const most = Math.max(...rows.map(({ each }) => each));
    list.replaceChildren(...rows.map(({ d, back, each }) => {
      const row = document.createElement("li");
      const times = each / back;
      row.innerHTML = `<span>${d.toLocaleString("en")} weights</span><i class="one"></i><i class="each"></i><span>${took(back)} back; ${took(each)} one by one: <b>${show(times, 2)} ×</b></span>`;
      row.querySelector(".one").style.width = `${Math.max(1, (100 * back) / most)}%`;
      row.querySelector(".each").style.width = `${Math.max(1, (100 * each) / most)}%`;
      return row;
    }));
    root.dataset.timed = JSON.stringify(rows);
    timing = setTimeout(() => time(others, rows), 60);
  }
  let timing = setTimeout(time, 1500);

  // -- events

  function setRate() {
    const value = parseNumber(field("rate").value);
    const wrong = !(value > 0 && value <= 1000);
    field("rate").ariaInvalid = wrong ? "true" : null;
    if (wrong) return tell("A rate is above 0 and at most 1,000; the last one stays.");
    tell("");
    state = { ...state, rate: rounded(value) };
    settle();
  }

  function layers(by) {
    const sizes = sizesOf(state.net);
    if (by > 0) sizes.splice(sizes.length - 1, 0, Math.min(MOST_NODES, sizes.at(-2) > 1 ? sizes.at(-2) : 3));
    else sizes.splice(sizes.length - 2, 1);
    resize(sizes);
  }

  function savePicture() {
    const svg = root.querySelector("svg.graph").cloneNode(true);
    const style = getComputedStyle(root);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    svg.setAttribute("style", `color: ${style.color}; background: ${style.getPropertyValue("--st-background-color")}; font-family: sans-serif`);
    const rules = document.createElementNS("http://www.w3.org/2000/svg", "style");
    rules.textContent = ".edge line{stroke:#d08a10}.edge.below line{stroke:#2858aa}.edge .reach{stroke:none}.node circle{fill:none;stroke:currentColor}text{text-anchor:middle;fill:currentColor;font-size:11px}.derivative{fill:#0b6e75}";
    svg.prepend(rules);
    saveAs("network.svg", new Blob([svg.outerHTML], { type: "image/svg+xml" }));
  }

  const acts = {
    first: () => { halt(); walk(0); }, back: () => { halt(); walk(state.step - 1); }, forward: () => { halt(); walk(state.step + 1); }, last: () => { halt(); walk(steps().length); },
    play, learn: () => { halt(); learn(); },
    fewer: () => layers(-1), more: () => layers(1), redraw: () => change({ ...state, net: redrawn(state.net) }),
    usual: () => change(read(usual)), picture: savePicture,
  };
  root.onclick = ({ target }) => acts[target.closest("button")?.dataset.act]?.();
  for (const name of ["activation", "output", "loss"]) field(name).onchange = () => choose(name, field(name).value);
  field("biased").onchange = () => changeNet({ biased: field("biased").checked });
  field("rate").oninput = setRate;
  role("sizes").onchange = () => resize([...role("sizes").children].map((input) => Number(input.value)));

  root.onkeydown = (event) => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    const name = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" }[event.key];
    if (command || event.altKey || !name || event.target.matches("input, select")) return;
    acts[name]();
    event.preventDefault();
  };

  const endFollowing = followWidth(root.querySelector(".left"), () => state && draw());

  function destroy() {
    endFollowing();
    clearTimeout(timer);
    clearTimeout(timing);
    clearInterval(playing);
    emit = () => {};
  }

  showPlaying(act("play"), playing);
  return { receive, destroy };
}
