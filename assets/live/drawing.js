// A sheet of paper to draw on, as large as what the network takes.

const PENS = { black: "#1f2933", red: "#d0312d", orange: "#e69f00", green: "#2b8a3e", blue: "#0072b2", brown: "#8c510a", grey: "#8a8f94" };
const PAPER = "#ffffff";

// on.change(): there is something new on it.
export function createDrawing(root, view, on) {
  const paper = document.createElement("canvas");
  const context = paper.getContext("2d", { willReadFrequently: true });
  const width = root.querySelector('[data-role="width"]');
  let pen = "black";
  let last = null;

  for (const name of Object.keys(PENS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "colour", title: name });
    button.dataset.pen = name;
    button.setAttribute("aria-label", `Draw in ${name}`);
    button.style.background = PENS[name];
    root.querySelector('[data-role="colours"]').append(button);
  }
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-pen]");
    if (button) use(button.dataset.pen);
  });
  use(pen);

  function use(name) {
    pen = name;
    for (const button of root.querySelectorAll("[data-pen]")) button.setAttribute("aria-pressed", String(button.dataset.pen === name));
  }

  function resize(size) {
    if (paper.width === size) return;
    Object.assign(paper, { width: size, height: size });
    clear();
  }

  function clear() {
    context.fillStyle = PAPER;
    context.fillRect(0, 0, paper.width, paper.height);
    on.change();
  }

  const place = (event) => {
    const [across, down] = sharesOf(event, view);
    return [across * paper.width, down * paper.height];
  };

  function stroke(to) {
    context.strokeStyle = PENS[pen] ?? PAPER;
    context.lineWidth = Number(width.value);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...last);
    context.lineTo(...to);
    context.stroke();
    last = to;
    on.change();
  }

  let active = false;
  view.addEventListener("pointerdown", (event) => {
    if (!active) return;
    view.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last);
  });
  view.addEventListener("pointermove", (event) => { if (active && last) stroke(place(event)); });
  for (const end of ["pointerup", "pointercancel"]) view.addEventListener(end, () => { last = null; });

  return { paper, resize, clear, set active(on) { active = on; last = null; } };
}
