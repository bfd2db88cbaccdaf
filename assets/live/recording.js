// A few seconds of what goes through the network as a film to take along: a GIF, made here in the browser.

const LONGEST_MS = 6000;
const MOST_FRAMES = 90;
const [BETWEEN, LINE, LETTERS] = [6, 30, 16]; // pixels
const [SHORTEST_MS, PAUSE_MS, LAST_MS] = [40, 1500, 800]; // a frame's time; what stood still for longer is cut short

// on.state("ready" | "recording" | "making", words); on.film(blob); on.encoder(): the address of what writes GIFs.
export function createRecording(on) {
  let frames = null; // while it records
  let clock = 0;

  function begin() {
    frames = [];
    clock = setTimeout(end, LONGEST_MS);
    on.state("recording", "Recording: move something.");
  }

  // The picture, beside it where the unit is excited, beneath them what the network says.
  function take(picture, over, words) {
    if (!frames) return;
    frames.push({ image: composed(picture, over, words), at: performance.now() });
    if (frames.length === MOST_FRAMES) end();
  }

  async function end() {
    clearTimeout(clock);
    const taken = frames;
    frames = null;
    if (!taken?.length) return on.state("ready", "The network has not answered yet.");
    try {
      on.film(await film(taken));
      on.state("ready", `A film of ${taken.length === 1 ? "one frame" : `${taken.length} frames`} was made in your browser.`);
    } catch (error) {
      on.state("ready", `The film could not be made (${error.message}).`);
    }
  }

  async function film(taken) {
    const { GIFEncoder, quantize, applyPalette } = await import(on.encoder());
    const gif = GIFEncoder();
    for (const [number, { image, at }] of taken.entries()) {
      on.state("making", `Making the film: frame ${number + 1} of ${taken.length}`);
      await new Promise((resolve) => setTimeout(resolve)); // so that the page stays alive
      const palette = quantize(image.data, 256);
      const next = taken[number + 1]?.at ?? at + LAST_MS;
      const delay = Math.min(PAUSE_MS, Math.max(SHORTEST_MS, next - at));
      gif.writeFrame(applyPalette(image.data, palette), image.width, image.height, { palette, delay });
    }
    gif.finish();
    return new Blob([gif.bytes()], { type: "image/gif" });
  }

  const drop = () => { clearTimeout(clock); frames = null; };
  return { take, toggle: () => (frames ? end() : begin()), drop };
}

function composed(picture, over, words) {
  const side = picture.width;
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * side + BETWEEN, height: side + LINE });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0);
  context.drawImage(over, side + BETWEEN, 0, side, side);
  Object.assign(context, { fillStyle: "#000", font: `${LETTERS}px sans-serif`, textBaseline: "middle" });
  context.fillText(words, BETWEEN, side + LINE / 2, canvas.width - 2 * BETWEEN);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
