// A signal or a kernel is dragged onto a result, or tapped and then the result: that presses the button of the box beneath it,
// which is all that there is to be told, remembered and undone.

const PIECE = /^(Signal|Kernel) ([A-D]|[1-4])\b/;
const PLACE = /^Result ([1-4])$/;
const FAR = 6; // pixels: less is a tap
const RIM = 70; // pixels from the window's edge at which the page scrolls along
const MARKS = { piece: "3px solid teal", place: "2px dashed teal" };

export default function () {
  const main = document.querySelector('[data-testid="stMain"]') ?? document.scrollingElement;
  const hand = { piece: null, ghost: null, from: [0, 0], at: [0, 0], timer: 0 };

  const named = (target, pattern) => target instanceof HTMLImageElement && pattern.test(target.alt) && target;
  const under = ([x, y]) => named(document.elementFromPoint(x, y), PLACE);
  const outline = (image, kind) => image && (image.style.outline = kind ? MARKS[kind] : "");

  function down(event) {
    const piece = named(event.target, PIECE), place = named(event.target, PLACE);
    if (place && hand.piece) return put(place);
    if (!piece || event.button) return;
    event.preventDefault(); // else the browser drags the image itself
    drop();
    Object.assign(hand, { piece, from: [event.clientX, event.clientY], at: [event.clientX, event.clientY], held: true });
    outline(piece, "piece");
  }

  function move(event) {
    if (!hand.held) return;
    hand.at = [event.clientX, event.clientY];
    if (!hand.ghost && Math.hypot(hand.at[0] - hand.from[0], hand.at[1] - hand.from[1]) > FAR) lift();
    if (hand.ghost) follow();
  }

  function lift() {
    const { width, height } = hand.piece.getBoundingClientRect();
    hand.ghost = hand.piece.cloneNode();
    Object.assign(hand.ghost.style, { position: "fixed", width: `${width}px`, height: `${height}px`, zIndex: 1e6,
      pointerEvents: "none", background: "#8883" });
    document.body.append(hand.ghost);
    hand.timer = setInterval(() => {
      const y = hand.at[1];
      main.scrollBy(0, y > innerHeight - RIM ? 9 : y < RIM ? -9 : 0);
      follow();
    }, 16);
  }

  function follow() {
    const { offsetWidth, offsetHeight } = hand.ghost;
    Object.assign(hand.ghost.style, { left: `${hand.at[0] - offsetWidth / 2}px`, top: `${hand.at[1] - offsetHeight / 2}px` });
    const place = under(hand.at);
    if (place !== hand.place) {
      outline(hand.place);
      outline((hand.place = place), "place");
    }
  }

  function up() {
    if (!hand.held) return;
    hand.held = false;
    if (!hand.ghost) return; // tapped: it waits for its result
    const place = under(hand.at);
    place ? put(place) : drop();
  }

  function put(place) {
    const [, kind, name] = PIECE.exec(hand.piece.alt), [, number] = PLACE.exec(place.alt);
    const box = document.querySelector(`.st-key-match_${kind.toLowerCase()}_${number}`);
    const button = [...(box?.querySelectorAll("button") ?? [])].find((one) => one.textContent.trim() === name);
    drop();
    if (button?.dataset.selected !== "true") button?.click(); // a second press would take it back
  }

  function drop() {
    clearInterval(hand.timer);
    hand.ghost?.remove();
    outline(hand.piece);
    outline(hand.place);
    Object.assign(hand, { piece: null, place: null, ghost: null, held: false });
  }

  const still = new AbortController(); // all ends with the screen
  const listen = (kind, act) => document.addEventListener(kind, act, { signal: still.signal });
  listen("pointerdown", down);
  listen("pointermove", move);
  listen("pointerup", up);
  listen("pointercancel", drop);
  listen("keydown", (event) => event.key === "Escape" && drop());
  return () => (still.abort(), drop());
}
