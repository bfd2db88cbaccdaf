// What the visitor can take back: the choices, and the picture of numbers, as they were before each change.

const MOST = 200;
const TOGETHER_MS = 1000; // the strokes of one hand on one control are one change

export function createHistory() {
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

  return { note, undo, redo, get state() { return { undo: past.length > 0, redo: future.length > 0 }; } };
}
