// Frames of something that went step by step: a slider, play and pause, single steps. All frames are here; no one is asked.

const PER_SECOND = 8;
const LONGEST = 6; // seconds from the first frame to the last, however many there are
const players = new WeakMap();

export default function ({ data, parentElement }) {
  const player = players.get(parentElement) ?? create(parentElement);
  players.set(parentElement, player);
  player.use(unpack(data));
  return () => {
    player.end();
    players.delete(parentElement);
  };
}

function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const frames = header.lengths.map((size) => bytes.slice(at, (at += size)));
  return { ...header, frames };
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const [root, image, slider, caption, button] = [".player", "img", "input", ".caption", '[data-act="play"]'].map(find);
  let given = { digest: "", captions: [] };
  let addresses = [];
  let timer = 0;

  function use(next) {
    if (next.digest === given.digest) return;
    end();
    given = next;
    addresses = next.frames.map((png) => URL.createObjectURL(new Blob([png], { type: "image/png" })));
    slider.max = addresses.length - 1;
    show(next.start < 0 ? addresses.length + next.start : next.start);
  }

  function show(number) {
    const last = addresses.length - 1;
    const at = Math.max(0, Math.min(last, number));
    slider.value = at;
    image.src = addresses[at];
    image.alt = `${given.alt}: ${given.captions[at]}`;
    slider.setAttribute("aria-valuetext", given.captions[at]);
    caption.textContent = given.captions[at];
    if (timer && at === last) pause();
  }

  const step = (by) => show(Number(slider.value) + by);

  function play() {
    if (Number(slider.value) === addresses.length - 1) show(0);
    const pace = Math.max(PER_SECOND, addresses.length / LONGEST);
    timer = setInterval(() => step(1), 1000 / pace);
    tell();
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    tell();
  }

  function tell() {
    button.textContent = timer ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(Boolean(timer)));
  }

  function end() {
    pause();
    addresses.forEach((address) => URL.revokeObjectURL(address));
  }

  const acts = { back: () => (pause(), step(-1)), forward: () => (pause(), step(1)), play: () => (timer ? pause() : play()) };
  root.onclick = ({ target }) => acts[target.closest("button")?.dataset.act]?.();
  slider.oninput = () => (pause(), show(Number(slider.value)));
  return { use, end };
}
