// A picture that is turned, scaled, made brighter and covered by hand, before the network sees it.

const COVER = 0.3; // of the picture's side
const GREY = 128;
const WAYS = ["turn", "scale", "light"];

// on.change(): it looks different now.
export function createMoving(root, view, on) {
  const base = document.createElement("canvas");
  const sliders = Object.fromEntries(WAYS.map((way) => [way, root.querySelector(`[data-way="${way}"]`)]));
  let cover = null; // the middle of a grey square, in pixels
  let active = false;

  for (const slider of Object.values(sliders)) slider.oninput = on.change;

  function take(image) {
    Object.assign(base, { width: image.width, height: image.height });
    base.getContext("2d").putImageData(image, 0, 0);
  }

  function reset() {
    for (const slider of Object.values(sliders)) slider.value = slider.defaultValue;
    cover = null;
    on.change();
  }

  function draw(context) {
    const size = base.width;
    const [turn, scale, light] = WAYS.map((way) => Number(sliders[way].value));
    context.fillStyle = `rgb(${GREY} ${GREY} ${GREY})`;
    context.fillRect(0, 0, size, size);
    context.save();
    if (turn || scale) {
      context.translate(size / 2, size / 2);
      context.rotate((-turn * Math.PI) / 180); // counter-clockwise, as all angles here; a canvas has its own way
      context.scale(2 ** scale, 2 ** scale);
      context.translate(-size / 2, -size / 2);
    }
    context.drawImage(base, 0, 0);
    context.restore();
    if (light) brighten(context, size, 2 ** light);
    if (cover) context.fillRect(cover[0] - (COVER * size) / 2, cover[1] - (COVER * size) / 2, COVER * size, COVER * size);
  }

  function brighten(context, size, factor) {
    const image = context.getImageData(0, 0, size, size);
    image.data.forEach((value, i) => { if (i % 4 !== 3) image.data[i] = value * factor; });
    context.putImageData(image, 0, 0);
  }

  function place(event) {
    const [across, down] = sharesOf(event, view);
    cover = [across * base.width, down * base.height];
    on.change();
  }

  let held = false;
  view.addEventListener("pointerdown", (event) => {
    if (!active) return;
    held = true;
    view.setPointerCapture(event.pointerId);
    place(event);
  });
  view.addEventListener("pointermove", (event) => { if (held) place(event); });
  for (const end of ["pointerup", "pointercancel"]) view.addEventListener(end, () => {
    if (!held) return;
    held = false;
    cover = null;
    on.change();
  });

  return { take, reset, draw, set active(now) { active = now; } };
}
