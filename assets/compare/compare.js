// Two pictures in one place: a divider to drag, or the two in turn, slowly enough (0.7 times a second) to be safe to watch.

export default function ({ data, parentElement }) {
  const pair = instanceIn(parentElement, () => create(parentElement));
  pair.use(unpack(data));
  return endOf(parentElement, () => pair.end());
}

function create(parent) {
  const find = (selector) => parent.querySelector(selector);
  const [root, frame, slider, flicker] = [".compare", ".pair", '[type="range"]', '[type="checkbox"]'].map(find);
  const images = [find(".before"), find(".after")];
  const labels = [find(".left"), find(".right")];
  let digest = "";
  let addresses = [];

  function use(given) {
    if (given.digest === digest) return;
    end();
    digest = given.digest;
    addresses = cut(given.raw, given.lengths).map((png) => addressOf(png));
    addresses.forEach((address, i) => {
      images[i].src = address;
      images[i].alt = `${given.alt}: ${given.names[i]}`;
      labels[i].textContent = given.names[i];
    });
    slider.setAttribute("aria-label", `${given.alt}: where ${given.names[0]} ends and ${given.names[1]} begins`);
  }

  function end() {
    addresses.forEach((address) => URL.revokeObjectURL(address));
  }

  slider.oninput = () => frame.style.setProperty("--at", `${slider.value}%`);
  flicker.onchange = () => root.classList.toggle("flickering", flicker.checked);
  return { use, end };
}
