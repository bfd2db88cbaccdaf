// Random numbers that Python has, too, bit for bit: see explorer/learning/plane/seeded.py.

function mixed(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export function createSeeded(seed, stream = 0) {
  let state = mixed((Math.imul(seed, 0x85ebca77) + Math.imul(stream + 1, 0x9e3779b9)) | 0) || 1;

  function uniform() {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  }

  function normal() {
    const size = Math.sqrt(-2 * Math.log(uniform()));
    return size * Math.cos(2 * Math.PI * uniform());
  }

  function order(count) {
    const list = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1));
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  return { uniform, normal, order, get state() { return state; }, set state(next) { state = next; } };
}
