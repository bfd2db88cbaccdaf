// A component in its place on the page, and the bytes that Python sends it: see pages/parts/widgets/component.py.

// What a component has made of itself in its place on the page: created at Python's first word, found again at the next.
const COMPONENTS = new WeakMap();

function instanceIn(place, create) {
  if (!COMPONENTS.has(place)) COMPONENTS.set(place, create());
  return COMPONENTS.get(place);
}

// What is handed back to Streamlit, which calls it once the component is gone: `end` it, and forget it.
function endOf(place, end) {
  return () => {
    end();
    COMPONENTS.delete(place);
  };
}

// What pack() there has packed: length (uint32), JSON header, raw bytes.
function unpack(bytes) {
  const copy = bytes.slice(); // aligned, whatever the message it came in
  const length = new DataView(copy.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + length)));
  return { ...header, raw: copy.subarray(4 + length) };
}

// The bytes in pieces of these lengths.
function cut(raw, lengths) {
  let at = 0;
  return lengths.map((length) => raw.subarray(at, (at += length)));
}

// The texts of a screen's settings that go to Python and come back: only what Python says by itself is news.
function createEchoes() {
  let received = "";
  let pending = []; // what Python was told and has not sent back

  // Python says this: whether the component has yet to show it. `anew`: also if it is what it said last.
  function receive(text, anew = false) {
    if (text === received && !anew) return false;
    received = text;
    const place = pending.indexOf(text);
    pending = place < 0 ? [] : pending.slice(place + 1); // of those before it Python has set aside
    return place < 0 || anew;
  }

  // Python is about to be told this: whether it has yet to hear of something that it did not send itself.
  function send(text) {
    if (text !== received) pending.push(text);
    return pending.length > 0;
  }

  return { receive, send };
}

// What Python was told last: for `milliseconds` an answer of its to something earlier is late, and undoes nothing.
function createTold(milliseconds) {
  let told = { text: "", at: -Infinity };
  return {
    note: (value) => { told = { text: String(value), at: performance.now() }; },
    isLate: (value) => performance.now() - told.at < milliseconds && told.text !== String(value),
  };
}
