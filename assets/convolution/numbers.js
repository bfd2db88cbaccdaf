// Numbers as people write them: reading cells and pasted blocks, and showing values in little room.

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

// A block from a spreadsheet, a CSV file or NumPy as rows of numbers. Throws an Error with a sentence for the visitor.
export function parseBlock(text) {
  const lines = text
    .replace(/\]\s*,?\s*\[/g, "\n").replace(/[[\]()]|array/g, " ")
    .split(/\r\n|\r|\n/).filter((line) => line.trim());
  const rows = lines.map((line) => splitLine(line).map((cell) => cell.trim()));
  if (!rows.length) throw new Error("There was nothing to paste: copy a block of numbers first.");
  const widths = new Set(rows.map((row) => row.length));
  if (widths.size > 1) throw new Error("The pasted rows have different lengths: every row needs equally many numbers.");
  const [high, wide] = [rows.length, rows[0].length];
  if (Math.max(high, wide) > LARGEST_KERNEL) {
    throw new Error(`The pasted block is ${high} × ${wide}; a kernel has at most ${LARGEST_KERNEL} × ${LARGEST_KERNEL} weights.`);
  }
  return rows.map((row, i) => row.map((cell, j) => readCell(cell, i, j)));
}

// Tab and semicolon always separate, so that a comma between digits is decimal; without them a comma separates.
function splitLine(line) {
  if (line.includes("\t")) return line.replace(/\t$/, "").split("\t");
  if (line.includes(";")) return line.replace(/;\s*$/, "").split(";");
  const trimmed = line.trim().replace(/,$/, "");
  if (/,\s/.test(trimmed)) return trimmed.split(",");
  if (/\s/.test(trimmed)) return trimmed.split(/\s+/);
  return trimmed.split(",");
}

function readCell(cell, i, j) {
  const value = parseNumber(cell);
  if (Number.isNaN(value)) throw new Error(`Nothing was pasted: ${faulty(cell, i, j)}`);
  return value;
}

// One sentence about a cell that holds no usable number.
export function faulty(text, i, j, colour = "") {
  const place = `row ${i + 1}, column ${j + 1}${colour ? ` of the ${colour} grid` : ""}`;
  if (!text.trim()) return `${place} is empty.`;
  const short = text.trim().length > 12 ? `${text.trim().slice(0, 12)}…` : text.trim();
  return `“${short}” in ${place} is not a number up to a million.`;
}

// At most `digits` digits, with a true minus sign, for reading.
export function show(value, digits = 3) {
  return plain(value, digits).replace("-", "−");
}

// For a small cell: `digits` decimals at most, powers of ten below them.
export function brief(value, digits) {
  const size = Math.abs(value);
  if (size > 0 && size < 0.5 * 10 ** -digits) return value.toExponential(0).replaceAll("-", "−");
  return show(size < 1 ? Number(value.toFixed(digits)) : value, digits);
}

// The same in ASCII, for input fields.
export function plain(value, digits = 6) {
  if (!Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? rounded.toExponential(Math.min(2, digits - 1)) : String(rounded);
}

// Fits a cell of `room` characters: with fewer digits, in a narrow one without the zero before the point.
export function compact(value, room) {
  for (let digits = 6; digits > 1; digits--) {
    const text = narrowed(value, digits, room);
    if (text.length <= room) return text;
  }
  return narrowed(value, 1, room);
}

function narrowed(value, digits, room) {
  const text = plain(value, digits);
  return room < 6 ? text.replace(/^(-?)0\./, "$1.") : text;
}
