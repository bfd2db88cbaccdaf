// A box on a picture: drawn, moved and resized by mouse, finger or keys. Python hears of it when the hand rests.
// Beside it, if there is one, the map of scores: each stands where the middle of its window is.

const SETTLE_MS = 200;
const LEAST = 3; // pixels a side
const ROOM = [40, 26]; // pixels of the screen, width and height, of a find that a score does not hide
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".box-search");
  const box = instanceIn(root, () => create(root));
  box.receive(opened(unpack(data)), setStateValue);
}

// The picture with what was found, and the scores as a picture and as levels.
function opened(given) {
  const [png, drawn, levels] = cut(given.raw, given.parts);
  return { ...given, png, drawn, levels };
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const [ground, image, frame, handle, found] = [".ground", "img", ".box", ".box i", ".found"].map(find);
  const [map, seen, cross, line] = [".map", ".seen", ".cross", ".read"].map(find);
  let given = null, box = [0, 0, 1, 1], taken = "", digest = "", timer = 0, emit = () => {}, pull = null, mapped = "";
  const history = createHistory();
  const showHistory = listenForUndo(root, history, step);

  function receive(next, setStateValue) {
    emit = (value) => setStateValue("settled", value);
    given = next;
    if (digest !== next.digest) {
      image.src = addressOf(next.png, image.src);
      digest = next.digest;
    }
    map.hidden = !next.scores;
    if (next.scores) {
      mapped = addressOf(next.drawn, mapped);
      map.style.backgroundImage = `url(${mapped})`;
      map.setAttribute("aria-label", next.scores.alt);
    }
    leave();
    root.style.setProperty("--ratio", next.width / next.height);
    image.alt = next.alt;
    ground.setAttribute("aria-label", `${next.alt}. Arrow keys move the box, with Shift they resize it.`);
    // else the hand rules: what comes back is what it left, or already overtaken
    const asked = `${next.digest} ${next.revision}`;
    if (asked !== taken) {
      timer = void clearTimeout(timer);
      if (taken.split(" ")[0] === next.digest) history.note(box);
      else history.clear(); // boxes on another picture
      [box, taken, pull] = [[...next.box], asked, null];
      showHistory();
    }
    found.replaceChildren(...next.found.map(marked));
    measure();
    place(frame, box);
  }

  // Which finds are too small for their scores, at the size at which they stand on the screen.
  function measure() {
    const scale = image.getBoundingClientRect().width / given.width;
    [...found.children].forEach((mark, i) => {
      const [top, left, bottom, right] = given.found[i].box;
      mark.classList.toggle("small", (right - left) * scale < ROOM[0] || (bottom - top) * scale < ROOM[1]);
      mark.classList.toggle("top", top * scale < 18);
    });
  }

  // The window whose middle is at a place of the picture, and what it scored.
  function look(row, column, on) {
    const { rows, columns, pattern, low, high } = given.scores;
    const [top, left] = [row - ((pattern[0] - 1) >> 1), column - ((pattern[1] - 1) >> 1)];
    const inside = top >= 0 && left >= 0 && top < rows && left < columns;
    seen.hidden = !inside || on !== "map";
    cross.hidden = on !== "picture";
    place(seen, [top, left, top + pattern[0], left + pattern[1]]);
    [cross.style.top, cross.style.left] = [`${(100 * (row + 0.5)) / given.height}%`, `${(100 * (column + 0.5)) / given.width}%`];
    const score = low + (given.levels[top * columns + left] / 255) * (high - low);
    line.textContent = inside
      ? `Window at row ${top}, column ${left}: ${trueMinus(score.toPrecision(2))}`
      : "Here the window does not fit into the picture.";
  }

  function point(row, column) {
    [...found.children].forEach((mark, i) => {
      const [top, left, bottom, right] = given.found[i].box;
      mark.classList.toggle("here", row >= top && row < bottom && column >= left && column < right);
    });
    if (given.scores) look(row, column, "picture");
  }

  function leave() {
    seen.hidden = cross.hidden = true;
    line.textContent = "";
    for (const mark of found.children) mark.classList.remove("here");
  }

  function marked({ box: where, text }) {
    const mark = document.createElement("div");
    const label = document.createElement("span");
    label.textContent = text;
    mark.append(label);
    place(mark, where);
    return mark;
  }

  function place(mark, [top, left, bottom, right]) {
    const share = (value, of) => `${(100 * value) / of}%`;
    Object.assign(mark.style, {
      top: share(top, given.height), height: share(bottom - top, given.height),
      left: share(left, given.width), width: share(right - left, given.width),
    });
  }

  function step(way) {
    const next = history[way](box);
    if (next) lay(next);
  }

  function lay(next) {
    box = next;
    showHistory();
    place(frame, box);
    rest();
  }

  function rest() {
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLE_MS);
  }

  // While the hand is down again the timer stays set: what it had left is not told yet.
  function settle() {
    if (pull) return;
    timer = 0;
    emit({ box, digest, at: Date.now() });
  }

  function moved([top, left, bottom, right], down, across) {
    const y = clamp(down, -top, given.height - bottom), x = clamp(across, -left, given.width - right);
    return [top + y, left + x, bottom + y, right + x];
  }

  function resized([top, left, bottom, right], down, across) {
    return [top, left, clamp(bottom + down, top + LEAST, given.height), clamp(right + across, left + LEAST, given.width)];
  }

  function drawn([y, x], [row, column]) {
    const ends = (a, b, most) => {
      const low = clamp(Math.min(a, b), 0, most - LEAST);
      return [low, clamp(Math.max(a, b), low + LEAST, most)];
    };
    const [[top, bottom], [left, right]] = [ends(y, row, given.height), ends(x, column, given.width)];
    return [top, left, bottom, right];
  }

  function at(event) {
    return measured(event, image).map(Math.round);
  }

  // The pixel beneath the pointer.
  function under(event, img) {
    const most = [given.height, given.width];
    return measured(event, img).map((value, i) => clamp(Math.floor(value), 0, most[i] - 1));
  }

  function measured(event, img) {
    const [across, down] = sharesOf(event, img);
    return [down * given.height, across * given.width];
  }

  ground.onpointerdown = (event) => {
    if (Math.min(given.height, given.width) < LEAST) return;
    const kind = event.target === handle ? "resize" : event.target === frame ? "move" : "draw";
    pull = { kind, from: at(event), box };
    ground.setPointerCapture(event.pointerId);
  };
  ground.onpointermove = (event) => {
    const here = at(event);
    if (!pull) return point(...under(event, image));
    leave();
    const [down, across] = [here[0] - pull.from[0], here[1] - pull.from[1]];
    if (pull.kind === "draw" && Math.max(Math.abs(down), Math.abs(across)) < LEAST) return;
    lay(pull.kind === "draw" ? drawn(pull.from, here) : (pull.kind === "move" ? moved : resized)(pull.box, down, across));
  };
  ground.onpointerup = ground.onpointercancel = () => {
    const before = pull?.box;
    pull = null;
    if (!before) return;
    if (before === box) return void (timer && rest());
    history.note(before);
    lay(box);
  };
  map.onpointermove = (event) => {
    look(...under(event, map), "map");
  };
  ground.onpointerleave = map.onpointerleave = leave;
  new ResizeObserver(() => given && measure()).observe(ground);
  ground.onkeydown = (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    history.note(box, "keys");
    lay((event.shiftKey ? resized : moved)(box, ...by));
  };
  return { receive };
}
