// Frames of something that went step by step: a slider, play and pause, single steps. All frames are here; no one is asked.

const PER_SECOND = 8;
const LONGEST = 6; // seconds from the first frame to the last, however many there are
const SETTLE_MS = 400; // a frame left for as long belongs in the link
const players = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  const player = players.get(root) ?? create(root);
  players.set(root, player);
  player.use(unpack(data), (frame) => setStateValue("placed", { frame, at: Date.now() }));
  return () => root.isConnected || player.end(); // a call overtaken by the next is cleaned up too: the frames play on
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const [image, slider, caption, button] = ["img", "input", ".caption", '[data-act="play"]'].map(find);
  let given = { digest: "", captions: [] };
  let addresses = [];
  let timer = 0, noting = 0, note = () => {};

  function use(next, tell) {
    note = next.tells ? tell : () => {};
    if (next.digest === given.digest) return;
    end();
    given = next;
    root.classList.toggle("smooth", given.smooth);
    addresses = cut(next.raw, next.lengths).map((png) => URL.createObjectURL(new Blob([png], { type: "image/png" })));
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
    if (timer && at === last) (pause(), leave());
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

  // where the visitor leaves the frames, and where they end by themselves
  function leave() {
    clearTimeout(noting);
    noting = setTimeout(() => timer || note(Number(slider.value)), SETTLE_MS);
  }

  function tell() {
    button.textContent = timer ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(Boolean(timer)));
  }

  function end() {
    clearTimeout(noting);
    pause();
    addresses.forEach((address) => URL.revokeObjectURL(address));
  }

  const acts = { back: () => (pause(), step(-1)), forward: () => (pause(), step(1)), play: () => (timer ? pause() : play()) };
  root.onclick = ({ target }) => {
    const act = acts[target.closest("button")?.dataset.act];
    if (act) (act(), leave());
  };
  slider.oninput = () => (pause(), show(Number(slider.value)), leave());
  return { use, end };
}
