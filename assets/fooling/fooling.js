// An attack while ε is dragged: found in the browser, with its control; the 8-bit picture goes to Python, which judges it.
import { changed, largestOf, projectedGradient, quantized, shuffledLevels } from "./attack.js";

const DRAWS = 20; // random changes of the same size

export default function ({ data, parentElement, setStateValue }) {
  const fooling = instanceIn(parentElement, () => createFooling(parentElement.querySelector(".fooling")));
  fooling.emit = setStateValue;
  fooling.receive(unpack(data));
  return endOf(parentElement, fooling.destroy);
}

function createFooling(root) {
  const role = partsOf(root, "role");
  const fooling = { emit: () => {}, receive, destroy };
  const slider = role("size");
  let given = null;
  let network = null;
  let picture = null; // planes
  let unwatch = () => {};
  let turn = 0; // grows with each attack: an older one ends at its next step
  let slope = null; // the gradient at the picture, which every ε of the fast gradient sign method shares

  function receive(message) {
    const before = given;
    given = message;
    slider.max = message.sizes.length - 1;
    role("size-words").textContent = message.norm === "linf" ? "ε: largest change, in 8-bit levels" : "ε: L2 norm, pixels from 0 to 1";
    if (before?.network.weights !== message.network.weights) connect(message.network);
    const told = before?.request === message.request;
    if (told && (before.chosen === message.chosen || Number(slider.value) === message.chosen)) return; // nothing new
    slider.value = message.chosen;
    if (before?.digest !== message.digest) begin();
    start();
  }

  function connect(files) {
    unwatch();
    network = networkOf(files);
    unwatch = network.watch(({ ready, failed }) => {
      role("where").textContent = whereComputed(network);
      if (ready && picture) start();
      if (failed) fooling.emit("failed", true);
    });
  }

  function begin() {
    picture = planesOfBytes(given.raw, 3);
    slope = null;
    draw("original", picture);
  }

  const size = () => given.sizes[Number(slider.value)];

  function how() {
    const epsilon = given.norm === "linf" ? size() / 255 : size();
    const steps = given.method === "fgsm" ? 1 : given.steps;
    return { norm: given.norm, epsilon, steps, stepSize: given.method === "fgsm" ? epsilon : (given.step_size ?? epsilon / 8) };
  }

  slider.oninput = start;
  slider.onchange = () => fooling.emit("size", { size: size(), norm: given.norm, at: Date.now() });

  async function start() {
    role("size-value").textContent = given.norm === "linf" ? `${size()} / 255` : String(size());
    const mine = ++turn;
    if (!network.state.ready) return;
    root.dataset.done = "false";
    try {
      await attack(mine, how());
    } catch (error) {
      if (mine === turn) role("verdict").textContent = `It stopped (${error.message}). Load the page again.`;
    }
  }

  async function attack(mine, settings) {
    for await (const { x, logits, number } of projectedGradient(remembering(), picture, settings, given.goal)) {
      if (mine !== turn) return;
      if (number === 0) showBars(role("original-bars"), softmax(logits), given.network.labels, watched());
      if (number < settings.steps) show(x, logits, settings, number);
      else await settle(mine, x, settings);
    }
  }

  // The network, which knows the first gradient already.
  function remembering() {
    const climb = async (x, direction, share) => {
      const first = x.every((value, i) => value === picture[i]);
      if (first && slope?.goal === JSON.stringify(given.goal)) return slope.answer;
      const answer = await network.climb(x, direction, share);
      if (first) slope = { goal: JSON.stringify(given.goal), answer };
      return answer;
    };
    return { ...network, climb };
  }

  const watched = () => [given.goal.label, given.goal.target].filter((number) => number !== null);

  function show(x, logits, { steps }, number) {
    draw("fooled", x);
    drawChange(x.map((value, i) => 255 * (value - picture[i])));
    showBars(role("fooled-bars"), softmax(logits), given.network.labels, watched());
    role("where").textContent = [whereComputed(network), steps > 1 ? `Step ${number} of ${steps}` : ""].filter(Boolean).join(". ");
  }

  // On the 8-bit picture, as all that is said in the end.
  async function settle(mine, x, settings) {
    const levels = quantized(x, picture, settings);
    const rounded = changed(picture, levels);
    const { logits } = await network.look(rounded.slice());
    if (mine !== turn) return;
    draw("fooled", rounded);
    drawChange(levels);
    showBars(role("fooled-bars"), softmax(logits), given.network.labels, watched());
    measure(levels);
    role("where").textContent = whereComputed(network);
    const said = topOf(softmax(logits), 1)[0];
    const success = reached(said[0]);
    Object.assign(root.dataset, { success, linf: largestOf(levels), said: said[0], share: said[1] });
    tell(said, success, "");
    const fools = await control(mine, levels);
    if (mine !== turn) return;
    tell(said, success, ` Of ${DRAWS} random changes as large ${fools} ${fools === 1 ? "fools" : "fool"}.`);
    root.dataset.done = "true";
    fooling.emit("made", { png: role("fooled").toDataURL("image/png").split(",")[1], said: said[0], share: said[1], request: given.request });
  }

  const reached = (number) => (given.goal.target === null ? number !== given.goal.label : number === given.goal.target);

  async function control(mine, levels) {
    let fools = 0;
    for (let draw_ = 0; draw_ < DRAWS && mine === turn; draw_++) {
      const other = changed(picture, shuffledLevels(levels, picture, given.seed + draw_));
      const shares = softmax((await network.look(other.slice())).logits);
      if (mine !== turn) return 0;
      fools += Number(reached(topOf(shares, 1)[0][0]));
      if (draw_) continue;
      draw("control", other);
      showBars(role("control-bars"), shares, given.network.labels, watched());
      role("controls").textContent = "The same amounts at the same pixels, shuffled, with random signs.";
    }
    return fools;
  }

  function tell([number, share], success, control) {
    const name = given.network.labels[number];
    const was = given.network.labels[given.goal.label];
    const words = success ? `${was} has become ${name} (${percentOf(share)}).` : number === given.goal.label ? `Still ${name} (${percentOf(share)}): drag ε up.` : `Now ${name} (${percentOf(share)}), not ${given.network.labels[given.goal.target]}.`;
    role("verdict").textContent = words + control;
    role("verdict").classList.toggle("success", success);
    role("equals").textContent = success ? "= what fools it" : "= not fooled yet";
  }

  function measure(levels) {
    const most = largestOf(levels);
    role("measured").textContent = `Largest change ${most} of 255 levels, L2 norm ${numberOf(lengthOf(levels) / 255)}. Mid-grey: no change.`;
  }

  function draw(name, planes) {
    paintPlanes(role(name), planes, given.network.size);
  }

  function drawChange(levels) {
    const most = largestOf(levels);
    draw("change", Float32Array.from(levels, (level) => 0.5 + (most ? level / (2 * most) : 0)));
    role("times").textContent = most ? `${Math.round(127.5 / most)} ×` : "";
  }

  function destroy() {
    turn++;
    unwatch();
  }

  return fooling;
}
