// A box on a picture: drawn, moved and resized by mouse, finger or keys. Python hears of it when the hand rests.

const SETTLE_MS = 200;
const LEAST = 3; // pixels a side
const shown = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".boxer");
  const boxer = shown.get(root) ?? create(root);
  shown.set(root, boxer);
  boxer.receive(unpack(data), setStateValue);
}

function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { ...JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))), png: bytes.slice(4 + length) };
}

const within = (value, low, high) => Math.max(low, Math.min(high, value));

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const [ground, image, frame, handle, found] = [".ground", "img", ".box", ".box i", ".found"].map(find);
  let given = null, box = [0, 0, 1, 1], taken = "", digest = "", address = "", timer = 0, emit = () => {}, pull = null;

  function receive(next, setStateValue) {
    emit = (value) => setStateValue("settled", value);
    given = next;
    if (digest !== next.digest) {
      URL.revokeObjectURL(address);
      address = URL.createObjectURL(new Blob([next.png], { type: "image/png" }));
      [image.src, digest] = [address, next.digest];
    }
    root.style.setProperty("--ratio", next.width / next.height);
    image.alt = next.alt;
    ground.setAttribute("aria-label", `${next.alt}. Arrow keys move the box, with Shift they resize it.`);
    // else the hand rules: what comes back is what it left, or already overtaken
    const asked = `${next.digest} ${next.revision}`;
    if (asked !== taken) {
      clearTimeout(timer);
      [box, taken, pull] = [[...next.box], asked, null];
    }
    found.replaceChildren(...next.found.map(marked));
    place(frame, box);
  }

  function marked({ box: where, text }) {
    const mark = document.createElement("div");
    const label = document.createElement("span");
    label.textContent = text;
    mark.append(label);
    place(mark, where);
    return mark;
  }

  function place(mark, [top, left, bottom, right]) {
    const share = (value, of) => `${(100 * value) / of}%`;
    Object.assign(mark.style, {
      top: share(top, given.height), height: share(bottom - top, given.height),
      left: share(left, given.width), width: share(right - left, given.width),
    });
  }

  function change(next) {
    box = next;
    place(frame, box);
    clearTimeout(timer);
    timer = setTimeout(() => !pull && emit({ box, digest, at: Date.now() }), SETTLE_MS);
  }

  function moved([top, left, bottom, right], down, across) {
    const y = within(down, -top, given.height - bottom), x = within(across, -left, given.width - right);
    return [top + y, left + x, bottom + y, right + x];
  }

  function resized([top, left, bottom, right], down, across) {
    return [top, left, within(bottom + down, top + LEAST, given.height), within(right + across, left + LEAST, given.width)];
  }

  function drawn([y, x], [row, column]) {
    const ends = (a, b, most) => {
      const low = within(Math.min(a, b), 0, most - LEAST);
      return [low, within(Math.max(a, b), low + LEAST, most)];
    };
    const [[top, bottom], [left, right]] = [ends(y, row, given.height), ends(x, column, given.width)];
    return [top, left, bottom, right];
  }

  function at(event) {
    const bounds = image.getBoundingClientRect();
    return [Math.round(((event.clientY - bounds.top) / bounds.height) * given.height), Math.round(((event.clientX - bounds.left) / bounds.width) * given.width)];
  }

  ground.onpointerdown = (event) => {
    if (Math.min(given.height, given.width) < LEAST) return;
    const kind = event.target === handle ? "resize" : event.target === frame ? "move" : "draw";
    pull = { kind, from: at(event), box };
    ground.setPointerCapture(event.pointerId);
  };
  ground.onpointermove = (event) => {
    if (!pull) return;
    const here = at(event);
    const [down, across] = [here[0] - pull.from[0], here[1] - pull.from[1]];
    if (pull.kind === "draw" && Math.max(Math.abs(down), Math.abs(across)) < LEAST) return;
    change(pull.kind === "draw" ? drawn(pull.from, here) : (pull.kind === "move" ? moved : resized)(pull.box, down, across));
  };
  ground.onpointerup = ground.onpointercancel = () => {
    const changed = pull && pull.box !== box;
    pull = null;
    if (changed) change(box);
  };
  ground.onkeydown = (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    change((event.shiftKey ? resized : moved)(box, ...step));
  };
  return { receive };
}
