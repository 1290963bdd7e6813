import * as v from "valibot";
import { type Figures, figureNames } from "./figures.ts";
import { addTally, dimensions, newTally, type Tally, type TallyLimits } from "./tally.ts";

/** What was counted of an hour, a day or a month, as it lies in the catalogue. */
export interface RollUp {
  /** In UTC: `2026-11-29T05`, `2026-11-29` or `2026-11`. */
  readonly period: string;
  /** The batches of the ledger that are in it, by their names: none is added twice. */
  readonly from: readonly string[];
  readonly tally: Tally;
}

/** How much of an hour, a day or a month is told apart: 1,000 images with names of up to 600 bytes take 720 KB. */
export const rollUpLimits: TallyLimits = { images: 1000, examples: 16 };

/** No roll-up is longer, in bytes. */
export const mostRollUpBytes = 4 << 20;

/** What the keys of all roll-ups start with, in the catalogue. */
export const rollUpPrefix = "stats/";

/** Returns the key of the roll-up of a time. */
export function rollUpKey(period: string): string {
  return `${rollUpPrefix}${period}.json`;
}

/** The spans of time that there are roll-ups of. */
export type Span = "hour" | "day" | "month";

/** Returns the time that a key is of; undefined for the key of something else. */
export function periodOf(key: string): { readonly span: Span; readonly period: string } | undefined {
  const [, period, day, hour] = /^stats\/(\d{4}-\d\d(-\d\d(T\d\d)?)?)\.json$/.exec(key) ?? [];
  if (period === undefined) return undefined;
  return { span: hour !== undefined ? "hour" : day !== undefined ? "day" : "month", period };
}

/** Adds a roll-up to another of the same or a longer time; what is in it already is not added again. */
export function addRollUp(sum: RollUp, added: RollUp): RollUp {
  const known = new Set(sum.from);
  if (added.from.some((batch) => known.has(batch))) return sum;
  const tally = newTally();
  addTally(tally, sum.tally, rollUpLimits);
  addTally(tally, added.tally, rollUpLimits);
  return { period: sum.period, from: [...sum.from, ...added.from], tally };
}

/** Returns a roll-up as it is stored: JSON with the names of its figures in it. */
export function formatRollUp({ period, from, tally }: RollUp): string {
  return JSON.stringify({ format: 1, period, from, figures: figureNames, ...plainTally(tally) });
}

/** Returns a tally as plain JSON. */
function plainTally({ total, by, images, others, faults }: Tally): object {
  return {
    total,
    by: Object.fromEntries(dimensions.map((name) => [name, Object.fromEntries(by[name])])),
    images: [...images].map(([name, { figures, last }]) => [name, figures, last]),
    others,
    faults: [...faults].map(([code, counts]) => [code, counts.requests, [...counts.images]]),
  };
}

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));

const figuresSchema: v.GenericSchema<unknown, Figures> = v.pipe(
  v.array(amount),
  v.length(figureNames.length),
  v.transform((values) => values as Figures),
);

const rollUpSchema = v.object({
  format: v.literal(1),
  period: v.pipe(v.string(), v.regex(/^\d{4}-\d\d(?:-\d\d(?:T\d\d)?)?$/)),
  from: v.array(v.string()),
  total: figuresSchema,
  by: v.record(v.string(), v.record(v.string(), figuresSchema)),
  images: v.array(v.tuple([v.string(), figuresSchema, amount])),
  others: figuresSchema,
  faults: v.array(v.tuple([v.string(), amount, v.array(v.tuple([v.string(), amount]))])),
});

/** Reads a roll-up that is stored. Throws an Error that says what is wrong with it: one that is damaged counts nothing. */
export function parseRollUp(text: string): RollUp {
  const read = v.safeParse(rollUpSchema, parseJson(text));
  if (!read.success) throw new Error(`${v.getDotPath(read.issues[0]) ?? "it"}: ${read.issues[0].message}`);
  const { period, from, total, by, images, others, faults } = read.output;
  const mapOf = (name: string) => new Map(Object.entries(by[name] ?? {}));
  const tally: Tally = {
    total,
    by: Object.fromEntries(dimensions.map((name) => [name, mapOf(name)])) as Tally["by"],
    images: new Map(images.map(([name, figures, last]) => [name, { figures, last }])),
    others,
    faults: new Map(faults.map(([code, requests, examples]) => [code, { requests, images: new Map(examples) }])),
  };
  return { period, from, tally };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("it is not JSON", { cause });
  }
}
