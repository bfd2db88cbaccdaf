// Numbers as people write them: reading cells, and showing values in little room.

export const LARGEST_KERNEL = 15;
export const LARGEST_WEIGHT = 1e6;

// "0,5", "−2", "1/9" and "1e-3" are numbers; NaN for anything else.
export function parseNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(/^([^.,]*),([^.,]*)$/, "$1.$2");
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const [over, under, ...more] = plain.split("/").map((part) => part.trim());
  if (more.length || !number.test(over) || (under !== undefined && !number.test(under))) return NaN;
  const value = under === undefined ? Number(over) : Number(over) / Number(under);
  return Math.abs(value) <= LARGEST_WEIGHT ? value : NaN;
}

// One sentence about a cell that holds no usable number.
export function faulty(text, i, j, colour = "") {
  const place = `row ${i}, column ${j}${colour ? ` of the ${colour} grid` : ""}`;
  if (!text.trim()) return `${place} is empty.`;
  const short = text.trim().length > 12 ? `${text.trim().slice(0, 12)}…` : text.trim();
  return `“${short}” in ${place} is not a number up to a million.`;
}

// At most `digits` digits, with a true minus sign, for reading.
export function show(value, digits = 3) {
  return trueMinus(plain(value, digits));
}

// What 32-bit floats leave of a sum that is 0 is shown as 0: `size` is that of what was summed.
export function settledSum(value, size) {
  return Math.abs(value) <= 1e-7 * size ? 0 : value;
}

// For a small cell: `digits` decimals at most, powers of ten below them.
export function brief(value, digits) {
  const size = Math.abs(value);
  if (size > 0 && size < 0.5 * 10 ** -digits) return trueMinus(value.toExponential(0));
  return show(size < 1 ? Number(value.toFixed(digits)) : value, digits);
}

// The same in ASCII, for input fields.
export function plain(value, digits = 6) {
  if (!Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? rounded.toExponential(Math.min(2, digits - 1)) : String(rounded);
}

// Fits a cell of `room` characters: with fewer digits, in a narrow one without the zero before the point, at last as a
// power of ten.
export function compact(value, room) {
  for (let digits = 6; digits > 0; digits--) {
    const text = narrowed(value, digits, room);
    if (text.length <= room) return trueMinus(text);
  }
  return trueMinus(value.toExponential(0).replace("e+", "e"));
}

function narrowed(value, digits, room) {
  const text = plain(value, digits);
  return room < 6 ? text.replace(/^(-?)0\./, "$1.") : text;
}
