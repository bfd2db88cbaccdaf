// A press on a cell that moves up or down becomes a drag, by mouse, pen or finger.

const DRAG_START = 4; // pixels before a press becomes a drag

// on.begin(input) → what the drag starts from; on.move(input, up, begun): `up` pixels from there; on.end(input): let go.
export function createDrag(element, on) {
  let drag = null;

  function begins(event) {
    if (event.button !== 0 || !event.target.matches("input")) return;
    drag = { input: event.target, y: event.clientY, id: event.pointerId, moved: false, begun: on.begin(event.target) };
  }

  function moves(event) {
    if (!drag || event.pointerId !== drag.id) return;
    const up = drag.y - event.clientY;
    if (!drag.moved && Math.abs(up) < DRAG_START) return;
    if (!drag.moved) {
      drag.moved = true;
      drag.input.setPointerCapture(drag.id);
      element.classList.add("dragging");
      drag.input.classList.add("held");
    }
    event.preventDefault();
    drag.input.setSelectionRange(0, 0);
    on.move(drag.input, up, drag.begun);
  }

  function ends() {
    const { moved, input } = drag ?? {};
    stop();
    if (moved) on.end(input);
  }

  function stop() {
    drag?.input.classList.remove("held");
    drag = null;
    element.classList.remove("dragging");
  }

  Object.assign(element, {
    onpointerdown: begins, onpointermove: moves,
    onpointerup: ends, onpointercancel: ends, // not lostpointercapture: a finger's comes in the midst of a drag
  });
  return { stop, get moving() { return Boolean(drag?.moved); } };
}
