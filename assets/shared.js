// Stands before every component's script (see pages/parts/widgets/component.py).

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

