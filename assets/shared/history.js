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
