// The keys of every screen: / or Ctrl K searches, → and ← go along the path, on the projector Page ↓ and Page ↑
// from scene to scene, space plays, F fills the screen, ? lists them.
// A key acts by pressing the button that stands for it, so that nothing can be done by keys alone.

const TYPED_INTO = "input, textarea, select, [contenteditable=true], [role=textbox], [role=slider], [role=listbox], [role=combobox], [role=application], [role=grid]";
// What leads on from scene to scene and from station to station, a presenter's buttons among them; in one of our own
// parts the key is the part's if it prevents what the browser does with it, or if the browser's own control needs it.
const PAGES = ["PageUp", "PageDown"], LEADING = [...PAGES, "ArrowLeft", "ArrowRight"];
const PAGED = "textarea, select, [type=range], [contenteditable=true]", ARROWED = `${PAGED}, input:not([type=checkbox])`;

export default function () {
  offerToSkip();
  document.addEventListener("keydown", act);
  return () => document.removeEventListener("keydown", act);
}

function act(event) {
  if (event.defaultPrevented || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return void (press("find") && event.preventDefault());
  if (event.ctrlKey || event.metaKey || busy(event)) return;
  const acts = {
    "/": () => press("find"),
    "?": () => press("keys_help"),
    ArrowRight: () => press("path_on") || play("forward") || press("scene_on"),
    ArrowLeft: () => press("path_back") || play("back") || press("scene_back"),
    PageDown: () => press("path_on") || press("scene_on"), // a presenter's buttons send these
    PageUp: () => press("path_back") || press("scene_back"),
    " ": () => play("play"),
    f: fill,
    F: fill,
  };
  if (acts[event.key]?.()) event.preventDefault();
}

// The first thing that Tab reaches: past the menu to the screen.
function offerToSkip() {
  if (document.querySelector("body > .skip")) return;
  const skip = Object.assign(document.createElement("button"), { className: "skip", type: "button", textContent: "Skip to the screen" });
  skip.onclick = () => {
    const main = document.querySelector('[data-testid="stMain"]');
    main.tabIndex = -1;
    main.focus();
  };
  document.body.prepend(skip);
}

// Whoever types, or holds a control that has keys of its own, keeps them.
function busy(event) {
  const path = event.composedPath().filter((node) => node instanceof Element);
  const onButton = event.key === " " && path.some((node) => node.matches("button, a, summary"));
  const inPart = (node) => node.getRootNode() !== document;
  if (LEADING.includes(event.key) && inPart(path[0])) return path[0].matches(PAGES.includes(event.key) ? PAGED : ARROWED);
  return onButton || path.some((node) => node.matches(TYPED_INTO) || (node.tabIndex >= 0 && inPart(node)));
}

function press(key) {
  const button = document.querySelector(`.st-key-${key} button`);
  button?.click();
  return Boolean(button);
}

// The first player in sight stands in a component's own tree.
function play(what) {
  for (const host of document.querySelectorAll('[data-testid="stMain"] *')) {
    const button = host.shadowRoot?.querySelector(`[data-act="${what}"]`);
    if (button && button.getClientRects().length) return button.click(), true;
  }
  return false;
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
  return true;
}
