// A pasted block of numbers: from a spreadsheet, a CSV file, or as NumPy, MATLAB or LaTeX write a matrix.
import { LARGEST_KERNEL, faulty, parseNumber } from "./numbers.js";

// What stands around the numbers in code and formulas, and what takes its place.
const AROUND = [
  [/\\begin\s*\{[^}]*\}(\s*\{[clr|]*\})?/g, "["], [/\\end\s*\{[^}]*\}/g, "]"],
  [/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, "$1/$2"],
  [/\\\\(\[[^\]]*\])?/g, "\n"], // the end of a row
  [/[ \t]*&[ \t]*/g, "\t"],
  [/\\(cdot|times)\b/g, "*"],
  [/\\(left|right)\b|\\[,;!: ]|\$/g, " "],
  [/,?\s*dtype\s*=\s*[\w.]+/g, " "],
  [/^\s*[A-Za-z_]\w*\s*=\s*/, ""],
  [/[A-Za-z_][\w.]*(?=\s*\()/g, " "], // np.array(
];

// The rows of numbers. Throws an Error with a sentence for the visitor.
export function parseBlock(text) {
  const { factor, rest } = factorOf(AROUND.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text));
  const lines = linesOf(rest).split(/\r\n|\r|\n/).filter((line) => line.trim());
  const rows = lines.map((line) => splitLine(line).map((cell) => cell.trim()));
  if (!rows.length) throw new Error("There was nothing to paste: copy a block of numbers first.");
  const widths = new Set(rows.map((row) => row.length));
  if (widths.size > 1) throw new Error("The pasted rows have different lengths: every row needs equally many numbers.");
  const [high, wide] = [rows.length, rows[0].length];
  if (Math.max(high, wide) > LARGEST_KERNEL) {
    throw new Error(`The pasted block is ${high} × ${wide}; a kernel has at most ${LARGEST_KERNEL} × ${LARGEST_KERNEL} weights.`);
  }
  return rows.map((row, i) => row.map((cell, j) => readCell(cell, i, j) * factor));
}

// "1/9 * [[1, 1], …]" or LaTeX's "1/9 [": the number in front of a matrix.
function factorOf(text) {
  const [, number, rest] = /^\s*([^\s*·×[({]+)\s*(?:[*·×]\s*|(?=[[({]))([^]*)$/.exec(text) ?? [];
  const factor = parseNumber(number ?? "");
  return Number.isNaN(factor) ? { factor: 1, rest: text } : { factor, rest };
}

// A line for every row. Semicolons end a row in brackets, or where several numbers stand between them; else they part
// the columns of a spreadsheet.
function linesOf(text) {
  const between = /[\]})]\s*[,;]?\s*[[{(]/g;
  const ends = (/[[{(]/.test(text) && !text.match(between)) || text.split("\n").some((line) => line.split(";").some((part) => /\S\s+\S/.test(part)));
  const lines = text.replace(between, "\n").replace(/[[\](){}]/g, " ").replace(/;\s*$/gm, "");
  return ends ? lines.replaceAll(";", "\n") : lines;
}

// Tab and semicolon always separate, so that a comma between digits is decimal; without them a comma separates.
function splitLine(line) {
  if (line.includes("\t")) return line.replace(/\t\s*$/, "").split("\t");
  if (line.includes(";")) return line.split(";");
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
