// Stands before every component's script (see pages/parts/widgets/component.py).

// What a component has made of itself in its place on the page: created at Python's first word, found again at the next.
const COMPONENTS = new WeakMap();

function instanceIn(place, create) {
  if (!COMPONENTS.has(place)) COMPONENTS.set(place, create());
  return COMPONENTS.get(place);
}

// What is handed back to Streamlit, which calls it once the component is gone: `end` it, and forget it.
function endOf(place, end) {
  return () => {
    end();
    COMPONENTS.delete(place);
  };
}

// What pack() there has packed: length (uint32), JSON header, raw bytes.
function unpack(bytes) {
  const copy = bytes.slice(); // aligned, whatever the message it came in
  const length = new DataView(copy.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + length)));
  return { ...header, raw: copy.subarray(4 + length) };
}

// The bytes in pieces of these lengths.
function cut(raw, lengths) {
  let at = 0;
  return lengths.map((length) => raw.subarray(at, (at += length)));
}

// How wide a line that means something is at least, in pixels of the page: on the projector; 0 elsewhere.
function leastLine(node) {
  return parseFloat(getComputedStyle(node).getPropertyValue("--least-line")) || 0;
}

// How tall the letters of a drawing are at least, in pixels of the page: on the projector; 0 elsewhere.
function leastType(node) {
  return parseFloat(getComputedStyle(node).getPropertyValue("--least-type")) || 0;
}

// Have the letters of an SVG, drawn at `scale` pixels of the page for one of its units, be that tall at least.
function keepLegible(svg, scale) {
  svg.style.setProperty("--least-letter", `${leastType(svg) / scale}px`);
}

// Draw anew when there is more room or less, as when the projector is switched on; returns what ends that.
function followWidth(node, draw) {
  let wide = node.clientWidth;
  const watcher = new ResizeObserver(() => {
    if (node.clientWidth === wide) return;
    wide = node.clientWidth;
    draw();
  });
  watcher.observe(node);
  return () => watcher.disconnect();
}

// Have the browser save what was made in it as a file of that name.
function saveAs(download, blob) {
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { download, href }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // a slow disk's
}

// What the visitor can take back: the states before each change, such as they are noted.
function createHistory() {
  const MOST = 200;
  const TOGETHER_MS = 1000; // the strokes of one hand on one control are one change
  let [past, future] = [[], []];
  let last = { source: "", at: 0 };

  // Before a change: `source` names the control that may send several in a row, "" none.
  function note(state, source = "") {
    const now = performance.now();
    const same = source && source === last.source && now - last.at < TOGETHER_MS;
    last = { source, at: now };
    if (same) return;
    past = [...past, state].slice(-MOST);
    future = [];
  }

  // The state to go back to (or on to), null when there are none.
  function undo(state) {
    last = { source: "", at: 0 };
    if (!past.length) return null;
    future = [...future, state];
    return past.pop();
  }

  function redo(state) {
    last = { source: "", at: 0 };
    if (!future.length) return null;
    past = [...past, state];
    return future.pop();
  }

  function clear() {
    [past, future, last] = [[], [], { source: "", at: 0 }];
  }

  return { note, undo, redo, clear, get state() { return { undo: past.length > 0, redo: future.length > 0 }; } };
}

// The buttons and keys that take back and bring back: step("undo") or step("redo"). Returns what enables the buttons.
function listenForUndo(root, history, step) {
  const buttons = ["undo", "redo"].map((way) => [way, root.querySelector(`[data-act="${way}"]`)]);
  for (const [way, button] of buttons) button.onclick = () => step(way);
  root.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    event.preventDefault();
    step(key === "y" || event.shiftKey ? "redo" : "undo");
  });
  return () => { for (const [way, button] of buttons) button.disabled = !history.state[way]; };
}
