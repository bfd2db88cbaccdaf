// Frames of one thing or of several that went step by step: one slider, play and pause, single steps for all. All frames
// are here; no one is asked.

const PER_SECOND = 8;
const LONGEST = 6; // seconds from the first frame to the last, however many there are
const SETTLE_MS = 400; // a frame left for as long belongs in the link
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  const player = instanceIn(root, () => create(root));
  player.use(unpack(data), (frame) => setStateValue("placed", { frame, at: Date.now() }));
  return () => root.isConnected || player.end(); // a call overtaken by the next is cleaned up too: the frames play on
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const [pictures, slider, caption, button] = [".pictures", "input", ".caption", '[data-act="play"]'].map(find);
  let given = { digest: "", captions: [] };
  let reels = []; // { captions, addresses, figure, image } of each
  let timer = 0, noting = 0, note = () => {};

  function use(next, tell) {
    note = next.tells ? tell : () => {};
    if (next.digest === given.digest) return;
    end();
    given = next;
    root.classList.toggle("smooth", given.smooth);
    reels = given.reels.map((reel, i) => ({ ...reel, addresses: addressesOf(i), ...createFigure(reel.name) }));
    pictures.style.setProperty("--columns", given.columns);
    pictures.classList.remove("one");
    pictures.replaceChildren(...reels.map(({ figure }) => figure));
    slider.max = last();
    show(next.start < 0 ? last() + 1 + next.start : next.start);
  }

  const last = () => given.captions.length - 1;

  function addressesOf(number) {
    const all = cut(given.raw, given.reels.flatMap(({ lengths }) => lengths));
    const before = given.reels.slice(0, number).reduce((sum, { lengths }) => sum + lengths.length, 0);
    const own = all.slice(before, before + given.reels[number].lengths.length);
    return own.map((png) => addressOf(png));
  }

  // One of several has a name, and is enlarged by a click.
  function createFigure(name) {
    const [figure, image] = ["figure", "img"].map((tag) => document.createElement(tag));
    image.draggable = false;
    if (!name) return (figure.append(image), { figure, image });
    figure.innerHTML = '<figcaption><b></b><span></span></figcaption><button type="button" data-act="enlarge" aria-pressed="false"></button>';
    figure.querySelector("b").textContent = name;
    const enlarge = figure.querySelector("button");
    enlarge.setAttribute("aria-label", `${name}, enlarged`);
    enlarge.append(image);
    return { figure, image };
  }

  function enlarge(chosen) {
    const one = !pictures.classList.contains("one");
    pictures.classList.toggle("one", one);
    for (const { figure } of reels) figure.classList.toggle("large", figure.contains(chosen));
    chosen.setAttribute("aria-pressed", String(one));
  }

  function show(number) {
    const at = clamp(number, 0, last());
    slider.value = at;
    for (const { name, captions, addresses, figure, image } of reels) {
      const own = Math.min(at, addresses.length - 1); // what has ended stays
      image.src = addresses[own];
      image.alt = `${name || given.alt}: ${captions[own]}`;
      if (name) figure.querySelector("span").textContent = captions[own];
    }
    slider.setAttribute("aria-valuetext", given.captions[at]);
    caption.textContent = given.captions[at];
    if (timer && at === last()) (pause(), leave());
  }

  const step = (by) => show(Number(slider.value) + by);

  function play() {
    if (Number(slider.value) === last()) show(0);
    const pace = Math.max(PER_SECOND, (last() + 1) / LONGEST);
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
    showPlaying(button, timer);
  }

  function end() {
    clearTimeout(noting);
    pause();
    reels.forEach(({ addresses }) => addresses.forEach((address) => URL.revokeObjectURL(address)));
  }

  const acts = { back: () => (pause(), step(-1)), forward: () => (pause(), step(1)), play: () => (timer ? pause() : play()) };
  root.onclick = ({ target }) => {
    const pressed = target.closest("button");
    if (pressed?.dataset.act === "enlarge") return enlarge(pressed);
    const act = acts[pressed?.dataset.act];
    if (act) (act(), leave());
  };
  slider.oninput = () => (pause(), show(Number(slider.value)), leave());
  return { use, end };
}
