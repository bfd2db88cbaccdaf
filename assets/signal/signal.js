// A kernel slides along a signal. Its stems can be dragged; all is computed here, and Python hears of it once the hand rests.

const SETTLE_MS = 250;
const PACES = [5, 10, 20, 40, 80]; // places a second
const MOST_WEIGHTS = 61;
const TERMS = 4; // a sum of as many products is written out
const POINT = "h1e-3"; // a dot is the round end of a line; WebKit stretches that of a line without any length
const SVG = "http://www.w3.org/2000/svg";
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".signal");
  const slide = instanceIn(root, () => create(root));
  slide.receive(data, setStateValue);
  return () => root.isConnected || slide.stop(); // a call overtaken by the next is cleaned up too: the hand goes on
}

// -- the convolution: out[i] = Σ_j x[i + j] · w[j], as explorer.convolve has it

// `causal`: the result stands at the last weight, not at the middle one, so that it knows nothing that comes later

const reach = (w, padding, causal) => (padding === "valid" ? 0 : causal ? w.length - 1 : (w.length - 1) >> 1);

function convolve(x, w, padding, causal) {
  const before = reach(w, padding, causal);
  const size = padding === "valid" ? x.length - w.length + 1 : x.length;
  return Array.from({ length: Math.max(0, size) }, (_, i) => w.reduce((sum, weight, j) => sum + weight * at(x, i - before + j, padding), 0));
}

function at(x, i, padding) {
  const n = x.length;
  if (i >= 0 && i < n) return x[i];
  if (padding === "replicate") return x[i < 0 ? 0 : n - 1];
  if (padding !== "reflect") return 0;
  const period = 2 * (n - 1);
  const place = ((i % period) + period) % period;
  return x[place < n ? place : period - place];
}

// -- drawing

const node = (name, parent, kind) => {
  const made = document.createElementNS(SVG, name);
  if (kind) made.setAttribute("class", kind);
  parent.append(made);
  return made;
};

function createPlot(place, kinds) {
  const svg = node("svg", place);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const band = node("rect", svg, "band");
  const paths = Object.fromEntries(["zero", ...kinds].map((kind) => [kind, node("path", svg, kind)]));
  const [top, bottom] = ["top", "bottom"].map((end) => {
    const label = document.createElement("span");
    label.className = `scale ${end}`;
    place.append(label);
    return label;
  });
  let low = -1, high = 1;
  return {
    place, band, paths,
    // the same places along the axis in every plot: one per value of the signal
    scale(count, least, most) {
      const margin = 0.12 * (most - least || 1);
      [low, high] = [least - margin, most + margin];
      svg.setAttribute("viewBox", `-0.5 0 ${count} 1`);
      paths.zero.setAttribute("d", `M-0.5 ${this.up(0)}h${count}`);
      [top.textContent, bottom.textContent] = [text(most), text(least)];
    },
    up: (value) => (1 - (value - low) / (high - low)).toFixed(4),
    curve(values, first) {
      return values.map((v, i) => `${i ? "L" : "M"}${first + i} ${this.up(v)}`).join("");
    },
    stems(values, first) {
      return values.map((v, i) => `M${first + i} ${this.up(0)}V${this.up(v)}`).join("");
    },
    dots(values, first) {
      return values.map((v, i) => `M${first + i} ${this.up(v)}${POINT}`).join("");
    },
  };
}

function text(value) {
  const size = Math.abs(value);
  if (size < 5e-7) return "0";
  return trueMinus(size >= 1000 || size < 0.001 ? value.toExponential(1) : Number(value.toPrecision(3)).toString());
}

const range = (values) => [Math.min(0, ...values), Math.max(0, ...values)];

// -- the whole

function create(root) {
  const role = partsOf(root, "role");
  const button = partsOf(root, "act");
  const place = (name) => root.querySelector(`[data-plot="${name}"] .plot`);
  const plots = {
    signal: createPlot(place("signal"), ["curve"]),
    kernel: createPlot(place("kernel"), ["stem", "dots"]),
    products: createPlot(place("products"), ["stem", "dots"]),
    result: createPlot(place("result"), ["ghost", "curve", "dot"]),
  };
  root.querySelector('[data-plot="products"]').classList.add("products");
  const slider = root.querySelector('input[type="range"]');
  const grid = root.querySelector(".stems");
  const picture = node("svg", grid);
  picture.setAttribute("preserveAspectRatio", "none");
  const lines = { zero: node("path", picture, "zero"), stem: node("path", picture, "stem") };
  const told = document.createElement("output");
  grid.append(told);

  let x = [], w = [], out = [], padding = "replicate", causal = false, position = 0, limit = 1;
  let sent = "", last = { at: 0, kernel: "" }, emit = () => {}, timer = 0, dragged = -1, chosen = 0;
  let pace = 2, playing = 0, whole = true;
  const history = createHistory();
  const showHistory = listenForUndo(root, history, step);
  let noted = -1, note = () => {}, noting = 0;

  // -- from Python

  function receive(given, setStateValue) {
    emit = (settled) => setStateValue("settled", settled);
    note = (place) => setStateValue("placed", { place });
    const kernel = JSON.stringify(given.kernel);
    const fresh = JSON.stringify(given.signal) !== JSON.stringify(x) || given.padding !== padding || given.causal !== causal;
    const moved = JSON.stringify(given.signal) !== JSON.stringify(x) || given.padding !== padding;
    [x, padding, causal] = [given.signal, given.padding, given.causal];
    role("signal-name").textContent = given.name;
    // what comes while something of the hand's is under way is overtaken, and what the hand has left only comes back
    const back = kernel === last.kernel || kernel === JSON.stringify(rounded());
    const asked = kernel !== sent && given.taken >= last.at && !back;
    sent = kernel;
    if (asked) adopt(given.kernel);
    if (fresh || asked) {
      compute();
      if (moved) position = noted = given.place ?? x.length >> 2;
      draw();
    }
  }

  // A kernel that Python asks for can be taken back like one by hand.
  function adopt(kernel) {
    clearTimeout(timer);
    last.kernel = "";
    if (w.length) history.note(w);
    w = [...kernel];
    told.textContent = ""; // it was said of another
    rescale();
    showHistory();
  }

  // -- the kernel

  // `source`: the stem, if several strokes of the keys are one change.
  function change(kernel, source = "") {
    if (JSON.stringify(kernel) === JSON.stringify(w)) return;
    history.note(w, source);
    lay(kernel);
  }

  function lay(kernel, rest = true) {
    w = kernel;
    showHistory();
    if (dragged < 0) rescale();
    compute();
    draw();
    clearTimeout(timer);
    if (rest) timer = setTimeout(settle, SETTLE_MS);
  }

  function step(way) {
    const next = history[way](w);
    if (next) lay(next);
  }

  function settle() {
    const [kernel, at] = [rounded(), Date.now()]; // the time: the same kernel once more is news, too
    last = { at, kernel: JSON.stringify(kernel) };
    emit({ kernel, at });
  }

  const rounded = () => w.map((weight) => Number(weight.toPrecision(6)));

  function rescale() {
    limit = 1.25 * Math.max(...w.map(Math.abs), 0.04);
  }

  const withWeight = (index, value) => w.map((weight, i) => (i === index ? value : weight));

  const tools = {
    fewer: () => w.slice(0, -1),
    more: () => [...w, 0],
    mirror: () => [...w].reverse(),
    one: () => { const sum = total(w); return w.map((weight) => weight / sum); },
    zero: () => { const mean = total(w) / w.length; return w.map((weight) => weight - mean); },
  };

  // -- drawing

  const total = (values) => values.reduce((a, b) => a + b, 0);
  const before = () => reach(w, padding, causal);
  const centre = () => (padding === "valid" ? (w.length - 1) / (causal ? 1 : 2) : 0); // where along the axis a result stands

  function compute() {
    out = convolve(x, w, padding, causal);
    root.dataset.result = JSON.stringify(out);
  }

  function draw() {
    const n = x.length;
    const [least, most] = [Math.min(...x), Math.max(...x)];
    plots.signal.scale(n, least, most);
    plots.signal.paths.curve.setAttribute("d", plots.signal.curve(x, 0));
    plots.kernel.scale(n, ...range(w));
    const most_product = Math.max(...x.map(Math.abs)) * Math.max(...w.map(Math.abs)) || 1;
    plots.products.scale(n, least < 0 || Math.min(...w) < 0 ? -most_product : 0, most_product);
    if (out.length) plots.result.scale(n, Math.min(...out), Math.max(...out));
    plots.result.paths.ghost.setAttribute("d", plots.result.curve(out, centre()));
    slider.max = Math.max(0, out.length - 1);
    drawWindow();
    drawStems();
  }

  function drawWindow() {
    position = clamp(position, 0, out.length - 1);
    slider.value = position;
    role("place").textContent = out.length ? `place ${position}` : "";
    const first = position - before();
    const seen = w.map((_, j) => at(x, first + j, padding));
    const products = w.map((weight, j) => weight * seen[j]);
    for (const plot of [plots.signal, plots.kernel, plots.products]) {
      for (const [name, value] of Object.entries({ x: first - 0.5, y: 0, width: w.length, height: 1 })) plot.band.setAttribute(name, value);
    }
    for (const [plot, values] of [[plots.kernel, w], [plots.products, products]]) {
      plot.paths.stem.setAttribute("d", plot.stems(values, first));
      plot.paths.dots.setAttribute("d", plot.dots(values, first));
    }
    const result = plots.result;
    result.paths.curve.setAttribute("d", result.curve(whole ? out : out.slice(0, position + 1), centre()));
    result.paths.dot.setAttribute("d", out.length ? `M${position + centre()} ${result.up(out[position])}${POINT}` : "");
    say(seen, products);
  }

  function say(seen, products) {
    const sentence = role("sentence");
    if (!out.length) return void (sentence.textContent = "The kernel is longer than the signal: it fits nowhere without padding.");
    const written = w.length <= TERMS ? w.map((weight, j) => `${text(seen[j])} · ${text(weight)}`).join(" + ") : `Σ of ${w.length} products`;
    sentence.replaceChildren(`Result ${position} = ${written} = `);
    const value = document.createElement("b");
    value.textContent = text(out[position]);
    sentence.append(value);
  }

  function drawStems() {
    const across = (i) => (i + 0.5) / w.length;
    const up = (value) => 0.5 - value / (2 * limit);
    picture.setAttribute("viewBox", "0 0 1 1");
    lines.zero.setAttribute("d", "M0 0.5h1");
    lines.stem.setAttribute("d", w.map((value, i) => `M${across(i)} 0.5V${up(value)}`).join(""));
    grid.classList.toggle("many", w.length > 21);
    const knobs = [...grid.querySelectorAll("button")];
    for (const extra of knobs.slice(w.length)) extra.remove();
    w.forEach((value, i) => {
      const knob = knobs[i] ?? createKnob(i);
      knob.style.left = `${100 * across(i)}%`;
      knob.style.top = `${100 * clamp(up(value), 0, 1)}%`;
      knob.tabIndex = i === Math.min(chosen, w.length - 1) ? 0 : -1; // Tab passes by the others, ← → reach them
      for (const [name, of] of [["min", -limit], ["max", limit], ["now", value]]) knob.setAttribute(`aria-value${name}`, of.toPrecision(4));
      knob.setAttribute("aria-label", `Weight ${i}`);
    });
    const sum = total(w);
    role("sum").textContent = text(Math.abs(sum) < 1e-9 * Math.max(...w.map(Math.abs)) ? 0 : sum);
    role("count").textContent = w.length === 1 ? "1 weight" : `${w.length} weights`;
    root.querySelector('[data-tool="fewer"]').disabled = w.length <= 1;
    root.querySelector('[data-tool="more"]').disabled = w.length >= MOST_WEIGHTS;
    root.querySelector('[data-tool="one"]').disabled = Math.abs(sum) < 1e-6;
  }

  function createKnob(index) {
    const knob = document.createElement("button");
    knob.type = "button";
    knob.setAttribute("role", "slider");
    knob.onkeydown = (event) => keyed(event, index);
    knob.onfocus = () => {
      chosen = index;
      grid.querySelectorAll("button").forEach((other, i) => { other.tabIndex = i === index ? 0 : -1; });
      tell(index);
    };
    grid.append(knob);
    return knob;
  }

  const tell = (index) => { told.textContent = index >= 0 && index < w.length ? `w${index} = ${text(w[index])}` : ""; };

  // -- by hand

  function keyed(event, index) {
    const one = limit / (event.shiftKey ? 4 : 20);
    const moves = { ArrowUp: one, ArrowDown: -one, PageUp: 5 * one, PageDown: -5 * one, Home: -limit - w[index], End: limit - w[index] };
    const walks = { ArrowLeft: -1, ArrowRight: 1 };
    if (moves[event.key]) change(withWeight(index, w[index] + moves[event.key]), `${index}`);
    else if (event.key === "Delete" || event.key === "0") change(withWeight(index, 0));
    else if (walks[event.key]) grid.querySelectorAll("button")[index + walks[event.key]]?.focus();
    else return;
    event.preventDefault();
    tell(index);
  }

  function pulled(event) {
    const [, down] = sharesOf(event, grid);
    const value = limit * (1 - 2 * down);
    lay(withWeight(dragged, Math.abs(value) < limit / 60 ? 0 : value), false);
    tell(dragged);
  }

  grid.onpointerdown = (event) => {
    const [across] = sharesOf(event, grid);
    dragged = clamp(Math.floor(across * w.length), 0, w.length - 1);
    grid.setPointerCapture(event.pointerId);
    grid.querySelectorAll("button")[dragged].focus({ preventScroll: true });
    event.preventDefault();
    history.note(w);
    pulled(event);
  };
  grid.onpointermove = (event) => dragged >= 0 && pulled(event);
  grid.onpointerup = grid.onpointercancel = () => {
    if (dragged < 0) return;
    dragged = -1;
    lay(w);
  };
  for (const tool of root.querySelectorAll("[data-tool]")) tool.onclick = () => change(tools[tool.dataset.tool]());

  // -- the window slides

  function move(to) {
    position = to;
    drawWindow();
    clearTimeout(noting);
  }

  // where the visitor leaves the window belongs in the link; where the mouse passes by does not
  function leave() {
    clearTimeout(noting);
    noting = setTimeout(() => position !== noted && note((noted = position)), SETTLE_MS);
  }

  function pointed(event, area) {
    const [across] = sharesOf(event, area);
    move(Math.round(across * x.length - 0.5 - centre()));
  }

  for (const { place: area } of Object.values(plots)) {
    area.onpointermove = (event) => !playing && pointed(event, area);
    area.onpointerdown = (event) => { halt(); pointed(event, area); leave(); };
  }
  slider.oninput = () => { halt(); move(Number(slider.value)); leave(); };
  button("back").onclick = () => { halt(); move(position - 1); leave(); };
  button("forward").onclick = () => { halt(); move(position + 1); leave(); };
  button("play").onclick = () => (playing ? (halt(), leave()) : play());
  button("slower").onclick = () => hasten(-1);
  button("faster").onclick = () => hasten(1);

  function play() {
    if (position >= out.length - 1) position = 0;
    whole = false;
    playing = setInterval(() => (position < out.length - 1 ? move(position + 1) : halt()), 1000 / PACES[pace]);
    showPace();
  }

  function halt() {
    clearInterval(playing);
    playing = 0;
    if (!whole) { whole = true; drawWindow(); }
    showPace();
  }

  function hasten(by) {
    pace = clamp(pace + by, 0, PACES.length - 1);
    if (playing) { clearInterval(playing); play(); }
    showPace();
  }

  function showPace() {
    showPlaying(button("play"), playing);
    role("speed").textContent = `${PACES[pace]} a second`;
  }

  showPace();
  return { receive, stop: () => { clearInterval(playing); clearTimeout(timer); clearTimeout(noting); playing = 0; } };
}
