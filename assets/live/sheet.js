// A stage's maps as tiles on one canvas, of which one is chosen by click or arrow keys; and one map over the picture.

const GAP = 1;
const MARK = colour(255, 190, 40);

// As a pixel of 32 bits, in the order that canvases have on all machines of today.
function colour(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

// 256 colours of three bytes each, as pixels.
export function tableOf(bytes) {
  return Uint32Array.from({ length: 256 }, (_, i) => colour(bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2]));
}

// on.choose(channel).
export function createSheet(canvas, on) {
  let layout = null;
  canvas.tabIndex = 0;

  function draw({ data, shape: [, channels, height, width] }, chosen, colours) {
    const columns = Math.max(1, Math.ceil(Math.sqrt(channels * 1.9)));
    const rows = Math.ceil(channels / columns);
    layout = { channels, columns, rows, chosen };
    const [w, h] = [columns * (width + GAP) + GAP, rows * (height + GAP) + GAP];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const context = canvas.getContext("2d");
    const image = context.createImageData(w, h);
    const pixels = new Uint32Array(image.data.buffer);
    for (let channel = 0; channel < channels; channel++) {
      const map = data.subarray(channel * height * width, (channel + 1) * height * width);
      const paint = painter(map, colours);
      const [left, top] = [GAP + (channel % columns) * (width + GAP), GAP + Math.floor(channel / columns) * (height + GAP)];
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels[(top + y) * w + left + x] = paint(map[y * width + x]);
    }
    const shown = Math.min(canvas.clientWidth / w, canvas.clientHeight / h) || 1;
    frame(pixels, w, chosen, columns, width, height, Math.max(GAP, Math.ceil(leastLine(canvas) / shown)));
    context.putImageData(image, 0, 0);
  }

  // A line around the chosen one, in the gap between the tiles; a wider one reaches into it.
  function frame(pixels, w, chosen, columns, width, height, wide) {
    const [left, top] = [(chosen % columns) * (width + GAP), Math.floor(chosen / columns) * (height + GAP)];
    const [right, bottom] = [width + GAP, height + GAP];
    const within = (x, y) => x >= wide && x <= right - wide && y >= wide && y <= bottom - wide;
    for (let y = 0; y <= bottom; y++) for (let x = 0; x <= right; x++) if (!within(x, y)) pixels[(top + y) * w + left + x] = MARK;
  }

  canvas.onclick = (event) => {
    if (!layout) return;
    const bounds = canvas.getBoundingClientRect();
    const scale = Math.min(bounds.width / canvas.width, bounds.height / canvas.height); // it keeps its shape within its box
    const column = Math.floor((event.clientX - bounds.left) / scale / (canvas.width / layout.columns));
    const row = Math.floor((event.clientY - bounds.top) / scale / (canvas.height / layout.rows));
    choose(row * layout.columns + column, column < layout.columns);
  };
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout?.columns, ArrowDown: layout?.columns }[event.key];
    if (!layout || step === undefined) return;
    event.preventDefault();
    choose(layout.chosen + step, true);
  };

  function choose(channel, inside) {
    if (inside && channel >= 0 && channel < layout.channels && channel !== layout.chosen) on.choose(channel);
  }

  return { draw };
}

// From a value to a colour: around zero where some are negative, else from zero up; each map on its own scale.
function painter(map, colours) {
  let [low, high] = [0, 0];
  for (const value of map) { if (value < low) low = value; if (value > high) high = value; }
  const most = Math.max(-low, high) || 1;
  const [table, from, span] = low < 0 ? [colours.signed, -most, 2 * most] : [colours.sequential, 0, most];
  return (value) => table[Math.round((255 * (value - from)) / span)];
}

// The picture, dark where the unit is silent: values above zero let it through.
export function drawOver(canvas, picture, map, [height, width]) {
  const side = picture.width;
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const small = Object.assign(document.createElement("canvas"), { width, height });
  const veil = new ImageData(width, height);
  const most = map.reduce((a, b) => Math.max(a, b), 0) || 1;
  map.forEach((value, i) => { veil.data[4 * i + 3] = 225 * (1 - Math.max(0, value) / most); });
  small.getContext("2d").putImageData(veil, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0);
  context.drawImage(small, 0, 0, side, side);
}
