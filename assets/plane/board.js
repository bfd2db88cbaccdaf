// The output over the plane with its border and the points, which can be added and taken away here.
import { border, GRID, line } from "./pictures.js";
import { SIDE } from "./points.js";

const HOLD_MS = 550; // a finger that stays takes a point away
const NEAR = 16; // pixels from a point
const STEP = 0.1; // of an arrow key

// on.add(x, y), on.remove(x, y, reach): by hand; on.point(x, y): the pointer is there, or nowhere (null).
export function createBoard(root, on) {
  const canvas = root.querySelector("canvas.output");
  const over = root.querySelector("canvas.points");
  const pen = over.getContext("2d");
  let cursor = null; // the keyboard's
  let held = 0;
  let done = false; // by the finger that stays
  let side = 0; // in pixels of the page
  const dots = document.createElement("canvas"); // the points, which stay while the network learns
  let dotted = null; // of which points, at which side
  new ResizeObserver(() => { side = Math.max(100, over.clientWidth); }).observe(over);

  function draw({ values, state, points, flat, parts, paint, dark }) {
    paint(canvas, values, "sigmoid");
    side ||= Math.max(100, over.clientWidth);
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    if (over.width !== Math.round(side * ratio)) over.width = over.height = Math.round(side * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, side, side);
    const cell = side / GRID;
    const least = leastLine(over);
    pen.lineWidth = Math.max(2.5, least);
    pen.strokeStyle = dark ? "#fff" : "#111";
    pen.beginPath();
    for (const [x1, y1, x2, y2] of border(values)) { pen.moveTo((x1 + 0.5) * cell, (y1 + 0.5) * cell); pen.lineTo((x2 + 0.5) * cell, (y2 + 0.5) * cell); }
    pen.stroke();
    if (state.layers.length) drawLines(flat, parts, side, least);
    drawPoints(points, ratio, least);
    if (cursor && root.getRootNode().activeElement === over) {
      pen.strokeStyle = dark ? "#fff" : "#000";
      pen.lineWidth = Math.max(1.5, least);
      const [x, y] = seen(cursor, side);
      pen.strokeRect(x - 7, y - 7, 14, 14);
    }
  }

  function drawPoints(points, ratio, least) {
    if (dotted?.points !== points || dotted.side !== side || dotted.least !== least) {
      dots.width = dots.height = over.width;
      const ink = dots.getContext("2d");
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
      for (const point of points) drawPoint(ink, point, least);
      dotted = { points, side, least };
    }
    pen.drawImage(dots, 0, 0, side, side);
  }

  // Where each unit of the first layer is half on.
  function drawLines(flat, { 0: { rows, W, b } }, side, least) {
    pen.save();
    pen.lineWidth = Math.max(1, least);
    pen.setLineDash([5, 4]);
    pen.globalAlpha = 0.7;
    pen.beginPath();
    for (let r = 0; r < rows; r++) {
      const ends = line(flat[W + 2 * r], flat[W + 2 * r + 1], flat[b + r]);
      if (!ends) continue;
      pen.moveTo(ends[0] * side, ends[1] * side);
      pen.lineTo(ends[2] * side, ends[3] * side);
    }
    pen.stroke();
    pen.restore();
  }

  const seen = ([x, y], side) => [((x + SIDE) / (2 * SIDE)) * side, ((SIDE - y) / (2 * SIDE)) * side];

  // Class 0 a blue disc, class 1 an amber diamond; hollow where it is held out.
  function drawPoint(pen, { x, y, label, held: out }, least) {
    const [px, py] = seen([x, y], side);
    const [ring, edge] = [Math.max(1.8, least), label ? 5.5 : 4]; // a wide ring around as large a hollow
    const half = edge + (ring - 1.8) / 2;
    pen.beginPath();
    if (label) { pen.moveTo(px, py - half); pen.lineTo(px + half, py); pen.lineTo(px, py + half); pen.lineTo(px - half, py); pen.closePath(); } else pen.arc(px, py, half, 0, 7);
    pen.lineWidth = out ? ring + 1.8 : 2.4;
    pen.strokeStyle = "#fff";
    pen.stroke();
    if (out) { pen.lineWidth = ring; pen.strokeStyle = label ? "#b06f00" : "#123a8c"; } else { pen.fillStyle = label ? "#f0a818" : "#1f4fb0"; pen.fill(); pen.lineWidth = 0.8; pen.strokeStyle = "#222"; }
    pen.stroke();
  }

  function placeOf(event) {
    const [across, down] = sharesOf(event, over);
    return [across * 2 * SIDE - SIDE, SIDE - down * 2 * SIDE];
  }
  const reach = () => (NEAR / over.clientWidth) * 2 * SIDE;

  over.onpointerdown = (event) => {
    done = false;
    if (event.pointerType === "touch") held = setTimeout(() => { done = true; on.remove(...placeOf(event), 2 * reach()); }, HOLD_MS);
  };
  over.onpointerup = () => clearTimeout(held);
  over.onpointercancel = () => { clearTimeout(held); done = true; };
  over.onclick = (event) => {
    if (done) { done = false; return; }
    if (event.shiftKey) on.remove(...placeOf(event), reach());
    else if (event.detail < 2) on.add(...placeOf(event)); // the second of a double click would lie on the first
  };
  over.oncontextmenu = (event) => {
    event.preventDefault();
    if (event.pointerType !== "touch" && !done) on.remove(...placeOf(event), reach());
  };
  over.onpointermove = (event) => on.point(...placeOf(event));
  over.onpointerleave = () => on.point(null);

  over.onkeydown = (event) => {
    const step = event.shiftKey ? 5 * STEP : STEP;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    cursor ??= [0, 0];
    if (ARROWS[event.key]) {
      const [down, right] = ARROWS[event.key];
      cursor = [cursor[0] + step * right, cursor[1] - step * down].map((value) => clamp(value, -SIDE, SIDE));
    }
    else if (event.key === "Enter" || event.key === " ") on.add(...cursor);
    else if (event.key === "Delete" || event.key === "Backspace") on.remove(...cursor, 2 * reach());
    else return;
    event.preventDefault();
    event.stopPropagation();
    on.point(...cursor);
  };
  over.onfocus = () => { cursor ??= [0, 0]; on.point(...cursor); };
  over.onblur = () => on.point(null);
  return { draw, over };
}
