import { faults } from "../src/error.ts";
import * as limits from "../src/limits.ts";

/** A limit of src/limits.ts, as its comment explains it. */
export interface Limit {
  readonly name: string;
  readonly value: number;
  /** What it counts, the first plural word of its name: `bytes`, `pixels`, `reads`. */
  readonly unit: string;
  /** One or more sentences that say what it bounds. */
  readonly meaning: string;
  /** What happens beyond it: codes of faults, or words. */
  readonly beyond: readonly string[];
  /** The files that import it, from `src/`. */
  readonly heldBy: readonly string[];
}

const pattern = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)/g;

/** Reads the limits of the text of src/limits.ts, in its order. Throws a RangeError for one that is not explained. */
export function readLimits(text: string): readonly Limit[] {
  const found = [...text.matchAll(pattern)].map(([, comment = "", name = ""]) => readLimit(name, comment));
  const missing = Object.keys(limits).find((name) => !found.some((limit) => limit.name === name));
  if (missing !== undefined) throw new RangeError(`${missing} has no comment`);
  return found;
}

function readLimit(name: string, comment: string): Limit {
  const words = comment.replace(/^\s*\* ?/gm, " ").replace(/\s+/g, " ");
  const [, meaning, beyond, heldBy] = /^ (.+\.) @beyond (.+) @heldBy (.+) $/.exec(words) ?? [];
  const value: unknown = Object.entries(limits).find(([other]) => other === name)?.[1];
  const unit = /[A-Z][a-z]+s(?=[A-Z]|$)/.exec(name)?.[0]?.toLowerCase();
  if (meaning === undefined || beyond === undefined || heldBy === undefined) {
    throw new RangeError(`${name} needs a sentence, @beyond and @heldBy`);
  }
  if (typeof value !== "number") throw new RangeError(`${name} is not an exported number`);
  if (unit === undefined) throw new RangeError(`${name} does not name its unit`);
  return { name, value, unit, meaning, beyond: beyond.split(", "), heldBy: heldBy.split(", ") };
}

/** Formats the limits as the lines of a table in Markdown. */
function formatLimits(all: readonly Limit[]): string {
  const rows = all.map(({ meaning, value, unit, beyond }) => {
    return `| ${meaning.replace(/ Source: .*$/, "").replace(/\.$/, "")} | ${formatValue(value, unit)} | ${beyond.map(formatBeyond).join("; ")} |`;
  });
  return ["| Limit | Value | Beyond it |", "|---|---|---|", ...rows].join("\n");
}

function formatValue(value: number, unit: string): string {
  const isOf = (size: number): boolean => unit === "bytes" && value % size === 0;
  const [size, name] = isOf(2 ** 30) ? [2 ** 30, "GiB"] : isOf(2 ** 20) ? [2 ** 20, "MiB"] : [1, unit];
  return `${(value / size).toLocaleString("en")} ${name}`;
}

/** A word with hyphens is the code of a fault, and is shown with the status that it is answered with. */
function formatBeyond(beyond: string): string {
  if (!/^[a-z]+(?:-[a-z]+)+$/.test(beyond)) return beyond;
  const status = Object.entries(faults).find(([code]) => code === beyond)?.[1].status;
  if (status === undefined) throw new RangeError(`${beyond} is not the code of a fault`);
  return `${status} \`${beyond}\``;
}

const start = "<!-- table of limits: npm run docs -->";
const end = "<!-- end of the table -->";

/**
 * Returns the text of docs/configuration.md with the table of limits between its marks. Throws a RangeError without them,
 * and for the code of no fault.
 */
export function insertLimits(document: string, all: readonly Limit[]): string {
  return insertTable(document, { start, end, table: formatLimits(all) });
}

/** Returns a document with a table between two marks. Throws a RangeError without them. */
export function insertTable(
  document: string,
  { start: first, end: last, table }: { readonly start: string; readonly end: string; readonly table: string },
): string {
  const [before, rest] = document.split(first);
  const after = rest?.split(last)[1];
  if (before === undefined || after === undefined) throw new RangeError(`"${first}" or "${last}" is missing`);
  return `${before}${first}\n\n${table}\n\n${last}${after}`;
}
