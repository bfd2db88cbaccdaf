// Pictures as the network takes them, and what it says of them.

// Planes of [0, 1] to an ImageData, rounded to 8 bits.
function imageOfPlanes(planes, side) {
  const image = new ImageData(side, side);
  const count = side * side;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = Math.round(255 * planes[c * count + i]);
    image.data[4 * i + 3] = 255;
  }
  return image;
}

// Such planes on a canvas, one of its pixels for each.
function paintPlanes(canvas, planes, side) {
  if (canvas.width !== side || canvas.height !== side) Object.assign(canvas, { width: side, height: side });
  canvas.getContext("2d").putImageData(imageOfPlanes(planes, side), 0, 0);
}

// The middle of what is filmed, as the server crops: the shorter side is `resize` pixels, the middle `size` of them stay.
function drawMiddle(context, source, width, height, { size, resize }, mirrored) {
  const side = (Math.min(width, height) * size) / resize;
  context.save();
  context.imageSmoothingQuality = "high";
  if (mirrored) context.setTransform(-1, 0, 0, 1, size, 0);
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
  context.restore();
}

function softmax(logits) {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(logits, (z) => Math.exp(z - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

// [class, share] of the highest, first first.
function topOf(shares, count) {
  return Array.from(shares, (share, number) => [number, share]).sort((a, b) => b[1] - a[1]).slice(0, count);
}

function numberOf(value) {
  const text = value.toFixed(2);
  return trueMinus(Number(text) === 0 ? "0.00" : text);
}

// Labels with bars, in the rows that are there already, so that nothing jumps.
function showBars(root, shares, labels, watched = []) {
  const rows = topOf(shares, 5);
  while (root.children.length < rows.length) root.append(barRow());
  rows.forEach(([number, share], place) => {
    const [name, value, bar] = root.children[place].children;
    name.textContent = labels[number];
    name.title = labels[number];
    value.textContent = percentOf(share);
    bar.style.width = `${100 * share}%`;
    root.children[place].classList.toggle("watched", watched.includes(number));
  });
}

function barRow() {
  const row = document.createElement("div");
  row.className = "bar";
  row.append(...["span", "span", "i"].map((kind) => document.createElement(kind)));
  return row;
}
