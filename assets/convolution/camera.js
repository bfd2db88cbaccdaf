// The live camera: frames go from the camera to the canvas and nowhere else.

const SIDES = [128, 192, 256, 384, 512]; // pixels on the longer side, by what keeps up
const SLOW_MS = 60;
const FAST_MS = 22;

const REFUSALS = {
  NotAllowedError: "The camera was not allowed: permit it in the browser's address bar, then try again.",
  NotFoundError: "No camera was found on this device.",
  NotReadableError: "The camera is busy: another program may be using it.",
};

// on.frame(picture), on.say(sentence), on.end(): the camera stopped. `take` makes of the video what on.frame gets.
export function createCamera(video, on, take = null) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let stream = null;
  let chosen = 2;
  let ready = true; // the last frame has been shown
  let turn = 0;

  // `begun` is called once there are frames.
  async function start(begun) {
    const mine = ++turn;
    if (!navigator.mediaDevices?.getUserMedia) {
      on.say("The camera needs a secure page: open the explorer by https or on localhost.");
      return on.end();
    }
    on.say("Waiting for the camera…");
    try {
      const given = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: false });
      if (mine !== turn) return given.getTracks().forEach((track) => track.stop());
      stream = given;
      stream.getTracks().forEach((track) => { track.onended = stop; });
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      if (mine !== turn) return;
      stop();
      return on.say(REFUSALS[error.name] ?? "The camera did not start: check that it is connected, then try again.");
    }
    on.say("Live. The frames stay on this device.");
    ready = true;
    begun();
    loop(mine);
  }

  // What the camera sees now, whole, as a PNG in base64; "" when it sees nothing yet.
  function still(mirrored = false) {
    if (!stream || !video.videoWidth) return "";
    const whole = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
    const context = whole.getContext("2d");
    if (mirrored) context.setTransform(-1, 0, 0, 1, whole.width, 0);
    context.drawImage(video, 0, 0);
    return whole.toDataURL("image/png").split(",")[1];
  }

  function loop(mine) {
    if (mine !== turn || !stream) return;
    if (ready && video.videoWidth && !document.hidden) {
      ready = false;
      on.frame(take ? take(video) : grab());
    }
    requestAnimationFrame(() => loop(mine));
  }

  function grab() {
    const factor = SIDES[chosen] / Math.max(video.videoWidth, video.videoHeight);
    const [width, height] = [Math.round(video.videoWidth * factor), Math.round(video.videoHeight * factor)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(video, 0, 0, width, height);
    return planesOf(context.getImageData(0, 0, width, height).data, height, width, 4);
  }

  // The frame is on the screen: the next may come, larger or smaller.
  function shown(milliseconds) {
    if (milliseconds > SLOW_MS) chosen = Math.max(0, chosen - 1);
    if (milliseconds < FAST_MS) chosen = Math.min(SIDES.length - 1, chosen + 1);
    ready = true;
  }

  function stop() {
    turn++;
    stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    stream = null;
    video.srcObject = null;
    on.say("");
    on.end();
  }

  return { start, stop, still, shown, get live() { return Boolean(stream); } };
}

// Interleaved bytes to one plane of [0, 1] a channel.
export function planesOf(bytes, height, width, step) {
  const side = height * width;
  return { height, width, planes: cut(planesOfBytes(bytes, step), [side, side, side]) };
}
