// The two pictures as they stand: what is convolved, what comes out, how its values become shades, and how large it is.
import { extremes, roundingOf } from "./job.js";
import { outputSize, padBefore, padPicture } from "./geometry.js";
import { show } from "./numbers.js";
import { paint, shownRange } from "./paint.js";

const DISPLAYS = {
  signed: "0 is mid-grey", diverging: "0 is grey, negative blue, positive amber", absolute: "size without sign", clipped: "cut off outside",
};

export function outputShape(picture, { kernel, padding, stride, dilation }) {
  return [
    outputSize(picture.height, kernel.length, padding, stride, dilation),
    outputSize(picture.width, kernel[0].length, padding, stride, dilation),
  ];
}

// picture, result: frames of pictures.js; colours: 256 RGB triples.
export function createStage(root, picture, result) {
  const role = partsOf(root, "role");
  let colours = null;
  const [over, wipe] = [role("over"), role("wipe")];

  // The picture over the result, from the left as far as the slider says; only where the two lie on one another.
  function drawOver() {
    const { width, height } = picture.canvas;
    const alike = result.canvas.width === width && result.canvas.height === height;
    wipe.disabled = !alike;
    over.hidden = !alike || wipe.value === "0";
    if (over.hidden) return;
    Object.assign(over, { width, height });
    over.getContext("2d").drawImage(picture.canvas, 0, 0);
    over.style.clipPath = `inset(0 ${100 - Number(wipe.value)}% 0 0)`;
  }
  wipe.oninput = drawOver;

  // `shown` is `source` in the colours chosen.
  function drawPicture(shown, source) {
    const { height, width, planes } = shown;
    root.firstElementChild.style.setProperty("--ratio", width / height);
    const { low, high } = source.planes.length === 1 ? extremes(planes) : { low: 0, high: 1 };
    shown.range = [Math.min(0, low), Math.max(high, low + 1e-9)];
    picture.resize(height, width);
    picture.draw(height, width, (pixels) => paint(planes, "clipped", shown.range, colours, pixels));
    if (source.planes.length > 1) picture.surround(null, 0, 0);
    picture.write(planes.length === 1 ? planes[0] : null, height, width);
    const kind = planes.length === 3 ? "colour" : source.planes.length === 3 ? "grey = 0.299 R + 0.587 G + 0.114 B" : "numbers";
    role("picture-note").textContent = role("picture-note").title = `${height} × ${width}, ${kind}`;
  }

  // `numbers`: a picture of plain numbers, whose result's cells are as large as its own.
  function drawResult({ planes, low, high, job, step, settings, picture: from }, wanted, contrast, numbers) {
    const [height, width] = outputShape(from, settings);
    const display = wanted === "diverging" && planes.length > 1 ? "signed" : wanted;
    if (Math.max(-low, high) <= roundingOf(job, from.range)) low = high = 0; // or rounding would be shown in full contrast
    const range = shownRange(display, low, high, contrast, planes);
    const share = numbers ? surround(from, settings) * Math.min(1, width / from.width) : 1;
    result.resize(height, width, share);
    result.draw(job.height, job.width, (pixels) => paint(planes, display, range, colours, pixels));
    result.write(step === 1 && planes.length === 1 ? planes[0] : null, height, width);
    showRange(display, range, low, high);
    role("result-note").textContent = `${height} × ${width}`;
    if (step === 1) drawOver();
  }

  // What the padding adds to a picture of numbers; the share of the width that the picture keeps.
  function surround(from, { kernel, padding, dilation }) {
    const [rows, columns] = [kernel.length, kernel[0].length];
    const padded = padding === "valid" ? null : padPicture(from, rows, columns, padding, dilation);
    return picture.surround(padded, padBefore(rows, padding, dilation), padBefore(columns, padding, dilation));
  }

  function showRange(display, [least, most], low, high) {
    role("least").textContent = show(least);
    role("most").textContent = show(most);
    role("range-note").textContent = `${DISPLAYS[display]}; values ${show(low)} to ${show(high)}`;
    root.querySelector(".ramp").classList.toggle("zero", display === "signed" || display === "diverging");
    const ramp = role("ramp").getContext("2d");
    const image = ramp.createImageData(256, 1);
    const steps = Float32Array.from({ length: 256 }, (_, i) => i / 255);
    paint([steps], display === "diverging" ? "diverging" : "clipped", [0, 1], colours, image.data);
    ramp.putImageData(image, 0, 0);
  }

  function showFormula(source, settings) {
    const { kernel, padding, stride, dilation } = settings;
    const [height, width] = outputShape(source, settings);
    const axis = (name, n, k, out) => {
      const p = padding === "valid" ? 0 : dilation * (k - 1);
      return `${name}: ⌊(${n} + ${p} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${show(out, 6)}`;
    };
    const alike = source.height === source.width && kernel.length === kernel[0].length;
    const lines = [axis(alike ? "both" : "rows", source.height, kernel.length, height)];
    if (!alike) lines.push(axis("columns", source.width, kernel[0].length, width));
    role("formula").replaceChildren(...["out = ⌊(n + p − d·(k − 1) − 1) / s⌋ + 1", ...lines].map((line) => {
      const span = document.createElement("span");
      span.textContent = line;
      return span;
    }));
  }

  return { drawPicture, drawResult, showFormula, set colours(given) { colours = given; } };
}

// Why a window fits nowhere, in one sentence.
export function fitsNowhere(source, { kernel, dilation }) {
  const reach = (k) => dilation * (k - 1) + 1;
  return (
    `The window covers ${reach(kernel.length)} × ${reach(kernel[0].length)} pixels, the picture has ${source.height} × ` +
    `${source.width}: without padding it fits nowhere. Choose a padding or a smaller kernel; the last result stays.`
  );
}
