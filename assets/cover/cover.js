// A square is dragged over the picture, and what the network says of the rest follows: from the first touch on in the
// browser, as soon as it has the network. Until then, and where it can't, Python is asked while the square moves. What
// stands there at rest is Python's word.

const TELL_MS = 120; // while it moves, Python hears of it so often …
const REST_MS = 400; // … or, where the browser knows by itself, once it is let go or the keys rest
const ECHO_MS = 3000; // an answer to an earlier place does not move it back

export default function ({ data, parentElement, setTriggerValue }) {
  const cover = instanceIn(parentElement, () => createCover(parentElement.querySelector(".cover")));
  cover.tell = (place) => setTriggerValue("chosen", place);
  cover.receive(unpack(data));
  return endOf(parentElement, cover.destroy);
}

function createCover(root) {
  const role = partsOf(root, "role");
  const [stage, square] = [role("stage"), role("square")];
  const cover = { tell: () => {}, receive, destroy };
  let given = null;
  let place = null; // row and column of the field that its middle is in
  const told = createTold(ECHO_MS);
  let untold = false; // whether Python has yet to hear of this place
  let timer = 0;
  let held = null; // how far from its middle the pointer has taken hold of it, in pixels of the screen
  let network = null;
  let unwatch = () => {};

  function receive(message) {
    const before = given;
    given = message;
    [given.shares, given.pixels] = cut(message.raw, [4 * message.labels.length, 3 * message.size ** 2]);
    if (before?.digest !== message.digest) draw();
    if (before && before.network?.weights !== message.network?.weights) disconnect();
    if (!held && !told.isLate(message.chosen)) place = message.chosen;
    lay();
    if (same(place, message.chosen)) show(new Float32Array(given.shares.slice().buffer));
    else if (network?.state.ready) look();
  }

  const same = (one, other) => String(one) === String(other);

  function draw() {
    paintPlanes(role("picture"), planesOfBytes(given.pixels, 3), given.size);
    stage.setAttribute("aria-label", `${given.alt}. Arrow keys move the square.`);
  }

  // First row and column that it covers, and the first that it doesn't, before they are cut to the picture.
  function bounds() {
    const [top, left] = place.map((field) => given.middles[field] - Math.floor(given.side / 2));
    return { top, left, bottom: top + given.side, right: left + given.side };
  }

  function lay() {
    const { top, left } = bounds();
    const share = (pixels) => `${(100 * pixels) / given.size}%`;
    Object.assign(square.style, {
      top: share(top), left: share(left), width: share(given.side), height: share(given.side),
      background: `rgb(${given.colour.join(" ")})`,
    });
  }

  function covered() {
    const { size, colour } = given;
    const { top, left, bottom, right } = bounds();
    const planes = planesOfBytes(given.pixels, 3);
    for (let row = Math.max(0, top); row < Math.min(size, bottom); row++) {
      const [first, last] = [Math.max(0, left), clamp(right, 0, size)];
      for (let c = 0; c < 3; c++) planes.fill(colour[c] / 255, (c * size + row) * size + first, (c * size + row) * size + last);
    }
    return planes;
  }

  const look = latestOnly(async () => {
    const here = place;
    const shares = softmax((await network.look(covered())).logits);
    role("where").textContent = whereComputed(network);
    Object.assign(root.dataset, { place: here.join(" "), share: shares[given.number] }); // what the browser said last
    if (!same(place, given.chosen)) show(shares); // else Python has said it
  });

  function show(shares) {
    showBars(role("bars"), shares, given.labels, [given.number]);
    const [name, after] = [document.createElement("b"), document.createElement("b")];
    name.textContent = given.labels[given.number];
    after.textContent = percentOf(shares[given.number]);
    role("change").replaceChildren(name, `: ${percentOf(given.before)} → `, after);
  }

  function connect() {
    if (network || !given.network) return;
    network = networkOf(given.network);
    unwatch = network.watch(({ ready }) => {
      role("where").textContent = whereComputed(network);
      if (ready) look();
    });
  }

  function disconnect() {
    unwatch();
    network = null;
    role("where").textContent = "";
  }

  function move(next) {
    const count = given.middles.length;
    if (next.some((field) => field < 0 || field >= count) || same(next, place)) return;
    connect();
    place = next;
    lay();
    untold = true;
    if (network?.state.ready) {
      look();
      clearTimeout(timer);
      timer = held ? 0 : setTimeout(tell, REST_MS);
    } else {
      timer ||= setTimeout(tell, TELL_MS);
    }
  }

  function tell() {
    clearTimeout(timer);
    [timer, untold] = [0, false];
    told.note(place);
    cover.tell(place);
  }

  function fieldAt(clientX, clientY) {
    const [across, down] = sharesOf({ clientX, clientY }, stage);
    return [down, across].map((share) => Math.floor(share * given.middles.length));
  }

  square.onpointerdown = (event) => {
    const box = square.getBoundingClientRect();
    held = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    square.setPointerCapture(event.pointerId);
    connect();
  };
  square.onpointermove = (event) => {
    if (held) move(fieldAt(event.clientX - held[0], event.clientY - held[1]));
  };
  square.onpointerup = square.onpointercancel = () => {
    held = null;
    if (untold) tell();
  };
  square.onclick = (event) => event.stopPropagation(); // a drag's end moves it no further
  stage.onclick = (event) => move(fieldAt(event.clientX, event.clientY));
  stage.onkeydown = (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    move([place[0] + step[0], place[1] + step[1]]);
  };

  function destroy() {
    clearTimeout(timer);
    unwatch();
  }

  return cover;
}
