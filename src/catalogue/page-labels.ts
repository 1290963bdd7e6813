/** Labels of pages, or what is wrong with the text they are given by, in a sentence without a full stop. */
export type PageLabels = { readonly labels: readonly string[] } | { readonly fault: string };

/** The most labels that one text may stand for. */
const mostLabels = 20_000;

/**
 * Reads the labels of the pages of an object as catalogues write foliation, in runs divided by `|`: a label alone
 * (`Cover`), a range (`1-12`, `[i]-xii`, `1r-48v`, `Plate 1-Plate 12`) or a label several times (`3*blank`). `\-`, `\|`,
 * `\*` and `\\` stand for the character itself.
 */
export function parsePageLabels(text: string): PageLabels {
  const labels: string[] = [];
  for (const run of splitUnescaped(text, "|")) {
    const read = parseRun(run.trim());
    if ("fault" in read) return { fault: `${JSON.stringify(run.trim())}: ${read.fault}` };
    if (labels.length + read.labels.length > mostLabels)
      return { fault: `it stands for more than ${mostLabels} labels` };
    labels.push(...read.labels);
  }
  return { labels };
}

function parseRun(run: string): PageLabels {
  if (run === "") return { fault: "a label is empty" };
  const [, count, repeated] = /^(\d{1,5})\*(.+)$/.exec(run) ?? [];
  if (repeated !== undefined)
    return { labels: Array.from({ length: Number(count) }, () => withoutEscapes(repeated.trim())) };
  const ends = splitUnescaped(run, "-").map((end) => withoutEscapes(end.trim()));
  const [first = "", last] = ends;
  if (last === undefined) return { labels: [first] };
  if (ends.length > 2) return { fault: "it has two hyphens; write \\- for one that belongs to a label" };
  return parseRange(first, last);
}

function parseRange(first: string, last: string): PageLabels {
  const [start, end] = [readEnd(first), readEnd(last)];
  const shared = start.forms.flatMap((from) => {
    const to = end.forms.find((form) => form.name === from.name);
    return to === undefined ? [] : [{ from, to }];
  })[0];
  if (shared === undefined) {
    return { fault: "its ends are not numbers of one form; write \\- if the hyphen belongs to a label" };
  }
  const { from, to } = shared;
  if (to.place < from.place) return { fault: "it runs backwards" };
  if (to.place - from.place >= mostLabels) return { fault: `it stands for more than ${mostLabels} labels` };
  const isBracketed = (place: number): boolean =>
    (start.isBracketed && end.isBracketed) ||
    (start.isBracketed && place === from.place) ||
    (end.isBracketed && place === to.place);
  const labels = Array.from({ length: to.place - from.place + 1 }, (_, index) => {
    const label = from.write(from.place + index);
    return isBracketed(from.place + index) ? `[${label}]` : label;
  });
  return { labels };
}

/** One way to read an end of a range: `name` is the same for ends that can be the two of one range. */
interface Form {
  readonly name: string;
  /** Where it stands among the labels of its form. */
  readonly place: number;
  readonly write: (place: number) => string;
}

/** A number that is inferred stands in brackets. */
function readEnd(text: string): { readonly forms: readonly Form[]; readonly isBracketed: boolean } {
  const [, inside] = /^\[([^[\]]+)\]$/.exec(text) ?? [];
  return { forms: readForms(inside ?? text), isBracketed: inside !== undefined };
}

interface Numerals {
  readonly name: string;
  readonly pattern: string;
  /** What can't stand right in front of a number: it would belong to it. */
  readonly joined: RegExp;
  readonly read: (text: string) => number;
  readonly write: (value: number) => string;
}

const numerals: readonly Numerals[] = [
  { name: "decimal", pattern: "\\d{1,6}", joined: /\p{N}$/u, read: Number, write: String },
  { name: "roman", pattern: "[ivxlcdm]+", joined: /[\p{L}\p{N}]$/u, read: readRoman, write: writeRoman },
  {
    name: "ROMAN",
    pattern: "[IVXLCDM]+",
    joined: /[\p{L}\p{N}]$/u,
    read: (text) => readRoman(text.toLowerCase()),
    write: (value) => writeRoman(value).toUpperCase(),
  },
];

/** All ways to read an end: plain numbers before folios, `iv` being four before it is the back of leaf one. */
function readForms(text: string): readonly Form[] {
  return [false, true].flatMap((isFolio) =>
    numerals.flatMap(({ name, pattern, joined, read, write }): readonly Form[] => {
      const match = new RegExp(`^(.*?)(${pattern})${isFolio ? "([rv])" : "()"}$`).exec(text);
      const [, prefix = "", number = "", side = ""] = match ?? [];
      const value = match === null || joined.test(prefix) ? 0 : read(number);
      if (value < 1) return [];
      const form = `${prefix} ${name} ${isFolio}`;
      // Zeros in front stand in front of all: 001-120.
      const digits = number.startsWith("0") ? number.length : 0;
      const writeNumber = (value: number): string => prefix + write(value).padStart(digits, "0");
      if (!isFolio) return [{ name: form, place: value, write: writeNumber }];
      const writeLeaf = (place: number): string => writeNumber(Math.floor(place / 2)) + (place % 2 === 0 ? "r" : "v");
      return [{ name: form, place: value * 2 + (side === "v" ? 1 : 0), write: writeLeaf }];
    }),
  );
}

const romanValues: readonly (readonly [string, number])[] = [
  ...([
    ["m", 1000],
    ["cm", 900],
    ["d", 500],
    ["cd", 400],
    ["c", 100],
    ["xc", 90],
    ["l", 50],
  ] as const),
  ...([
    ["xl", 40],
    ["x", 10],
    ["ix", 9],
    ["v", 5],
    ["iv", 4],
    ["i", 1],
  ] as const),
];

/** Returns 0 for what is no Roman numeral as it is usually written. */
function readRoman(text: string): number {
  let [rest, value] = [text, 0];
  for (const [letters, worth] of romanValues) {
    while (rest.startsWith(letters)) {
      value += worth;
      rest = rest.slice(letters.length);
    }
  }
  return rest === "" && value < 4000 && writeRoman(value) === text ? value : 0;
}

function writeRoman(value: number): string {
  let [rest, text] = [value, ""];
  for (const [letters, worth] of romanValues) {
    text += letters.repeat(Math.floor(rest / worth));
    rest %= worth;
  }
  return text;
}

function splitUnescaped(text: string, divider: "|" | "-"): readonly string[] {
  const parts = [""];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    const last = parts.length - 1;
    if (character === "\\" && at + 1 < text.length) {
      parts[last] += character + text[at + 1];
      at += 1;
    } else if (character === divider) parts.push("");
    else parts[last] += character;
  }
  return parts;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\([-|*\\])/g, "$1");
}
