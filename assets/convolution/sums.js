// The two loops of sums.c on a stretch of memory that they share with us, by addresses as in C: as WebAssembly, and as
// plain JavaScript where a browser can't run that.
import BINARY from "./sums.wasm"; // in base64: see bundle() in pages/parts/convolver.py

const PAGE = 65_536; // bytes

export function createSums() {
  try {
    return compiled();
  } catch { // no WebAssembly, or without SIMD, or forbidden by the page
    return interpreted();
  }
}

// floats(count): the memory as so many floats at least; it may be another after each call.
function compiled() {
  const bytes = Uint8Array.from(atob(BINARY), (letter) => letter.charCodeAt(0));
  const { memory, addProducts, finish } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;

  function floats(count) {
    const missing = 4 * count - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return new Float32Array(memory.buffer);
  }

  return { floats, addProducts, finish };
}

function interpreted() {
  let memory = new Float32Array(0);
  let places = null; // the same as whole numbers

  function floats(count) {
    if (memory.length < count) {
      const more = new Float32Array(count);
      more.set(memory);
      memory = more;
      places = new Int32Array(memory.buffer);
    }
    return memory;
  }

  function addProducts(sums, pixels, count, stride, offsets, weights, taps) {
    const first = sums / 4;
    for (let t = 0; t < taps; t++) {
      const weight = memory[weights / 4 + t];
      let p = pixels / 4 + places[offsets / 4 + t];
      for (let x = first; x < first + count; x++, p += stride) memory[x] += weight * memory[p];
    }
  }

  function finish(values, count, scale, bias, range) {
    let [low, high] = [memory[range / 4], memory[range / 4 + 1]];
    for (let i = values / 4; i < values / 4 + count; i++) {
      const value = (memory[i] = scale * memory[i] + bias);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    memory[range / 4] = low;
    memory[range / 4 + 1] = high;
  }

  return { floats, addProducts, finish };
}
